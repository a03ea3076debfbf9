//! Each change of the API is met below its microversion as the table of changes says: what is refused there
//! gates an endpoint or an action, what is dropped is a field, a filter or a shown key, and what was only announced
//! changes nothing.

use coppice_tidy::{assert_none, files, read};
use std::collections::BTreeSet;

/// Where the table stands.
const TABLE: &str = "shared/api/src/microversion.rs";

/// How sources use a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// An endpoint or an action exists since then.
    Gate,
    /// A field, a filter, a parameter or a shown key is known since then.
    Known,
    /// Code asks whether a request has it.
    Asked,
}

/// The changes of the table, and what is met below each.
fn changes() -> Vec<(String, String)> {
    let text = read(TABLE);
    let table = text.lines().skip_while(|line| *line != "history! {").take_while(|line| *line != "}");
    table
        .filter_map(|line| {
            let (feature, rest) = line.trim().strip_suffix(';')?.split_once(": ")?;
            let (_, below) = rest.split_once(", ")?;
            Some((feature.to_owned(), below.to_owned()))
        })
        .collect()
}

/// How the API and the functions use a change, apart from what tests say of it.
fn uses(feature: &str, sources: &[String]) -> BTreeSet<Use> {
    let name = format!("Feature::{feature}");
    let mut found = BTreeSet::new();
    for source in sources {
        for (place, _) in source.match_indices(&name) {
            let (before, after) = (&source[..place], &source[place + name.len()..]);
            if after.starts_with(|next: char| next.is_ascii_alphanumeric()) {
                continue;
            }
            if after.starts_with(".since()") {
                found.insert(Use::Gate);
            } else if before.ends_with("since(") || before.ends_with("feature: ") {
                found.insert(Use::Known);
            } else if before.ends_with("has(") {
                found.insert(Use::Asked);
            }
        }
    }
    found
}

/// What is wrong with how a change is used.
fn misused(below: &str, uses: &BTreeSet<Use>) -> Option<&'static str> {
    let used = |form| uses.contains(&form);
    match below {
        "Refused" if uses.iter().ne([&Use::Gate]) => Some("is refused: it gates, and does nothing else"),
        "Dropped" if used(Use::Gate) => Some("is dropped, and refuses nothing"),
        "Dropped" if !used(Use::Known) => Some("is dropped: something is known since then"),
        "OldForm" if used(Use::Gate) => Some("has an old form, and refuses nothing"),
        "OldForm" if !used(Use::Asked) => Some("has an old form, which somebody asks for"),
        "Alike" if !uses.is_empty() => Some("was only announced, and changes nothing"),
        "Refused" | "Dropped" | "OldForm" | "Alike" => None,
        _ => Some("is in the table as no kind that is known here"),
    }
}

#[test]
fn every_change_is_used_as_the_table_declares_it() {
    let sources: Vec<String> = files()
        .into_iter()
        .filter(|file| file.path.starts_with("functions/") || file.path.starts_with("shared/api/src/"))
        .filter(|file| file.is(".rs") && !file.is_test() && file.path != TABLE)
        .map(|file| file.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned())
        .collect();
    let changes = changes();
    assert!(changes.len() > 20, "the table of changes is read: {changes:?}");
    let wrong: Vec<String> = changes
        .iter()
        .filter_map(|(feature, below)| {
            let uses = uses(feature, &sources);
            misused(below, &uses).map(|why| format!("{feature} {why}; it is used as {uses:?}"))
        })
        .collect();
    assert_none(TABLE, &wrong);
}

#[test]
fn a_use_that_is_not_as_declared_is_seen() {
    let source = "Endpoint { since: Feature::A.since() } Field::new(\"b\").since(Feature::B) has(Feature::B) \
                  Feature::AB.since()";
    let of = |feature: &str| uses(feature, &[source.to_owned()]);
    assert_eq!(of("A"), [Use::Gate].into());
    assert_eq!(of("B"), [Use::Known, Use::Asked].into());
    assert!(of("C").is_empty());
    for (below, feature, fine) in [
        ("Refused", "A", true),
        ("Refused", "B", false),
        ("Refused", "C", false),
        ("Dropped", "B", true),
        ("Dropped", "A", false),
        ("Dropped", "C", false),
        ("OldForm", "B", true),
        ("OldForm", "A", false),
        ("Alike", "C", true),
        ("Alike", "B", false),
    ] {
        assert_eq!(misused(below, &of(feature)).is_none(), fine, "{below} {feature}");
    }
}
