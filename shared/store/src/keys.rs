//! Every key of the table, computed in one place.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | cluster: what changes often | `C#<cluster>` | `A` |
//! | cluster: metadata, config, data, dependents | `C#<cluster>` | `B` |
//! | member of a cluster | `C#<cluster>` | `M#<node>` |
//! | node | `N#<node>` | `A` |
//! | profile | `P#<profile>` | `A` |
//! | reference to a profile | `P#<profile>` | `R#<kind>#<id>` |
//! | policy | `L#<policy>` | `A` |
//! | reference to a policy | `L#<policy>` | `R#C#<cluster>` |
//! | policy attached to a cluster | `C#<cluster>` | `P#<policy>` |
//! | receiver | `R#<receiver>` | `A` |
//! | calls of a receiver that are counted | `R#<receiver>` | `L` |
//! | receiver that acts on a cluster | `C#<cluster>` | `R#<receiver>` |
//! | action | `X#<action>` | `A` |
//! | inputs of an action that are long | `X#<action>` | `B` |
//! | part of a long list of an action | `X#<action>` | `I#<part>` |
//! | event | `E#<event>` | `A` |
//! | name of a cluster, profile, policy or receiver | `NAME#<kind>#<project>` | `<name>#<id>` |
//! | project: counters | `PROJ#<project>` | `A` |
//! | register of projects | `PROJECTS` | `<project>` |
//! | state of the reconciler | `SYSTEM` | `<phase>` |

use crate::entity::Kind;
use coppice_domain::ids::{ActionId, ClusterId, NodeId, PolicyId, ProfileId, ReceiverId};
use coppice_domain::time::Timestamp;
use std::fmt::Display;
use uuid::Uuid;

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The partition.
    pub pk: String,
    /// The place within it.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// Sort key of an entity's own item.
pub const SELF: &str = "A";
/// Sort key of a second item: a cluster's bulky attributes, an action's long inputs.
pub const BODY: &str = "B";
/// Sort key of what counts a receiver's calls.
pub const CALLS: &str = "L";
/// Prefix of the sort keys of a cluster's members.
pub const MEMBER: &str = "M#";
/// Prefix of the sort keys of a cluster's policies.
pub const BINDING: &str = "P#";
/// Prefix of the sort keys of a cluster's receivers.
pub const RECEIVER: &str = "R#";
/// Prefix of the sort keys of references to a profile or policy.
pub const REFERENCE: &str = "R#";
/// Partition of the register of projects.
pub const PROJECTS: &str = "PROJECTS";

/// How many partitions the index of due work is spread over. Four carry 4,000 changes a second.
pub const DUE_SHARDS: u8 = 4;

/// The partition of an entity of this kind.
#[must_use]
pub fn partition(kind: Kind, id: impl Display) -> String {
    format!("{}#{id}", kind.letter())
}

/// An entity's own item.
#[must_use]
pub fn entity(kind: Kind, id: impl Display) -> Key {
    Key::new(partition(kind, id), SELF)
}

/// A cluster's own item.
#[must_use]
pub fn cluster(id: ClusterId) -> Key {
    entity(Kind::Cluster, id)
}

/// A cluster's bulky attributes.
#[must_use]
pub fn cluster_body(id: ClusterId) -> Key {
    Key::new(partition(Kind::Cluster, id), BODY)
}

/// A cluster's record of a member.
#[must_use]
pub fn member(cluster: ClusterId, node: NodeId) -> Key {
    Key::new(partition(Kind::Cluster, cluster), format!("{MEMBER}{node}"))
}

/// A node.
#[must_use]
pub fn node(id: NodeId) -> Key {
    entity(Kind::Node, id)
}

/// A profile.
#[must_use]
pub fn profile(id: ProfileId) -> Key {
    entity(Kind::Profile, id)
}

/// The record that a resource uses a profile or policy.
#[must_use]
pub fn reference(used: Kind, id: Uuid, by: Kind, user: Uuid) -> Key {
    Key::new(partition(used, id), format!("{REFERENCE}{}#{user}", by.letter()))
}

/// A policy.
#[must_use]
pub fn policy(id: PolicyId) -> Key {
    entity(Kind::Policy, id)
}

/// A policy attached to a cluster.
#[must_use]
pub fn binding(cluster: ClusterId, policy: PolicyId) -> Key {
    Key::new(partition(Kind::Cluster, cluster), format!("{BINDING}{policy}"))
}

/// A receiver.
#[must_use]
pub fn receiver(id: ReceiverId) -> Key {
    entity(Kind::Receiver, id)
}

/// What counts the calls of a receiver.
#[must_use]
pub fn receiver_calls(id: ReceiverId) -> Key {
    Key::new(partition(Kind::Receiver, id), CALLS)
}

/// The record that a receiver acts on a cluster.
#[must_use]
pub fn cluster_receiver(cluster: ClusterId, receiver: ReceiverId) -> Key {
    Key::new(partition(Kind::Cluster, cluster), format!("{RECEIVER}{receiver}"))
}

/// An action.
#[must_use]
pub fn action(id: ActionId) -> Key {
    entity(Kind::Action, id)
}

/// An action's inputs, where they are too long for its own item.
#[must_use]
pub fn action_body(id: ActionId) -> Key {
    Key::new(partition(Kind::Action, id), BODY)
}

/// Part `number` of the list `set`, which is too long for the action's own item.
#[must_use]
pub fn action_part(id: ActionId, set: &str, number: usize) -> Key {
    Key::new(partition(Kind::Action, id), format!("I#{set}#{number:05}"))
}

/// A name, so that a resource can be found by it at once after its creation.
#[must_use]
pub fn name(kind: Kind, project: &str, name: &str, id: Uuid) -> Key {
    Key::new(name_partition(kind, project), named(name, id))
}

/// The partition of a project's names of one kind.
#[must_use]
pub fn name_partition(kind: Kind, project: &str) -> String {
    format!("NAME#{}#{project}", kind.letter())
}

/// The sort key of a name: ordered by name, then id.
#[must_use]
pub fn named(name: &str, id: Uuid) -> String {
    format!("{}#{id}", name_prefix(name))
}

/// As much of a name as fits a sort key (1,024 bytes, less the id): a name may hold four-byte digits.
#[must_use]
pub fn name_prefix(name: &str) -> &str {
    const LONGEST: usize = 900;
    let mut end = name.len().min(LONGEST);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// The partition of a project's resources of one kind in the `by-age`, `by-id` and `by-name` indexes.
#[must_use]
pub fn scope(kind: Kind, project: &str) -> String {
    format!("{}#{project}", kind.letter())
}

/// The sort key of a resource in the `by-age` index: by time of creation, then id.
#[must_use]
pub fn listed(at: Timestamp, id: Uuid) -> String {
    format!("{:017}#{id}", at.micros().max(0))
}

/// The place of a cluster's checks in the `by-name` index of actions, where nothing else is: they alone are
/// looked for, to be forgotten before their time.
#[must_use]
pub fn check(cluster: Uuid, id: ActionId) -> String {
    format!("{}#{id}", check_prefix(cluster))
}

/// What the places of one cluster's checks begin with.
#[must_use]
pub fn check_prefix(cluster: impl Display) -> String {
    format!("check#{cluster}")
}

/// A project's counters.
#[must_use]
pub fn project(project: &str) -> Key {
    Key::new(format!("PROJ#{project}"), SELF)
}

/// A project's entry in the register.
#[must_use]
pub fn project_entry(project: &str) -> Key {
    Key::new(PROJECTS, project)
}

/// State a phase of the reconciler keeps between runs.
#[must_use]
pub fn system(phase: &str) -> Key {
    Key::new("SYSTEM", phase)
}

/// The partition of the `due` index an action belongs to.
#[must_use]
pub fn due_shard(id: ActionId) -> String {
    shard(id.uuid())
}

fn shard(id: Uuid) -> String {
    format!("DUE#{}", id.as_bytes()[0] % DUE_SHARDS)
}

/// The sort key of work in the `due` index.
#[must_use]
pub fn due(at: Timestamp, id: ActionId) -> String {
    format!("{:017}#{id}", at.micros().max(0))
}

/// The partition of the `due` index a schedule belongs to: among the actions, so that one look finds both.
#[must_use]
pub fn run_shard(id: ReceiverId) -> String {
    shard(id.uuid())
}

/// The sort key of a schedule's next run in the `due` index.
#[must_use]
pub fn run(at: Timestamp, id: ReceiverId) -> String {
    format!("{:017}#{id}", at.micros().max(0))
}

/// The partition of the `due` index a cluster's watch belongs to: among the actions, so that one look finds both.
#[must_use]
pub fn round_shard(id: ClusterId) -> String {
    shard(id.uuid())
}

/// The sort key of a watch in the `due` index.
#[must_use]
pub fn round(at: Timestamp, id: ClusterId) -> String {
    format!("{:017}#{id}", at.micros().max(0))
}

/// The sort key after every piece of work that is due by `now`.
#[must_use]
pub fn due_until(now: Timestamp) -> String {
    format!("{:017}#~", now.micros().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_order_as_time_does() {
        let (early, late) = (Timestamp::from_micros(999), Timestamp::from_micros(1_000_000_000_000_000));
        let (low, high) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(listed(early, high) < listed(late, low));
        assert!(listed(early, low) < listed(early, high));
        let action = ActionId::new(high);
        assert!(due(early, action) < due_until(early));
        assert!(due_until(early) < due(late, action));
    }

    #[test]
    fn the_longest_name_fits_a_sort_key() {
        let longest = "\u{1D7D8}".repeat(255);
        assert!(named(&longest, Uuid::nil()).len() <= 1024);
    }
}
