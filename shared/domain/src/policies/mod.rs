//! What the policies of a cluster decide about its actions: a file a type, each a pure function
//! (spec engine-policies, engine-actions §3 and §12).

mod affinity;
mod attached;
mod batch;
mod data;
mod deletion;
pub mod health;
pub mod load_balance;
mod placement;
mod scaling;
#[cfg(test)]
mod tests;

pub use attached::{Attached, attachable, in_order};
pub use data::{Creation, Data, Deletion, Hooks, Manner, Placement, Spread, Update, Verdict};

use crate::action::ActionKind;
use crate::cluster::{Cluster, JsonMap, Member};
use crate::fault::Fault;
use crate::ids::{NodeId, PolicyId};
use crate::policy::{Binding, Policy};
use crate::policy_types;
use crate::time::Timestamp;
use rand_chacha::ChaCha8Rng;

/// What policies are asked: may this action begin, and how?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The action.
    pub kind: ActionKind,
    /// What the action is told; from a webhook it may be anything.
    pub inputs: &'a JsonMap,
    /// The node that an action on a node works on.
    pub node: Option<NodeId>,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// Its members, by index.
    pub members: &'a [Standing],
    /// Where nodes can be.
    pub places: &'a Places,
    /// Whether the profile of nodes to be made says in which zone they are.
    pub pinned_zone: bool,
    /// Whether it says in which region they are.
    pub pinned_region: bool,
    /// Most nodes any cluster may have.
    pub max_nodes_per_cluster: i64,
    /// Now.
    pub now: Timestamp,
}

/// A member, with what [`needs`] said that policies want to know of it; the rest is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its record.
    pub member: Member,
    /// When its creation succeeded.
    pub created_at: Option<Timestamp>,
    /// When its profile was created.
    pub profile_created_at: Option<Timestamp>,
    /// The availability zone it was placed in.
    pub zone: Option<String>,
    /// The region it was placed in.
    pub region: Option<String>,
}

/// Where nodes can be; none where the backend does not say: then every place a policy names counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The availability zones.
    pub zones: Option<Vec<String>>,
    /// The regions.
    pub regions: Option<Vec<String>>,
}

/// What policies want to know beside the members' records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The members' nodes.
    pub nodes: bool,
    /// The profiles of those nodes.
    pub profiles: bool,
    /// Where nodes can be, and whether the profile pins them.
    pub places: bool,
}

/// Why an action does not begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What had been decided, for the action's record.
    pub data: Data,
    /// Which policy refused, and why.
    pub reason: String,
}

/// What has to be read before [`before`] is asked.
#[must_use]
pub fn needs(kind: ActionKind, attached: &[Attached]) -> Needs {
    attached.iter().fold(Needs::default(), |needs, policy| {
        let more = match policy.kind.name {
            deletion::NAME => deletion::needs(kind, policy),
            placement::REGION | placement::ZONE => placement::needs(kind),
            _ => Needs::default(),
        };
        Needs {
            nodes: needs.nodes || more.nodes,
            profiles: needs.profiles || more.profiles,
            places: needs.places || more.places,
        }
    })
}

/// Asks every policy before the action begins. `attached` is [`in_order`]; `rng` is derived from the action,
/// so that who is asked twice answers alike.
///
/// # Errors
/// The first refusal: those after it are not asked.
pub fn before(
    question: &Question<'_>,
    attached: &[Attached],
    rng: &mut ChaCha8Rng,
) -> Result<Data, Box<Refusal>> {
    let mut data = Data::default();
    for policy in attached {
        let said = match policy.kind.name {
            scaling::NAME => scaling::before(question, policy, &mut data),
            placement::REGION => placement::region(question, policy, &mut data),
            placement::ZONE => placement::zone(question, policy, &mut data),
            affinity::NAME => {
                affinity::before(question, policy, &mut data);
                Ok(())
            }
            batch::NAME => {
                batch::before(question, policy, &mut data);
                Ok(())
            }
            deletion::NAME => deletion::before(question, policy, &mut data, rng),
            health::NAME => {
                health::before(question, policy, &mut data);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(reason) = said {
            let text = format!("Failed policy '{}': {reason}", policy.name);
            data.verdict = Some(Verdict { passed: false, reason });
            return Err(Box::new(Refusal { data, reason: text }));
        }
    }
    deletion::fill(question, &mut data, rng);
    Ok(data)
}

/// The policies whose cooldown begins when this action has ended, however it went (spec engine-policies §2).
#[must_use]
pub fn counted(kind: ActionKind, attached: &[Attached]) -> Vec<PolicyId> {
    let scales = matches!(kind, ActionKind::ClusterScaleIn | ActionKind::ClusterScaleOut);
    let scaling = attached.iter().filter(|policy| scales && policy.kind.name == scaling::NAME);
    scaling.map(|policy| policy.binding.policy_id).collect()
}

/// The first policy whose cooldown stands against this action when it is asked for (spec engine-actions §3).
#[must_use]
pub fn cooling(kind: ActionKind, bindings: &[Binding], now: Timestamp) -> Option<&Binding> {
    let stands = |binding: &&Binding| {
        binding.enabled && binding.cooldown.is_some_and(|cooldown| cooldown.of == kind) && binding.cools(now)
    };
    bindings.iter().filter(stands).min_by_key(|binding| (binding.priority, binding.id))
}

/// The binding with what a policy of this spec keeps in it (spec engine-policies §1).
///
/// # Errors
/// When the spec does not fit its type, which a stored one does.
pub fn bind(policy: &Policy, binding: Binding) -> Result<Binding, Fault> {
    let kind = policy_types::get(&policy.type_name)?;
    let properties = kind.properties(&policy.spec)?;
    Ok(match kind.name {
        affinity::NAME => Binding { data: Some(affinity::binding_data(&properties, &binding)), ..binding },
        health::NAME => Binding { data: Some(health::binding_data(&properties)), ..binding },
        scaling::NAME => Binding { cooldown: scaling::cooldown(&properties), ..binding },
        _ => binding,
    })
}

/// Whether a type's name with its version is that of a type of this name.
fn is_of(type_name: &str, name: &str) -> bool {
    type_name.rsplit_once('-').is_some_and(|(given, _)| given == name)
}

/// The data of a binding as the reference lays it out: under the name of the policy's class, with a version.
fn labelled(class: &str, version: &str, data: &serde_json::Value) -> JsonMap {
    JsonMap::from_iter([(class.to_owned(), serde_json::json!({ "version": version, "data": data }))])
}

impl Question<'_> {
    /// How many members there are, whatever their state.
    fn current(&self) -> i64 {
        i64::try_from(self.members.len()).unwrap_or(i64::MAX)
    }
}
