//! The worked examples of the specification are tests, each named after the file and the section it stands in.

use coppice_tidy::{assert_none, files};

/// The sections with examples, tables of numbers, or sequences that were worked through.
const SECTIONS: [(&str, &[&str]); 5] = [
    ("engine_actions", &["5", "9", "11"]),
    ("engine_cluster", &["2", "4", "5", "6", "6b", "7a", "7b", "7c", "9"]),
    ("engine_nodes", &["8"]),
    ("engine_policies", &["1", "2", "3", "4", "5", "8", "9_1", "9_2", "9_3", "9_4", "9_5", "9_6"]),
    ("engine_receivers_health_events", &["1", "1_1", "2_2", "3", "5"]),
];

/// Whether a test is named after a section, and not after a part of it.
fn is_of(name: &str, section: &str) -> bool {
    let rest = name.strip_prefix(section).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
}

#[test]
fn every_section_with_worked_examples_has_tests_that_are_named_after_it() {
    let files = files();
    let tests: Vec<&str> = files
        .iter()
        .filter(|file| file.is(".rs"))
        .flat_map(|file| file.text.split("#[test]\n").chain(file.text.split("#[tokio::test]\n")))
        .filter_map(|rest| rest.trim_start().trim_start_matches("async ").strip_prefix("fn "))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    let sections = SECTIONS
        .iter()
        .flat_map(|(file, sections)| sections.iter().map(move |section| format!("{file}_{section}")));
    let wrong: Vec<String> =
        sections.filter(|section| !tests.iter().any(|name| is_of(name, section))).collect();
    assert_none("examples that are no test", &wrong);
}

#[test]
fn a_test_is_of_its_own_section_alone() {
    assert!(is_of("engine_policies_9_1_a_scale_in", "engine_policies_9_1"));
    assert!(!is_of("engine_policies_9_1_a_scale_in", "engine_policies_9"));
    assert!(!is_of("engine_cluster_6b_the_target", "engine_cluster_6"));
    assert!(!is_of("engine_cluster_6b", "engine_cluster_6b"));
}
