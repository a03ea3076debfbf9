//! Who may import whom (see the map in ARCHITECTURE.md).

use coppice_tidy::{Package, assert_none, files, metadata};

const DOMAIN: &str = "coppice-domain";
const API: &str = "coppice-api";
const STORE: &str = "coppice-store";
const COMPUTE: &str = "coppice-compute";
const ENGINE: &str = "coppice-engine";
const RUNTIME: &str = "coppice-runtime";
const SUPPORT: &str = "coppice-support";

/// What the domain may use: it is pure, so a further crate here is a decision.
const PURE: [&str; 10] =
    ["jiff", "rand", "rand_chacha", "regex-lite", "serde", "serde_json", "sha2", "thiserror", "time", "uuid"];

/// Which of the workspace's crates a crate may import; none for those that may import any.
fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    Some(match folder {
        "shared/domain" => &[],
        "shared/api" | "shared/store" | "shared/compute" => &[DOMAIN],
        "shared/engine" => &[DOMAIN, STORE, COMPUTE],
        "shared/runtime" => &[DOMAIN, API, STORE, COMPUTE, ENGINE],
        "functions/support" => &[DOMAIN, API, STORE, ENGINE],
        // The runtime is for its main.rs alone: see below.
        _ if folder.starts_with("functions/") => &[DOMAIN, API, STORE, ENGINE, SUPPORT, RUNTIME],
        _ if folder.starts_with("infra/") || folder.starts_with("tests/") => return None,
        _ => &[],
    })
}

fn is_aws(name: &str) -> bool {
    ["aws-", "aws_", "lambda_"].iter().any(|prefix| name.starts_with(prefix))
}

/// AWS SDKs end here, and in `infra`.
fn may_use_aws(folder: &str) -> bool {
    ["shared/store", "shared/compute", "shared/runtime"].contains(&folder)
        || folder.starts_with("infra/")
        || folder.starts_with("tests/")
}

fn complaints(wrong: impl Fn(&Package, &str) -> bool) -> Vec<String> {
    let metadata = metadata();
    let imports =
        metadata.members().flat_map(|package| package.imports().into_iter().map(move |on| (package, on)));
    imports
        .filter(|(package, on)| wrong(package, on))
        .map(|(package, on)| format!("{} imports {on}", package.folder()))
        .collect()
}

#[test]
fn the_workspaces_crates_import_only_what_their_layer_may() {
    let wrong = complaints(|package, on| {
        let own = on.starts_with("coppice-");
        own && allowed(&package.folder()).is_some_and(|allowed| !allowed.contains(&on))
    });
    assert_none("who may import whom", &wrong);
}

#[test]
fn aws_sdks_end_in_store_compute_and_runtime() {
    let wrong = complaints(|package, on| is_aws(on) && !may_use_aws(&package.folder()));
    assert_none("AWS SDKs end in store, compute and runtime", &wrong);
}

#[test]
fn the_domain_is_pure() {
    let wrong = complaints(|package, on| package.folder() == "shared/domain" && !PURE.contains(&on));
    assert_none("the domain does no I/O and asks nobody for time or chance", &wrong);
}

#[test]
fn a_function_uses_the_runtime_in_its_main_only_and_there_nothing_else() {
    let mut wrong = Vec::new();
    for file in files() {
        let Some((function, place)) =
            file.path.strip_prefix("functions/").and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let own = format!("coppice_{function}");
        let uses = |crate_name: &str| file.text.contains(&format!("{crate_name}::"));
        if place == "src/main.rs" {
            let others =
                ["coppice_domain", "coppice_api", "coppice_store", "coppice_compute", "coppice_engine"];
            wrong.extend(
                others
                    .into_iter()
                    .filter(|other| *other != own && uses(other))
                    .map(|other| format!("{}: {other}", file.path)),
            );
        } else if place.starts_with("src/") && uses("coppice_runtime") {
            wrong.push(format!("{}: coppice_runtime", file.path));
        }
    }
    assert_none("main.rs is wiring, and wiring is in main.rs", &wrong);
}
