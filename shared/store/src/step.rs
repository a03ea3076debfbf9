//! Steps of a cluster action: each is one transaction, fenced by the task and conditioned on
//! the task still holding its cluster, so it happens once however often it is tried.

use crate::accept::child_put;
use crate::cluster::{change, member_item};
use crate::entity::indexed;
use crate::error::StoreError;
use crate::item::{at, n, s};
use crate::keys;
use crate::store::Store;
use crate::task::Task;
use crate::transaction::{Transacted, Write};
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::Action;
use coppice_domain::cluster::{Cluster, JsonMap, Member};
use coppice_domain::event::Event;
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::time::Timestamp;
use serde_json::Value;

/// A node to be made, with the derived action that makes it.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The node.
    pub node: Node,
    /// Its member record, pending.
    pub member: Member,
    /// The derived action.
    pub child: Action,
}

/// A member to be worked on, with the derived action that does.
#[derive(Clone, Debug)]
pub struct Employment {
    /// The node.
    pub node: NodeId,
    /// The derived action.
    pub child: Action,
}

/// A node to become a member, with the derived action that makes it one.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Its member record, pending.
    pub member: Member,
    /// The derived action.
    pub child: Action,
}

/// One step of a task.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The task, as claimed.
    pub task: &'a Task,
    /// The cluster as read, and as it shall be.
    pub cluster: (&'a Cluster, &'a Cluster),
    /// The plan, and how far it got.
    pub work: &'a Value,
    /// Until when the claim is renewed.
    pub lease_until: Timestamp,
    /// The phase of the task.
    pub phase: u32,
    /// An event that belongs to the step.
    pub event: Option<&'a Event>,
    /// What policies decided, for the action's record; none for what it says.
    pub data: Option<&'a JsonMap>,
    /// Nodes to make.
    pub create: &'a [Registration],
    /// Members to work on.
    pub employ: &'a [Employment],
    /// Nodes to become members.
    pub join: &'a [Joining],
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// It took effect.
    Done,
    /// The task was claimed by another worker, ended, or no longer holds its cluster.
    Lost,
    /// These nodes have no record, are no members, or are not free to join; the rest of the step did not
    /// take effect either.
    Missing(Vec<NodeId>),
}

/// Most nodes one step may register: three items each, of the hundred a transaction holds.
pub const NODES_PER_STEP: usize = 28;

impl Store {
    /// Takes one step.
    ///
    /// # Errors
    /// When the store fails; the step may then have taken effect: read the task again.
    pub async fn step(&self, step: Step<'_>) -> Result<Stepped, StoreError> {
        let task = step.task;
        let save = Write::update(keys::action(task.action.id))
            .set("work", s(step.work.to_string()))
            .set("lease_until", at(step.lease_until))
            .remove("attempts");
        let save = with_data(save, step.data);
        let mut writes = vec![task.fenced(save)];
        if step.cluster.0 == step.cluster.1 {
            let held = Write::check(keys::cluster(step.cluster.0.id))
                .if_equals("active_action", s(task.action.id.to_string()));
            writes.push(held);
        } else {
            writes.extend(change(step.cluster.0, step.cluster.1, task.action.id)?);
        }
        writes.extend(self.event_put(step.event)?);
        for made in step.create {
            for item in indexed(&made.node, true)? {
                writes.push(Write::put(item)?);
            }
            writes.push(Write::put(member_item(step.cluster.0.id, &made.member))?);
            writes.push(child_put(&made.child)?);
        }
        let first_named = writes.len();
        for employed in step.employ {
            writes.extend(employ(&step, employed)?);
        }
        for joining in step.join {
            writes.extend(join(step.cluster.0.id, joining)?);
        }
        let named = step.employ.iter().map(|employed| employed.node);
        let named = named.chain(step.join.iter().map(|joining| joining.member.node));
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(Stepped::Done),
            // The first two conditions are the fence and the cluster's holder. A worker that has lost
            // either must not conclude anything from what its successor has done to the nodes.
            Transacted::Refused(refusals) if refusals.iter().take(2).any(Option::is_some) => {
                task.unless_changed(&refusals)?;
                Ok(Stepped::Lost)
            }
            Transacted::Refused(refusals) => {
                let refused = |place: usize| {
                    (0..2)
                        .any(|item| refusals.get(first_named + place * 3 + item).is_some_and(Option::is_some))
                };
                let missing: Vec<NodeId> =
                    named.enumerate().filter(|(place, _)| refused(*place)).map(|(_, node)| node).collect();
                if missing.is_empty() {
                    // What is left is a profile that is being deleted, or has been: decide again.
                    return Err(StoreError::Conflict("a profile is being deleted".to_owned()));
                }
                Ok(Stepped::Missing(missing))
            }
        }
    }

    /// The write that records an event, which is history from the beginning.
    pub(crate) fn event_put(&self, event: Option<&Event>) -> Result<Option<Write>, StoreError> {
        let Some(event) = event else { return Ok(None) };
        let mut item = indexed(event, false)?.pop().unwrap_or_default();
        let expires_at = event.timestamp.plus(self.retention).seconds();
        item.insert("expires_at".to_owned(), n(expires_at));
        Write::put(item).map(Some)
    }
}

/// The same write of a task, which also records what policies decided.
pub(crate) fn with_data(write: Write, data: Option<&JsonMap>) -> Write {
    let Some(data) = data else { return write };
    write.set("data", s(Value::Object(data.clone()).to_string()))
}

/// The attribute that says in which phase a member is pending; none for the first.
fn phase(phase: u32) -> Option<AttributeValue> {
    (phase > 0).then(|| n(i64::from(phase)))
}

/// The three writes that put a member to work. Its status changes when something begins to happen to it.
fn employ(step: &Step<'_>, employed: &Employment) -> Result<[Write; 3], StoreError> {
    let (cluster, task) = (step.cluster.0.id, step.task.action.id);
    let node = Write::update(keys::node(employed.node))
        .set("active_action", s(employed.child.id.to_string()))
        .if_equals("cluster_id", s(cluster.to_string()));
    let member = Write::update(keys::member(cluster, employed.node))
        .set("by", s(task.to_string()))
        .assign("ph", phase(step.phase))
        .if_exists();
    Ok([node, member, child_put(&employed.child)?])
}

/// The three writes that begin to make a node a member.
fn join(cluster: ClusterId, joining: &Joining) -> Result<[Write; 3], StoreError> {
    let node = Write::update(keys::node(joining.member.node))
        .set("active_action", s(joining.child.id.to_string()))
        .if_exists()
        .if_lacks("cluster_id")
        .if_lacks("active_action");
    Ok([node, Write::put(member_item(cluster, &joining.member))?, child_put(&joining.child)?])
}
