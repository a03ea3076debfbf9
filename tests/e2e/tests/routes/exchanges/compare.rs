//! Comparing an answer with a recorded one: ids by first use, times by their shape.

use super::accepted::UNORDERED;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// Recorded ids and the ids here that stand for them.
#[derive(Default)]
pub(super) struct Mapping {
    ids: HashMap<String, String>,
}

impl Mapping {
    pub(super) fn learn(&mut self, recorded: &str, actual: &str) {
        self.ids.entry(recorded.to_owned()).or_insert_with(|| actual.to_owned());
    }

    /// A text with every recorded id, and the first eight characters of one, replaced.
    pub(super) fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (recorded, actual) in &self.ids {
            text = text.replace(recorded, actual);
        }
        for (recorded, actual) in &self.ids {
            text = text.replace(&recorded[..8], &actual[..8]);
        }
        text
    }
}

/// Something that is not as recorded.
pub(super) struct Difference {
    /// Where: keys joined by dots; places in lists are left out.
    pub(super) path: String,
    recorded: String,
    actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.path, self.recorded, self.actual)
    }
}

/// Collects where `actual` is not as `recorded`.
pub(super) fn differences(
    path: &str,
    recorded: &Value,
    actual: &Value,
    mapping: &mut Mapping,
    found: &mut Vec<Difference>,
) {
    match (recorded, actual) {
        (Value::Object(left), Value::Object(right)) => {
            // Names are made from ids: learn these first.
            let mut keys: Vec<&String> = left.keys().collect();
            keys.sort_by_key(|key| (!(**key == "id" || key.ends_with("_id")), (*key).clone()));
            for key in keys {
                let actual = right.get(key).cloned().unwrap_or_else(|| "(missing)".into());
                differences(&format!("{path}.{key}"), &left[key], &actual, mapping, found);
            }
            for key in right.keys().filter(|key| !left.contains_key(*key)) {
                found.push(difference(&format!("{path}.{key}"), &"(missing)".into(), &right[key]));
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            if !left.is_empty() && left.iter().all(is_id) {
                ids(path, left, right, mapping, found);
            } else {
                for (left, right) in paired(path, left, right, mapping) {
                    differences(path, left, right, mapping, found);
                }
            }
        }
        (Value::String(left), Value::String(right)) => {
            if is_id(recorded) && is_id(actual) {
                mapping.learn(left, right);
            } else if let Some((_, left)) = left.rsplit_once("/actions/")
                && let Some((_, right)) = right.rsplit_once("/actions/")
            {
                mapping.learn(left, right);
            }
            if masked(path, &mapping.translate(left)) != masked(path, right) {
                found.push(difference(path, recorded, actual));
            }
        }
        (Value::Number(left), Value::Number(right)) if path.ends_with("_time") => {
            if left.is_f64() != right.is_f64() {
                found.push(difference(path, recorded, actual));
            }
        }
        _ if recorded == actual => {}
        _ => found.push(difference(path, recorded, actual)),
    }
}

/// Which items of two lists are compared: those at the same place, or, where places mean nothing, those that
/// are known to be the same, and the others by what tells them apart.
fn paired<'a>(
    path: &str,
    left: &'a [Value],
    right: &'a [Value],
    mapping: &Mapping,
) -> Vec<(&'a Value, &'a Value)> {
    let (mut left, mut right): (Vec<&Value>, Vec<&Value>) = (left.iter().collect(), right.iter().collect());
    let Some((_, key)) = UNORDERED.iter().find(|(unordered, _)| *unordered == path) else {
        return left.into_iter().zip(right).collect();
    };
    let mut pairs = Vec::new();
    left.retain(|item| {
        let id = item["id"].as_str().and_then(|id| mapping.ids.get(id));
        let place = id.and_then(|id| right.iter().position(|other| other["id"] == **id));
        pairs.extend(place.map(|place| (*item, right.remove(place))));
        place.is_none()
    });
    left.sort_by_key(|item| item[*key].to_string());
    right.sort_by_key(|item| item[*key].to_string());
    pairs.extend(left.into_iter().zip(right));
    pairs
}

/// Lists of ids are sets: their order follows from the ids themselves.
fn ids(path: &str, left: &[Value], right: &[Value], mapping: &mut Mapping, found: &mut Vec<Difference>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // An id that stands for one recorded id already cannot stand for another.
    let known: BTreeSet<String> = mapping.ids.values().cloned().collect();
    let mut fresh = right.iter().map(text).filter(|id| !known.contains(id));
    for recorded in left.iter().map(text) {
        if !mapping.ids.contains_key(&recorded)
            && let Some(actual) = fresh.next()
        {
            mapping.learn(&recorded, &actual);
        }
    }
    let expected: BTreeSet<String> = left.iter().map(|id| mapping.translate(&text(id))).collect();
    let actual: BTreeSet<String> = right.iter().map(text).collect();
    if expected != actual {
        found.push(difference(path, &left.to_vec().into(), &right.to_vec().into()));
    }
}

fn difference(path: &str, recorded: &Value, actual: &Value) -> Difference {
    Difference { path: path.to_owned(), recorded: recorded.to_string(), actual: actual.to_string() }
}

/// A UUID, or the 32 digits of a user or project.
fn is_id(value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && matches!(text.len() - digits, 0 | 4) && text.bytes().all(|byte| byte != b' ')
}

/// What is left of a text that differs from run to run: the shape of a time, and that a name is random.
fn masked(path: &str, text: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or_default();
    if key.ends_with("_at") || key == "timestamp" {
        return text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    }
    match text.strip_prefix("node-") {
        Some(random) if random.len() == 8 => "node-(random)".to_owned(),
        _ => text.to_owned(),
    }
}
