//! Every oddity of the reference's engine has been decided about. What is better has a test named after it,
//! and is named among the differences that users are told of.

use coppice_tidy::{assert_none, files, read};
use std::collections::{BTreeMap, BTreeSet};

const REGISTER: &str = "tests/e2e/oddities.md";
/// Where users are told what is different, and under which heading.
const TOLD: (&str, &str) = ("COMPATIBILITY.md", "\n## Deliberate differences\n");
/// How many there are of each kind, as the specification numbers them.
const SERIES: [(&str, usize); 5] = [("ACT", 23), ("CLU", 23), ("NOD", 15), ("POL", 23), ("RHE", 17)];

/// The rows of the register, cell by cell.
fn rows(register: &str) -> Vec<Vec<&str>> {
    register
        .lines()
        .skip_while(|line| *line != "| id | in the reference | here | test, or why |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The names of all tests, and of other functions, which none is mistaken for.
fn functions() -> BTreeSet<String> {
    let files = files();
    let sources = files.iter().filter(|file| file.is(".rs"));
    let names = sources.flat_map(|file| file.text.split("fn ").skip(1)).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        Some(rest[..end].to_owned())
    });
    names.collect()
}

/// Whether a test is named after an oddity, among others.
fn is_about(name: &str, id: &str) -> bool {
    let id = format!("_{}_", id.to_lowercase().replace('-', "_"));
    format!("_{name}_").contains(&id)
}

/// The ids that rows of tables under this heading name, down to the next of its rank.
fn named<'a>(document: &'a str, heading: &str) -> BTreeSet<&'a str> {
    let section = document.split_once(heading).map_or("", |(_, rest)| rest);
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')).collect()
}

#[test]
fn every_oddity_is_decided_about_and_tests_are_named_after_what_is_better() {
    let text = read(REGISTER);
    let rows = rows(&text);
    let expected: Vec<String> = SERIES
        .iter()
        .flat_map(|(series, count)| (1..=*count).map(move |number| format!("{series}-{number}")))
        .collect();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(ids, expected, "{REGISTER} lists every oddity, in order");
    let functions = functions();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &rows {
        let [id, _, here, why] = row[..] else {
            wrong.push(format!("{}: a row has four cells", row[0]));
            continue;
        };
        *counts.entry(here).or_default() += 1;
        let named: Vec<&str> = why.split('`').skip(1).step_by(2).filter(|name| name.contains('_')).collect();
        for name in named.iter().filter(|name| !functions.contains(**name)) {
            // What is no function may be a field or a status.
            if name.matches('_').count() > 3 {
                wrong.push(format!("{id}: there is no test {name}"));
            }
        }
        match here {
            "better" if !named.iter().any(|name| functions.contains(*name) && is_about(name, id)) => {
                wrong.push(format!("{id}: no test that is named after it shows that it is better"));
            }
            "better" | "same" | "none" => {}
            other => wrong.push(format!("{id}: '{other}' is no decision")),
        }
        if why.is_empty() {
            wrong.push(format!("{id}: no test, and no reason"));
        }
    }
    assert_none(REGISTER, &wrong);
    assert!(counts.values().sum::<usize>() == expected.len(), "{counts:?}");
}

#[test]
fn what_is_better_is_named_among_the_differences() {
    let (register, differences) = (read(REGISTER), read(TOLD.0));
    let named = named(&differences, TOLD.1);
    let rows = rows(&register);
    let better: Vec<&str> =
        rows.iter().filter(|row| row.get(2) == Some(&"better")).map(|row| row[0]).collect();
    assert!(better.len() > 50, "the register is read: {better:?}");
    let wrong: Vec<String> = better
        .iter()
        .filter(|id| !named.contains(**id))
        .map(|id| format!("{id} is better here, and no difference names it"))
        .collect();
    assert_none(TOLD.0, &wrong);
}

#[test]
fn an_id_is_named_as_a_whole_in_a_row_of_its_section() {
    let document = "| NOD-2 |\n## A\nNOD-3\n| a (NOD-15, POL-4) |\n### B\n| ACT-5 |\n## C\n| NOD-6 |\n";
    let named = named(document, "\n## A\n");
    assert!(["NOD-15", "POL-4", "ACT-5"].iter().all(|id| named.contains(id)), "{named:?}");
    assert!(!["NOD-1", "NOD-2", "NOD-3", "NOD-6"].iter().any(|id| named.contains(id)), "{named:?}");
}
