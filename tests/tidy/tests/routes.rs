//! A route is served only where everybody knows of it: the SAM template, `cargo lambda watch`, the local
//! server, the API's description, and the table of endpoints. API Gateway answers by itself what it does not
//! know, and differently.

use coppice_tidy::{SourceFile, assert_none, files, holds_a_test, read, root};
use std::collections::{BTreeMap, BTreeSet};

/// How endpoints declare what routes them, and the method that each declaration stands for.
const DECLARATIONS: [(&str, &str); 7] = [
    ("Operation::get(", "get"),
    ("Operation::post(", "post"),
    ("Operation::patch(", "patch"),
    ("Operation::delete(", "delete"),
    ("Operation::unclaimed(", "post"),
    ("Operation::any_caller(", "get"),
    ("Operation::open(", "get"),
];
/// The path that is declared by its name, because the pipeline knows it too.
const DESCRIPTION: (&str, &str) = ("openapi::PATH", "/openapi.json");
/// What the pipeline answers with before anything is routed.
const VERSIONS_LISTED: [&str; 3] = ["get /", "get /versions", "get /v1"];
/// Where the names are read that the body of an action may have.
const ACTIONS: [(&str, &str); 2] = [
    ("/clusters/{id}/actions", "functions/clusters/src/actions/mod.rs"),
    ("/nodes/{id}/actions", "functions/nodes/src/actions.rs"),
];

/// The spellings of the version that a path may begin with.
const VERSIONS: [&str; 4] = ["/v1", "/v1.0", "/v1.", ""];
/// The function for every path that nobody else has.
const REST: &str = "meta";

/// An endpoint as its function declares it.
struct Declared {
    function: String,
    method: &'static str,
    path: String,
}

/// Every endpoint.
fn declared() -> Vec<Declared> {
    let mut found = Vec::new();
    for file in files() {
        let Some((function, place)) =
            file.path.strip_prefix("functions/").and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        if !place.starts_with("src/") || !file.is(".rs") {
            continue;
        }
        for (declaration, method) in DECLARATIONS {
            for call in file.text.split(declaration).skip(1) {
                let path = match call.trim_start().starts_with(DESCRIPTION.0) {
                    true => DESCRIPTION.1,
                    false => call.split('"').nth(1).unwrap_or_default(),
                };
                found.push(Declared { function: function.to_owned(), method, path: path.to_owned() });
            }
        }
    }
    found
}

/// The first name of every route, by function.
fn resources() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for each in declared() {
        let first = each.path.split('/').nth(1).unwrap_or_default();
        found.entry(each.function).or_default().insert(first.to_owned());
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

#[test]
fn the_description_has_every_route_and_no_other() {
    let document: serde_json::Value =
        serde_json::from_str(&read("functions/meta/src/openapi.json")).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flatten();
    let described: BTreeSet<String> = paths
        .flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(move |(method, _)| format!("{method} {path}"))
        })
        .collect();
    let inside = declared().into_iter().map(|each| format!("{} /v1{}", each.method, each.path));
    let served: BTreeSet<String> = inside.chain(VERSIONS_LISTED.map(str::to_owned)).collect();
    let mut wrong: Vec<String> =
        served.difference(&described).map(|route| format!("{route} is not described")).collect();
    wrong.extend(described.difference(&served).map(|route| format!("{route} is not served")));
    assert_none("functions/meta/src/openapi.json", &wrong);
}

#[test]
fn functions_route_only_what_they_declare() {
    let wrong: Vec<String> = files()
        .iter()
        .filter(|file| file.path.starts_with("functions/") && file.is(".rs"))
        .filter(|file| file.text.contains(".route("))
        .map(|file| file.path.clone())
        .collect();
    assert_none("routes are served from declarations: Endpoints::serve", &wrong);
}

/// What makes a request of each method in a test.
const CALLS: [(&str, &[&str]); 4] = [
    ("get", &[".get(", ".show(", "Method::GET"]),
    ("post", &[".post(", "Method::POST"]),
    ("patch", &[".patch(", "Method::PATCH"]),
    ("delete", &[".delete(", "Method::DELETE"]),
];
/// How many lines a request's method may be from its path.
const BESIDE: usize = 2;

/// A row of the table of endpoints.
struct Row {
    /// Its method, its path, and the key of its body if it has one.
    endpoint: String,
    test: String,
}

/// The rows of the table of endpoints.
fn rows() -> Vec<Row> {
    let text = read("COMPATIBILITY.md");
    let table = text.lines().skip_while(|line| *line != "| method | path | since | spec | test |").skip(2);
    table
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let cell = |number: usize| cells.get(number).copied().unwrap_or_default();
            let names: Vec<&str> = cell(2).split('`').skip(1).step_by(2).collect();
            let test = cell(5).split_once("](").map_or("", |(_, rest)| rest.trim_end_matches(')'));
            Row { endpoint: format!("{} {}", cell(1).to_lowercase(), names.join(" ")), test: test.to_owned() }
        })
        .collect()
}

/// The names that the body of an action may have, where `path` takes one.
fn actions(path: &str) -> Option<Vec<String>> {
    let (_, source) = ACTIONS.iter().find(|(actions, _)| *actions == path)?;
    let text = read(source);
    let arms = text.lines().map(str::trim).filter(|line| line.starts_with('"'));
    let arms = arms.filter_map(|line| line.split_once(" => "));
    let arms = arms.filter(|(_, named)| named.starts_with("Self::") || named.starts_with("Some(Self::"));
    // One may go by several names.
    Some(arms.flat_map(|(names, _)| names.split('"').skip(1).step_by(2)).map(str::to_owned).collect())
}

#[test]
fn the_table_of_endpoints_has_every_route_and_no_other() {
    let mut served: BTreeSet<String> = VERSIONS_LISTED.map(str::to_owned).into();
    for each in declared() {
        let route = format!("{} /v1{}", each.method, each.path);
        match actions(&each.path) {
            Some(names) => served.extend(names.into_iter().map(|name| format!("{route} {name}"))),
            None => drop(served.insert(route)),
        }
    }
    let rows = rows();
    let listed: BTreeSet<String> = rows.iter().map(|row| row.endpoint.clone()).collect();
    let mut wrong: Vec<String> =
        served.difference(&listed).map(|route| format!("{route} has no row")).collect();
    wrong.extend(listed.difference(&served).map(|route| format!("{route} is not served")));
    if rows.len() != listed.len() {
        wrong.push("an endpoint has two rows".to_owned());
    }
    assert_none("COMPATIBILITY.md, endpoints", &wrong);
}

/// What is wrong with a row's test: there must be a test in the file, and the file must make the row's request.
fn untested(row: &Row, files: &[SourceFile]) -> Option<String> {
    if !root().join(&row.test).is_file() {
        return Some(format!("{}: there is no {}", row.endpoint, row.test));
    }
    let text = read(&row.test);
    if !holds_a_test(&row.test, &text) {
        return Some(format!("{}: no test is in {}", row.endpoint, row.test));
    }
    let around = files.iter().filter(|file| helps(&file.path, &row.test));
    let helpers: Vec<&str> = around.map(|file| file.text.as_str()).collect();
    let missing = unasked(&row.endpoint, &text, &helpers)?;
    Some(format!("{}: {} {missing}", row.endpoint, row.test))
}

/// Whether a file holds helpers of a test: those of its folder, and of the folders that is in.
fn helps(path: &str, test: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or_default();
    ["mod.rs", "fixtures.rs"].contains(&name)
        && test.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What a test lacks of an endpoint's request: the method beside the path, of which its last name will do. Where the
/// body names an action, helpers may make the request, and the test names the action.
fn unasked(endpoint: &str, text: &str, helpers: &[&str]) -> Option<String> {
    let mut words = endpoint.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let last = last_name(path);
    let Some(action) = words.next() else {
        return (!asks(text, method, last)).then(|| format!("makes no {method} of {last}"));
    };
    let quoted = format!("\"{action}\"");
    if !code(text).iter().any(|line| line.contains(&quoted)) {
        return Some(format!("does not mention {action}"));
    }
    let asked = asks(text, method, last) || helpers.iter().any(|helper| asks(helper, method, last));
    (!asked).then(|| format!("makes no {method} of {last}"))
}

/// A file's lines without those that only comment.
fn code(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// Whether a request of this method is made beside a mention of `name`.
fn asks(text: &str, method: &str, name: &str) -> bool {
    let calls = CALLS.iter().find(|(known, _)| *known == method).map_or(&[][..], |(_, calls)| calls);
    let code = code(text);
    code.iter().enumerate().filter(|(_, line)| line.contains(name)).any(|(place, _)| {
        let beside = &code[place.saturating_sub(BESIDE)..code.len().min(place + BESIDE + 1)];
        beside.iter().any(|line| calls.iter().any(|call| line.contains(call)))
    })
}

/// The last name of a path that stands for itself.
fn last_name(path: &str) -> &str {
    path.split('/').rev().find(|name| !name.is_empty() && !name.starts_with('{')).unwrap_or(path)
}

#[test]
fn every_endpoint_names_its_test_which_makes_its_request() {
    let files = files();
    let wrong: Vec<String> = rows().iter().filter_map(|row| untested(row, &files)).collect();
    assert_none("COMPATIBILITY.md, endpoints", &wrong);
}

#[test]
fn a_file_without_a_test_or_without_the_request_is_seen() {
    let files = files();
    let row = |endpoint: &str, test: &str| {
        untested(&Row { endpoint: endpoint.to_owned(), test: test.to_owned() }, &files).unwrap_or_default()
    };
    let real = "tests/e2e/tests/routes/clusters/show.rs";
    assert_eq!(row("get /v1/clusters/{id}", real), "");
    assert!(row("get /v1/clusters/{id}", "tests/none.rs").ends_with("there is no tests/none.rs"));
    assert!(row("get /v1/clusters/{id}", "tests/e2e/src/lib.rs").contains("no test is in"));
    assert!(row("post /v1/clusters/{id}/ops dance", real).ends_with("does not mention dance"));
    assert!(row("delete /v1/clusters/{id}", real).ends_with("makes no delete of clusters"));
}

#[test]
fn a_request_is_made_by_its_method_and_not_by_a_comment() {
    let helper = "let target = format!(\"/v1/clusters/{cluster}/actions\");\napp.post(&target).send()";
    for (endpoint, text, helpers, missing) in [
        ("get /v1/nodes", "app.get(\"/v1/nodes\")", &[][..], None),
        ("get /v1/nodes/{id}", "app.show(ALICE, &format!(\"/v1/nodes/{id}\"))", &[], None),
        ("post /v1/nodes", "app.get(\"/v1/nodes\")", &[], Some("makes no post of nodes")),
        ("get /v1/nodes", "    // app.get(\"/v1/nodes\")", &[], Some("makes no get of nodes")),
        ("get /v1/nodes", "app.get(target)\n\n\n\n\"/v1/nodes\"", &[], Some("makes no get of nodes")),
        ("post /v1/clusters/{id}/actions check", "json!({ \"check\": {} })", &[helper], None),
        (
            "post /v1/clusters/{id}/actions check",
            "json!({ \"check\": {} })",
            &[],
            Some("makes no post of actions"),
        ),
        ("post /v1/clusters/{id}/actions check", "//! \"check\"", &[helper], Some("does not mention check")),
    ] {
        assert_eq!(unasked(endpoint, text, helpers).as_deref(), missing, "{endpoint}: {text}");
    }
    assert!(helps("a/b/fixtures.rs", "a/b/c/d.rs") && helps("a/b/mod.rs", "a/b/c.rs"));
    assert!(!helps("a/b/c/mod.rs", "a/b/d.rs") && !helps("a/b/other.rs", "a/b/c.rs"));
}
