//! What the system is built from: free to use as it likes, and no more of it than needed.

use coppice_tidy::{Metadata, assert_none, function_tree, metadata};
use std::collections::BTreeMap;

/// Licences that ask for nothing but their notice. No copyleft, weak or strong.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come along: a second TLS stack, which needs a system's headers besides.
const BANNED: [&str; 3] = ["native-tls", "openssl", "openssl-sys"];

/// Crates of which a function's binary holds one version: each is large, or its types meet at borders.
const ONE_VERSION: [&str; 13] = [
    "aws-lc-rs",
    "aws-smithy-runtime",
    "aws-smithy-runtime-api",
    "aws-smithy-types",
    "axum",
    "h2",
    "http",
    "http-body",
    "hyper",
    "rustls",
    "serde_json",
    "tokio",
    "tower",
];

/// Crates that are for development only.
const NOT_IN_FUNCTIONS: [&str; 6] =
    ["clap", "coppice-emulators", "coppice-local", "dynoxide-rs", "proptest", "rusqlite"];

/// Whether an SPDX expression can be met with the licences above.
fn free(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = either(&words);
    met && rest.is_empty()
}

fn either<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = both(words);
    while let Some((&"OR", after)) = rest.split_first() {
        let (other, left) = both(after);
        (met, rest) = (met || other, left);
    }
    (met, rest)
}

fn both<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = one(words);
    while let Some((&"AND", after)) = rest.split_first() {
        let (other, left) = one(after);
        (met, rest) = (met && other, left);
    }
    (met, rest)
}

fn one<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inner @ ..] => {
            let (met, rest) = either(inner);
            rest.strip_prefix(&[")"]).map_or((false, rest), |after| (met, after))
        }
        // An exception only permits more.
        [licence, "WITH", _, rest @ ..] => (LICENCES.contains(licence), rest),
        [licence, rest @ ..] => (LICENCES.contains(licence), rest),
        [] => (false, &[]),
    }
}

/// The packages with a binary that runs on Lambda.
fn functions(metadata: &Metadata) -> Vec<String> {
    let in_functions = metadata.members().filter(|package| package.folder().starts_with("functions/"));
    in_functions.map(|package| package.name.clone()).filter(|name| name != "coppice-support").collect()
}

#[test]
fn every_package_has_a_licence_on_the_list() {
    let metadata = metadata();
    let wrong: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(free))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert_none("no copyleft, no unclear licence", &wrong);
}

#[test]
fn an_expression_is_met_when_one_of_its_alternatives_is() {
    for met in [
        "MIT",
        "MIT OR GPL-3.0",
        "MIT/Apache-2.0",
        "(GPL-2.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(free(met), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND MPL-2.0", "MPL-2.0 OR LGPL-3.0", "(MIT"] {
        assert!(!free(unmet), "{unmet}");
    }
}

#[test]
fn banned_crates_do_not_come_along() {
    let metadata = metadata();
    let found = metadata.packages.iter().filter(|package| BANNED.contains(&package.name.as_str()));
    let wrong: Vec<String> = found.map(|package| format!("{} {}", package.name, package.version)).collect();
    assert_none("banned", &wrong);
}

#[test]
fn a_function_holds_one_version_of_what_is_heavy_and_nothing_of_development() {
    let mut wrong = Vec::new();
    for function in functions(&metadata()) {
        let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, version) in function_tree(&function) {
            versions.entry(name).or_default().push(version);
        }
        let heavy = ONE_VERSION.iter().filter_map(|name| Some((name, versions.get(*name)?)));
        wrong.extend(
            heavy
                .filter(|(_, found)| found.len() > 1)
                .map(|(name, found)| format!("{function}: {name} {}", found.join(", "))),
        );
        let development = NOT_IN_FUNCTIONS.iter().filter(|name| versions.contains_key(**name));
        wrong.extend(development.map(|name| format!("{function}: {name}")));
        if versions.contains_key("ring") && versions.contains_key("aws-lc-rs") {
            wrong.push(format!("{function}: ring and aws-lc-rs, two of the same kind"));
        }
    }
    assert_none("functions are small", &wrong);
}
