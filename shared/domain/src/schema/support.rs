//! How far each version of a type is supported (spec schemas §2, §9).

use super::Schema;
use serde_json::{Map, Value, json};

/// A degree of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// May change or go away.
    Experimental,
    /// Part of the contract.
    Supported,
}

impl Status {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Experimental => "EXPERIMENTAL",
            Self::Supported => "SUPPORTED",
        }
    }
}

/// One version of a type and its degrees of support, oldest first, each with the release it began in.
#[derive(Clone, Copy, Debug)]
pub struct VersionSupport {
    /// The version, such as `1.0`.
    pub version: &'static str,
    /// `(status, since)`.
    pub history: &'static [(Status, &'static str)],
}

/// `support_status` of these versions: `{"1.0": [{"status": …, "since": …}]}`.
pub fn render<'a>(versions: impl IntoIterator<Item = &'a VersionSupport>) -> Value {
    let entry = |(status, since): &(Status, &str)| json!({ "status": status.name(), "since": since });
    let entries: Map<String, Value> = versions
        .into_iter()
        .map(|each| (each.version.to_owned(), each.history.iter().map(entry).collect()))
        .collect();
    Value::Object(entries)
}

/// An item of a list of types: `{name: "<name>-<version>"}`, or from microversion 1.5 name, version and
/// the support of that version alone.
#[must_use]
pub fn list_item(name: &str, version: &str, declared: &[VersionSupport], detailed: bool) -> Value {
    if !detailed {
        return json!({ "name": format!("{name}-{version}") });
    }
    let own = declared.iter().filter(|each| each.version == version);
    json!({ "name": name, "version": version, "support_status": render(own) })
}

/// A type as its own page shows it: its key, its schema and, from microversion 1.5 (`detailed`), the
/// support of every version it declares.
#[must_use]
pub fn shown(key: &str, schema: Schema, declared: &[VersionSupport], detailed: bool) -> Value {
    let mut shown = json!({ "name": key, "schema": schema.render() });
    if detailed {
        shown["support_status"] = render(declared);
    }
    shown
}
