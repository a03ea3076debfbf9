//! A policy as it stands to a cluster, and whether it may.

use super::load_balance::is_load_balance;
use crate::cluster::JsonMap;
use crate::fault::Fault;
use crate::policy::{Binding, Policy};
use crate::policy_types::{self, PolicyType};
use crate::profile::Profile;
use serde_json::Value;

/// A policy that a cluster has.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Its binding to the cluster.
    pub binding: Binding,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: &'static PolicyType,
    /// Its properties, with the defaults filled in.
    pub properties: JsonMap,
}

impl Attached {
    /// Reads a policy that is bound by `binding`.
    ///
    /// # Errors
    /// When its spec does not fit its type, which a stored one does.
    pub fn new(binding: Binding, policy: &Policy) -> Result<Self, Fault> {
        let kind = policy_types::get(&policy.type_name)?;
        let properties = kind.properties(&policy.spec)?;
        Ok(Self { binding, name: policy.name.clone(), kind, properties })
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.properties.get(key)?.as_str()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.properties.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A whole number; none for null, which passes the schema.
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        self.properties.get(key)?.as_i64()
    }

    /// A number of seconds or the like; 0 for what is negative or null.
    pub(super) fn natural(&self, key: &str) -> u64 {
        self.number(key).and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
    }
}

/// The policies that count, in the order in which they are asked (spec engine-actions §12).
#[must_use]
pub fn in_order(attached: Vec<Attached>) -> Vec<Attached> {
    let mut enabled: Vec<Attached> = attached.into_iter().filter(|each| each.binding.enabled).collect();
    enabled.sort_by_key(|each| (each.binding.priority, each.binding.id));
    enabled
}

/// Whether a policy may be attached to a cluster of this profile that has these others (spec
/// engine-cluster §6, engine-policies §1).
///
/// # Errors
/// Why the action fails.
pub fn attachable(policy: &Policy, others: &[Binding], profile: &Profile) -> Result<(), String> {
    let kind = policy_types::get(&policy.type_name).map_err(|fault| fault.message)?;
    // A node is a member of one pool: of whatever version, there is one such policy (the reference tells
    // versions apart, POL-1).
    let balances = is_load_balance(&policy.type_name);
    let same = others.iter().find(|other| {
        other.policy_type == policy.type_name || (balances && is_load_balance(&other.policy_type))
    });
    if let Some(other) = same.filter(|_| kind.singleton) {
        return Err(format!(
            "Only one instance of policy type ({}) can be attached to a cluster, but another instance ({}) is \
             found attached to the cluster ({}) already.",
            policy.type_name, other.policy_id, other.cluster_id
        ));
    }
    if kind.profile_types.is_some_and(|types| !types.contains(&profile.type_name.as_str())) {
        return Err(format!("Policy not applicable on profile type: {}", profile.type_name));
    }
    super::health::attachable(policy, kind, others, profile)
}
