//! The profile types: what a spec of each may say, and which operations its nodes take
//! (spec schemas §3, §5, §6, §9).
//!
//! A type is a file of data and, where the schema cannot say it all, one function that checks the
//! resolved properties. Whether a flavor or an image exists is the compute backend's to say.

use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::profile::{HostRefusal, Profile};
use crate::schema::operation::{self, Operation};
use crate::schema::support::{self, VersionSupport};
use crate::schema::{Schema, spec};
use serde_json::Value;
use std::fmt;

mod adopt;
pub mod check;
pub mod docker;
pub mod heat_stack;
pub mod nova_server;
pub use docker::{HostKind, NamedHost};
#[cfg(test)]
mod tests;

/// A registered profile type.
#[derive(Clone, Copy, Debug)]
pub struct ProfileType {
    /// Its name, such as `os.nova.server`.
    pub name: &'static str,
    /// The registered version.
    pub version: &'static str,
    /// What `properties` may hold.
    pub schema: Schema,
    /// What its nodes can be told to do.
    pub operations: &'static [Operation],
    /// The properties that are read off an instance which is adopted, as far as the backend tells them.
    pub adopted: &'static [&'static str],
    /// Every version the type declares, registered or not.
    pub support: &'static [VersionSupport],
    /// Whether the keys of `context` must be names of the security context's parts.
    pub checks_context: bool,
    /// What the schema cannot say: given the resolved properties and the profile's name.
    pub semantics: fn(&JsonMap, &str) -> Result<(), Fault>,
}

/// Every registered type, in the order in which they are listed.
pub static ALL: [ProfileType; 3] = [docker::TYPE, heat_stack::TYPE, nova_server::TYPE];

/// The key of a profile type, `<name>-<version>`, as a profile's `type` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileTypeName(pub String);

impl fmt::Display for ProfileTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type registered under `<name>-<version>`, exactly.
#[must_use]
pub fn find(key: &str) -> Option<&'static ProfileType> {
    ALL.iter().find(|each| each.key() == key)
}

/// [`find`], or the 404 that says there is none.
///
/// # Errors
/// `ResourceNotFound`.
pub fn get(key: &str) -> Result<&'static ProfileType, Fault> {
    find(key).ok_or_else(|| Fault::not_found("profile_type", key))
}

/// Whether nodes of the type registered under `<name>-<version>` take an operation with these parameters.
///
/// # Errors
/// `BadRequest` when they do not, or as [`Operation::check`] says.
pub fn check_operation(key: &str, operation: &str, parameters: &JsonMap) -> Result<(), Fault> {
    let found = find(key).and_then(|kind| kind.operation(operation)).ok_or_else(|| {
        Fault::bad_request(format!(
            "The requested operation '{operation}' is not supported by the profile type '{key}'"
        ))
    })?;
    found.check(parameters)
}

/// The items of the list of types; `detailed` from microversion 1.5.
#[must_use]
pub fn list(detailed: bool) -> Vec<Value> {
    ALL.iter().map(|each| support::list_item(each.name, each.version, each.support, detailed)).collect()
}

/// Checks the spec of a profile to be created as `name`, or merely validated if there is none, up to
/// the point where a backend would have to be asked. Errors come in the reference's order.
///
/// # Errors
/// `ESchema` without type or version, `ResourceNotFound` for an unknown type, `InvalidSpec` for
/// everything else that has a text, and the generic 400 where the reference gives none. With a name, the
/// texts of schema violations begin with `Failed in creating profile {name}: `.
pub fn validate_profile_spec(name: Option<&str>, spec: &JsonMap) -> Result<ProfileTypeName, Fault> {
    let kind = get(&spec::type_key(spec)?)?;
    check::check(kind, name, spec)?;
    Ok(ProfileTypeName(kind.key()))
}

/// The host that a spec of the type registered under `key` names, for the caller to look up; none where the type
/// has no hosts, or the spec does not fit.
#[must_use]
pub fn host(key: &str, spec: &JsonMap) -> Option<NamedHost> {
    let kind = find(key).filter(|kind| kind.name == docker::TYPE.name)?;
    docker::host(&kind.properties(spec).ok()?)
}

/// What a client is told when the host that a spec of this type names does not take the profile.
#[must_use]
pub fn host_refused(refusal: HostRefusal, key: &str, spec: &JsonMap) -> Fault {
    host(key, spec).map_or_else(Fault::malformed, |named| named.refused(refusal))
}

/// The first property in which a profile differs from an earlier spec of its type and which cannot be changed
/// (spec engine-nodes §4); none where everything that differs can be. Specs that cannot be read differ in
/// nothing: what is wrong with them shows where they are used.
#[must_use]
pub fn fixed_difference(old: &JsonMap, new: &Profile) -> Option<String> {
    let kind = find(&new.type_name)?;
    let (old, new) = (kind.properties(old).ok()?, kind.properties(&new.spec).ok()?);
    let fixed = kind.schema.0.iter().filter(|property| !property.updatable);
    fixed.map(|property| property.name).find(|name| old.get(*name) != new.get(*name)).map(str::to_owned)
}

impl ProfileType {
    /// `<name>-<version>`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The operation of this name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|each| each.name == name)
    }

    /// The type as `profile_type` shows it; with the support of every declared version from
    /// microversion 1.5 (`detailed`).
    #[must_use]
    pub fn show(&self, detailed: bool) -> Value {
        support::shown(&self.key(), self.schema, self.support, detailed)
    }

    /// The operations as `operations` shows them.
    #[must_use]
    pub fn show_operations(&self) -> Value {
        operation::render(self.operations)
    }

    /// The properties of a stored spec of this type, converted to their kinds and with the defaults
    /// filled in.
    ///
    /// # Errors
    /// `InvalidSpec` if the spec does not fit the schema, which a stored one does.
    pub fn properties(&self, spec: &JsonMap) -> Result<JsonMap, Fault> {
        self.schema.resolve_spec(spec).map_err(|each| Fault::new(FaultKind::InvalidSpec, each.text))
    }
}
