//! The order in which a policy's spec is checked (spec schemas §7).

use super::{PolicyType, schema_fault};
use crate::cluster::JsonMap;
use crate::fault::Fault;
use crate::schema::spec::{self, POLICY_ENVELOPE};
use serde_json::Value;

/// A property that is read while a policy is constructed, and what is then done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// It is kept as it is, even null.
    Plain(&'static str),
    /// It is looked into at once, so that it must not be null, though the schema calls it optional.
    Used(&'static str),
    /// The same goes for one entry of it: `(property, entry)`.
    EntryUsed(&'static str, &'static str),
}

impl Read {
    /// The property.
    #[must_use]
    pub const fn property(self) -> &'static str {
        match self {
            Self::Plain(name) | Self::Used(name) | Self::EntryUsed(name, _) => name,
        }
    }

    fn can_use(self, resolved: &Value) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Used(_) => !resolved.is_null(),
            Self::EntryUsed(_, entry) => resolved.get(entry).is_some_and(|value| !value.is_null()),
        }
    }
}

/// Checks `spec` against its type: the properties that are read while the policy is constructed, then the
/// envelope, then all properties, and last what they mean together.
///
/// # Errors
/// As [`super::validate_policy_spec`].
pub fn check(kind: &PolicyType, spec: &JsonMap, health_interval_min: i64) -> Result<(), Fault> {
    kind.reads.iter().try_for_each(|read| construct(kind, *read, spec))?;
    POLICY_ENVELOPE.validate(spec).map_err(schema_fault)?;
    (kind.semantics)(&kind.properties(spec)?, health_interval_min)
}

/// Outside the orderly check the reference fails on values of the wrong type, and does not say why.
fn construct(kind: &PolicyType, read: Read, spec: &JsonMap) -> Result<(), Fault> {
    let Some(property) = kind.schema.property(read.property()) else { return Ok(()) };
    match property.resolve(spec::look_up(spec, property.name)?) {
        Ok(resolved) if read.can_use(&resolved) => Ok(()),
        Err(violation) if !violation.wrong_type => Err(schema_fault(violation)),
        _ => Err(Fault::malformed()),
    }
}
