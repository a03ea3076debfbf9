//! From a body to typed values, in the order in which the reference looks at things (spec api-common §11).

use super::{Coerced, Field, kind};
use crate::microversion::Microversion;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;

/// What is the same for every field of a request.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The largest cluster size that may be asked for.
    pub max_nodes_per_cluster: i64,
    /// What happens to keys that are not declared.
    pub unknown: Unknown,
}

/// What happens to keys that are not declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// They are an error.
    Refused,
    /// They are left aside, as most cluster actions do (spec api-resources I).
    Ignored,
}

impl Default for Rules {
    fn default() -> Self {
        Self { max_nodes_per_cluster: 1000, unknown: Unknown::Refused }
    }
}

/// [`coerce_with`] the default [`Rules`].
///
/// # Errors
/// As [`coerce_with`].
pub fn coerce(fields: &[Field], body: &JsonMap, microversion: Microversion) -> Result<Coerced, Fault> {
    coerce_with(fields, body, microversion, Rules::default())
}

/// Checks `body` against `fields` and keeps what this microversion knows of it. A body has one error, the
/// first of: a value that does not convert, in field order; a missing key, in alphabetical order; the
/// keys that are not declared; a value of the wrong JSON type, in field order; such a value inside a list
/// or map.
///
/// # Errors
/// `HTTPBadRequest` with the text of that error.
pub fn coerce_with(
    fields: &[Field],
    body: &JsonMap,
    microversion: Microversion,
    rules: Rules,
) -> Result<Coerced, Fault> {
    for field in fields {
        kind::convert(field, body.get(field.name), rules)?;
    }
    missing(fields, body)?;
    if rules.unknown == Unknown::Refused {
        unexpected(fields, body)?;
    }
    for check in [kind::shape, kind::elements] {
        for field in fields {
            body.get(field.name).map_or(Ok(()), |value| check(field, value))?;
        }
    }
    let known = |field: &&Field| field.since.is_none_or(|feature| microversion.has(feature));
    Ok(Coerced::new(
        fields.iter().filter(known).filter_map(|field| {
            body.get(field.name).map(|value| (field.name, kind::normalised(field, value)))
        }),
    ))
}

fn missing(fields: &[Field], body: &JsonMap) -> Result<(), Fault> {
    let required = fields.iter().filter(|field| field.required && !body.contains_key(field.name));
    match required.map(|field| field.name).min() {
        Some(name) => Err(Fault::http(format!("'{name}' is a required property"))),
        None => Ok(()),
    }
}

fn unexpected(fields: &[Field], body: &JsonMap) -> Result<(), Fault> {
    let mut unknown: Vec<&String> =
        body.keys().filter(|key| fields.iter().all(|field| field.name != **key)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    unknown.sort_unstable();
    let quoted: Vec<String> = unknown.iter().map(|key| pyrepr::repr_str(key)).collect();
    let verb = if quoted.len() == 1 { "was" } else { "were" };
    Err(Fault::http(format!(
        "Additional properties are not allowed ({} {verb} unexpected)",
        quoted.join(", ")
    )))
}
