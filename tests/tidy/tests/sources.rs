//! Sources are short, finished, and of no particular machine.

use coppice_tidy::{SourceFile, assert_none, files};

/// Lines a file may have; one idea needs fewer.
const LONGEST: usize = 350;

/// Traces of a machine or of a registry. Split, or this file would show them itself.
const TRACES: [&str; 8] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("cra", "tes.io"),
    concat!("pypi", ".org"),
    concat!("npmjs", ".org"),
    concat!("proxy.go", "lang.org"),
    concat!("files.python", "hosted.org"),
];

/// What stands for work that was not done.
const UNFINISHED: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
];

fn lines_with(file: &SourceFile, wanted: &[&str]) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(number, line)| Some((number, wanted.iter().find(|text| line.contains(**text))?)))
        .map(|(number, text)| format!("{}:{}: {text}", file.path, number + 1))
        .collect()
}

#[test]
fn no_source_file_is_long() {
    let wrong: Vec<String> = files()
        .iter()
        .filter(|file| file.is(".rs") && !file.is_test())
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("{}: {lines} lines", file.path))
        .collect();
    assert_none("one idea a file", &wrong);
}

#[test]
fn nothing_is_left_unfinished_or_ignored() {
    let sources = files();
    let wrong: Vec<String> =
        sources.iter().filter(|file| file.is(".rs")).flat_map(|file| lines_with(file, &UNFINISHED)).collect();
    assert_none("finished work only", &wrong);
}

#[test]
fn no_file_knows_a_machine_or_a_registry() {
    // The lock file says where packages come from: that is what it is for.
    let wrong: Vec<String> = files()
        .iter()
        .filter(|file| file.path != "Cargo.lock")
        .flat_map(|file| lines_with(file, &TRACES))
        .collect();
    assert_none("nothing of one machine", &wrong);
}
