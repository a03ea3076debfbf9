//! A route is served only where everybody knows of it: the SAM template, `cargo lambda watch`, and the
//! local server. API Gateway answers by itself what it does not know, and differently.

use coppice_tidy::{assert_none, files, read};
use std::collections::{BTreeMap, BTreeSet};

/// The spellings of the version that a path may begin with.
const VERSIONS: [&str; 4] = ["/v1", "/v1.0", "/v1.", ""];
/// The function for every path that nobody else has.
const REST: &str = "meta";

/// The first name of every route, by function.
fn resources() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files() {
        let Some(function) =
            file.path.strip_prefix("functions/").and_then(|rest| rest.strip_suffix("/src/lib.rs"))
        else {
            continue;
        };
        for call in file.text.split(".route(").skip(1) {
            let path = call.split('"').nth(1).unwrap_or_default();
            let first = path.split('/').nth(1).unwrap_or_default();
            found.entry(function.to_owned()).or_default().insert(first.to_owned());
        }
    }
    found
}

/// The paths that the template routes to each function; `$default` for an event without a path.
fn templated() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut function = String::new();
    for line in read("infra/aws/template.yaml").lines() {
        if line.starts_with("  ") && !line.starts_with("   ") {
            function.clear();
        }
        if let Some((_, rest)) = line.split_once("Binary: coppice-") {
            rest.split([' ', '}']).next().unwrap_or_default().clone_into(&mut function);
        }
        if line.contains("Type: HttpApi") && !function.is_empty() {
            let path = line
                .split_once("Path: ")
                .map_or("$default", |(_, rest)| rest.split('"').nth(1).unwrap_or(""));
            found.entry(function.clone()).or_default().insert(path.to_owned());
        }
    }
    found
}

/// The paths that `cargo lambda watch` routes to each function.
fn watched() -> BTreeMap<String, BTreeSet<String>> {
    let settings: toml::Table = toml::from_str(&read("infra/aws/CargoLambda.toml")).unwrap_or_default();
    let router = settings.get("watch").and_then(|watch| watch.get("router")?.as_table());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, package) in router.into_iter().flatten() {
        let package = package.as_str().unwrap_or_default();
        let function = package.strip_prefix("coppice-").unwrap_or(package);
        found.entry(function.to_owned()).or_default().insert(path.clone());
    }
    found
}

/// The paths a function needs, where `rest` stands for whatever follows.
fn needed(resources: &BTreeSet<String>, rest: &str) -> BTreeSet<String> {
    let spelt = |resource: &String| VERSIONS.map(|version| format!("{version}/{resource}"));
    resources.iter().flat_map(spelt).flat_map(|path| [format!("{path}/{rest}"), path]).collect()
}

fn compare(place: &str, known: &BTreeMap<String, BTreeSet<String>>, rest: &str, default: &[&str]) {
    let mut wrong = Vec::new();
    let nothing = BTreeSet::new();
    for (function, resources) in resources() {
        let needed = match function.as_str() {
            REST => default.iter().map(|path| (*path).to_owned()).collect(),
            _ => needed(&resources, rest),
        };
        let known = known.get(&function).unwrap_or(&nothing);
        wrong.extend(needed.difference(known).map(|path| format!("{function}: {path} is missing")));
        wrong.extend(known.difference(&needed).map(|path| format!("{function}: {path} leads nowhere")));
    }
    assert_none(place, &wrong);
}

#[test]
fn the_template_routes_what_the_functions_serve() {
    compare("infra/aws/template.yaml", &templated(), "{proxy+}", &["$default"]);
}

#[test]
fn cargo_lambda_watch_routes_what_the_functions_serve() {
    compare("infra/aws/CargoLambda.toml", &watched(), "{*rest}", &["/", "/{*rest}"]);
}

#[test]
fn the_local_server_serves_every_function_with_routes() {
    let system = read("infra/local/src/system.rs");
    let wrong: Vec<String> = resources()
        .into_keys()
        .filter(|function| !system.contains(&format!("coppice_{function}::router()")))
        .collect();
    assert_none("infra/local/src/system.rs", &wrong);
}
