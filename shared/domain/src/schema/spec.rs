//! The envelope around every spec, and the key that finds its type (spec schemas §1).

use super::{Fallback, Property, Schema, Violation};
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::pyrepr;
use serde_json::Value;

/// The key under which a type's own properties stand.
pub const PROPERTIES: &str = "properties";

const TYPE: Property = Property::string("type", "Name of the type.").required();
const VERSION: Property = Property::string("version", "Version of the type's schema.").required();
const PROPERTY_MAP: Property = Property::free_map(PROPERTIES, "Properties of the type.").required();
const DESCRIPTION: Property =
    Property::string("description", "What the policy is for.").or(Fallback::Text(""));

/// The keys of a profile's spec.
pub const PROFILE_ENVELOPE: Schema = Schema(&[TYPE, VERSION, PROPERTY_MAP]);

/// The keys of a policy's spec.
pub const POLICY_ENVELOPE: Schema = Schema(&[TYPE, VERSION, DESCRIPTION, PROPERTY_MAP]);

/// The key of a spec's type: `<type>-<version>`, the version as Python prints it, so that the number
/// 1.0 names version `1.0`.
///
/// # Errors
/// `ESchema` if either key is missing; the generic 400 if the type is not a string.
pub fn type_key(spec: &JsonMap) -> Result<String, Fault> {
    let present = |key: &str| {
        spec.get(key).ok_or_else(|| {
            let text = format!("The '{key}' key is missing from the provided spec map.");
            Fault::new(FaultKind::ESchema, text)
        })
    };
    let (name, version) = (present("type")?, present("version")?);
    match name {
        Value::String(name) => Ok(format!("{name}-{}", pyrepr::str(version))),
        _ => Err(Fault::malformed()),
    }
}

/// A property as the reference looks it up while it constructs a type, before it knows that `properties`
/// is an object. Looking a key up in null or a number fails outright; looking it up in a list or a string
/// fails only if it is found there.
///
/// # Errors
/// The generic 400 where that fails.
pub fn look_up<'a>(spec: &'a JsonMap, key: &str) -> Result<Option<&'a Value>, Fault> {
    let found = match spec.get(PROPERTIES) {
        None => return Ok(None),
        Some(Value::Object(map)) => return Ok(map.get(key)),
        Some(Value::Array(items)) => items.iter().any(|item| item == key),
        Some(Value::String(text)) => text.contains(key),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) => true,
    };
    if found { Err(Fault::malformed()) } else { Ok(None) }
}

impl Schema {
    /// The `properties` of a spec, resolved; as if they were empty where there are none.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn resolve_spec(self, spec: &JsonMap) -> Result<JsonMap, Violation> {
        match spec.get(PROPERTIES) {
            Some(Value::Object(given)) => self.resolve(given),
            _ => self.resolve(&JsonMap::new()),
        }
    }
}
