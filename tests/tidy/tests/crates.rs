//! Every crate is part of the workspace, keeps its lints, and explains itself; functions show as services.

use coppice_tidy::{assert_none, files, metadata, read, root};
use std::collections::BTreeSet;

#[test]
fn every_crate_is_a_member() {
    let members: BTreeSet<String> = metadata().members().map(coppice_tidy::Package::folder).collect();
    let wrong: Vec<String> = files()
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
        .filter(|folder| !members.contains(*folder))
        .map(str::to_owned)
        .collect();
    assert_none("a crate outside the workspace is neither built nor checked", &wrong);
}

#[test]
fn every_crate_opts_into_the_workspaces_lints() {
    let wrong: Vec<String> = metadata()
        .members()
        .map(coppice_tidy::Package::folder)
        .filter(|folder| {
            let manifest: toml::Table = toml::from_str(&read(&format!("{folder}/Cargo.toml"))).unwrap();
            let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
            lints.and_then(toml::Value::as_bool) != Some(true)
        })
        .collect();
    assert_none("[lints] workspace = true", &wrong);
}

#[test]
fn every_library_and_every_function_says_in_a_readme_what_its_rule_is() {
    let explained = |folder: &String| folder.starts_with("shared/") || folder.starts_with("functions/");
    let wrong: Vec<String> = metadata()
        .members()
        .map(coppice_tidy::Package::folder)
        .filter(explained)
        .filter(|folder| !root().join(folder).join("README.md").exists())
        .collect();
    assert_none("a README", &wrong);
}

#[test]
fn every_function_is_in_the_list_of_services_and_nothing_else_is() {
    let text = read("shared/domain/src/service.rs");
    let list = text.split("pub const FUNCTIONS").nth(1).and_then(|rest| rest.split(';').next());
    let listed: BTreeSet<String> = list
        .unwrap_or_default()
        .replace("RECONCILER", "\"reconciler\"")
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    let functions: BTreeSet<String> = files()
        .iter()
        .filter_map(|file| file.path.strip_prefix("functions/")?.strip_suffix("/src/main.rs"))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, functions, "FUNCTIONS in shared/domain/src/service.rs");
}
