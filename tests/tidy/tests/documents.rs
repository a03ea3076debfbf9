//! Documents promise what there is: tests that guard invariants, and links that lead somewhere.

use coppice_tidy::{assert_none, files, holds_a_test, read, root};
use std::path::{Component, Path, PathBuf};

/// Lints guard, too, without being tests.
const LINTS: &str = ".clippy.toml";

/// How many invariants there are.
const INVARIANTS: usize = 10;

/// The text between pairs of backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What stands in parentheses behind a link's text.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn every_invariant_names_the_tests_that_guard_it_and_they_exist() {
    let text = read("ARCHITECTURE.md");
    let table = text.lines().skip_while(|line| *line != "| n | invariant | guarded by |").skip(2);
    let rows: Vec<Vec<&str>> = table
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut wrong = Vec::new();
    let numbers: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> = (1..=INVARIANTS).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected, "ARCHITECTURE.md lists invariants 1 to {INVARIANTS}, in order");
    for row in rows {
        let guards: Vec<&str> = row.get(2).map(|cell| quoted(cell).collect()).unwrap_or_default();
        if guards.is_empty() {
            wrong.push(format!("invariant {}: nothing guards it", row[0]));
        }
        for guard in guards {
            if !root().join(guard).is_file() {
                wrong.push(format!("invariant {}: there is no {guard}", row[0]));
            } else if guard != LINTS && !holds_a_test(guard, &read(guard)) {
                wrong.push(format!("invariant {}: no test is in {guard}", row[0]));
            }
        }
    }
    assert_none("ARCHITECTURE.md, invariants", &wrong);
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.is(".md")) {
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        for target in targets(&file.text) {
            let path = target.split(['#', ' ']).next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            if !root().join(resolved(&folder.join(path))).exists() {
                wrong.push(format!("{}: {target}", file.path));
            }
        }
    }
    assert_none("links between documents", &wrong);
}

/// A path without its detours.
fn resolved(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            clean.pop();
        } else {
            clean.push(part);
        }
    }
    clean
}
