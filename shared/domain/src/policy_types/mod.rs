//! The policy types: what a spec of each may say, and how it stands to clusters
//! (spec schemas §4, §7, §9, §10).
//!
//! A type is a file of data and, where the schema cannot say it all, functions that check the resolved
//! properties. All versions of a type share one schema: the version only selects the key. Whether a
//! subnet or an availability zone exists is the backend's to say.

use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::schema::support::{self, VersionSupport};
use crate::schema::{Schema, Violation, spec};
use serde_json::Value;
use std::fmt;

pub mod affinity;
pub mod batch;
pub mod check;
pub mod deletion;
pub mod health;
pub mod loadbalance;
mod places;
pub mod region_placement;
pub mod scaling;
#[cfg(test)]
mod tests;
pub mod zone_placement;

pub use check::Read;

/// The profile types a policy for compute instances applies to.
const SERVERS: Option<&'static [&'static str]> = Some(&["os.nova.server-1.0"]);

/// A registered policy type.
#[derive(Clone, Copy, Debug)]
pub struct PolicyType {
    /// Its name, such as `senlin.policy.scaling`.
    pub name: &'static str,
    /// Every registered version, oldest first, and how far it is supported.
    pub versions: &'static [VersionSupport],
    /// What `properties` may hold, in any version.
    pub schema: Schema,
    /// Its place among the policies of a cluster: the lowest is asked first (spec api-resources A5).
    pub priority: i64,
    /// Whether a cluster takes only one policy of each key of this type.
    pub singleton: bool,
    /// The keys of the profile types whose clusters it can be attached to; none for any.
    pub profile_types: Option<&'static [&'static str]>,
    /// The properties that are read while a policy is constructed, in that order.
    pub reads: &'static [Read],
    /// What the schema cannot say: given the resolved properties and the least interval between health
    /// checks, in seconds.
    pub semantics: fn(&JsonMap, i64) -> Result<(), Fault>,
    /// What must hold on creation only: given the resolved properties.
    pub creation: fn(&JsonMap) -> Result<(), Fault>,
}

/// Every registered type, in the order in which they are listed.
pub static ALL: [PolicyType; 8] = [
    affinity::TYPE,
    batch::TYPE,
    deletion::TYPE,
    health::TYPE,
    loadbalance::TYPE,
    region_placement::TYPE,
    scaling::TYPE,
    zone_placement::TYPE,
];

/// Types, or versions of types, that this service adds. They are listed for who asks for additions only.
pub static ADDED: [PolicyType; 1] = [health::ADDED];

/// The key of a policy type, `<name>-<version>`, as a policy's `type` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyTypeName(pub String);

impl fmt::Display for PolicyTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type one of whose versions is registered under `<name>-<version>`, exactly.
#[must_use]
pub fn find(key: &str) -> Option<&'static PolicyType> {
    ALL.iter().chain(&ADDED).find(|each| each.has_key(key))
}

/// [`find`], or the 404 that says there is none.
///
/// # Errors
/// `ResourceNotFound`.
pub fn get(key: &str) -> Result<&'static PolicyType, Fault> {
    find(key).ok_or_else(|| Fault::not_found("policy_type", key))
}

/// The items of the list of types, one a registered version; `detailed` from microversion 1.5. With
/// `additions`, those that this service adds come after the others of their name.
#[must_use]
pub fn list(detailed: bool, additions: bool) -> Vec<Value> {
    let items = |each: &PolicyType| {
        let (name, declared) = (each.name, each.versions);
        let item = move |own: &VersionSupport| support::list_item(name, own.version, declared, detailed);
        declared.iter().map(item).collect::<Vec<_>>()
    };
    let added = |each: &PolicyType| {
        let added = ADDED.iter().filter(move |added| additions && added.name == each.name);
        added.flat_map(items).collect::<Vec<_>>()
    };
    ALL.iter().flat_map(|each| items(each).into_iter().chain(added(each)).collect::<Vec<_>>()).collect()
}

/// The type of this key as `policy_type` shows it; with the support of all its versions from
/// microversion 1.5 (`detailed`).
///
/// # Errors
/// `ResourceNotFound`.
pub fn show(key: &str, detailed: bool) -> Result<Value, Fault> {
    let kind = get(key)?;
    Ok(support::shown(key, kind.schema, kind.versions, detailed))
}

/// Checks the spec of a policy to be created or merely validated, up to the point where a backend would
/// have to be asked. Errors come in the reference's order.
///
/// # Errors
/// `ESchema` without type or version and for everything that violates the schema, `ResourceNotFound` for
/// an unknown type, `InvalidSpec` for a spec that makes no sense, and the generic 400 where the reference
/// gives no reason.
pub fn validate_policy_spec(spec: &JsonMap, health_interval_min: i64) -> Result<PolicyTypeName, Fault> {
    let key = spec::type_key(spec)?;
    check::check(get(&key)?, spec, health_interval_min)?;
    Ok(PolicyTypeName(key))
}

/// Checks what a valid spec must say besides for a policy to be created of it.
///
/// # Errors
/// `InvalidSpec`, or the generic 400 where the reference gives no reason.
pub fn check_creation(spec: &JsonMap) -> Result<(), Fault> {
    let kind = get(&spec::type_key(spec)?)?;
    (kind.creation)(&kind.properties(spec)?)
}

impl PolicyType {
    /// The properties of a stored spec of this type, converted to their kinds and with the defaults
    /// filled in.
    ///
    /// # Errors
    /// `ESchema` if the spec does not fit the schema, which a stored one does.
    pub fn properties(&self, spec: &JsonMap) -> Result<JsonMap, Fault> {
        self.schema.resolve_spec(spec).map_err(schema_fault)
    }

    fn has_key(&self, key: &str) -> bool {
        let version = key.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('-'));
        version.is_some_and(|version| self.versions.iter().any(|each| each.version == version))
    }
}

/// Specs of policies answer 500 where those of profiles answer 400 (spec schemas §7).
fn schema_fault(violation: Violation) -> Fault {
    Fault::new(FaultKind::ESchema, violation.text)
}

fn invalid(text: impl Into<String>) -> Fault {
    Fault::new(FaultKind::InvalidSpec, text)
}
