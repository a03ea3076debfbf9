//! Steps of a cluster action, and its end: each is one transaction, fenced by the task and conditioned on
//! the task still holding its cluster, so it happens once however often it is tried.

use crate::accept::child_put;
use crate::cluster::{change, member_item, removal};
use crate::entity::indexed;
use crate::error::StoreError;
use crate::item::{at, s};
use crate::keys;
use crate::store::Store;
use crate::task::{Finish, Task, finish};
use crate::transaction::{Transacted, Write};
use coppice_domain::action::Action;
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::event::Event;
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
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

/// A node to be removed, with the derived action that removes it.
#[derive(Clone, Debug)]
pub struct Retirement {
    /// The node.
    pub node: NodeId,
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
    /// An event that belongs to the step.
    pub event: Option<&'a Event>,
    /// Nodes to make.
    pub create: &'a [Registration],
    /// Nodes to remove.
    pub retire: &'a [Retirement],
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// It took effect.
    Done,
    /// The task was claimed by another worker, ended, or no longer holds its cluster.
    Lost,
    /// These nodes have no record; the rest of the step did not take effect either.
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
        let mut writes = vec![task.fenced(save)];
        if step.cluster.0 == step.cluster.1 {
            let held = Write::check(keys::cluster(step.cluster.0.id))
                .if_equals("active_action", s(task.action.id.to_string()));
            writes.push(held);
        } else {
            writes.extend(change(step.cluster.0, step.cluster.1, task.action.id)?);
        }
        writes.extend(event_put(step.event)?);
        for made in step.create {
            for item in indexed(&made.node, true)? {
                writes.push(Write::put(item)?);
            }
            writes.push(Write::put(member_item(step.cluster.0.id, &made.member))?);
            writes.push(child_put(&made.child)?);
        }
        let first_retired = writes.len();
        for retired in step.retire {
            writes.push(
                Write::update(keys::node(retired.node))
                    .set("active_action", s(retired.child.id.to_string()))
                    .set("status", s(NodeStatus::Deleting.name()))
                    .set("status_reason", s("Deletion in progress"))
                    .if_exists(),
            );
            writes.push(
                Write::update(keys::member(step.cluster.0.id, retired.node))
                    .set("st", s(NodeStatus::Deleting.name()))
                    .set("by", s(task.action.id.to_string()))
                    .if_exists(),
            );
            writes.push(child_put(&retired.child)?);
        }
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(Stepped::Done),
            // The first two conditions are the fence and the cluster's holder. A worker that has lost
            // either must not conclude anything from what its successor has done to the nodes.
            Transacted::Refused(refusals) if refusals.iter().take(2).any(Option::is_some) => {
                Ok(Stepped::Lost)
            }
            Transacted::Refused(refusals) => {
                let missing: Vec<NodeId> = step
                    .retire
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| {
                        (0..2).any(|item| {
                            refusals.get(first_retired + place * 3 + item).is_some_and(Option::is_some)
                        })
                    })
                    .map(|(_, retired)| retired.node)
                    .collect();
                if missing.is_empty() {
                    // What is left is a profile that is being deleted, or has been: decide again.
                    return Err(StoreError::Conflict("a profile is being deleted".to_owned()));
                }
                Ok(Stepped::Missing(missing))
            }
        }
    }

    /// Ends a task and lets its cluster go, as one; `false` when the task was lost or has ended.
    ///
    /// # Errors
    /// When the store fails; the end may then have taken effect.
    pub async fn finish_cluster_task(
        &self,
        task: &Task,
        cluster: (&Cluster, &Cluster),
        event: &Event,
        end: &Finish,
    ) -> Result<bool, StoreError> {
        let mut writes = vec![task.fenced(finish(task.action.id, end))];
        writes.extend(change(cluster.0, cluster.1, task.action.id)?);
        writes.extend(event_put(Some(event))?);
        Ok(matches!(self.transact(writes, None).await?, Transacted::Done))
    }

    /// Ends a task and removes its cluster, whose members must be gone, as one.
    ///
    /// # Errors
    /// When the store fails; the end may then have taken effect.
    pub async fn finish_cluster_removal(
        &self,
        task: &Task,
        cluster: &Cluster,
        event: &Event,
        end: &Finish,
    ) -> Result<bool, StoreError> {
        let mut writes = vec![task.fenced(finish(task.action.id, end))];
        writes.extend(removal(cluster, task.action.id));
        writes.extend(event_put(Some(event))?);
        Ok(matches!(self.transact(writes, None).await?, Transacted::Done))
    }
}

fn event_put(event: Option<&Event>) -> Result<Option<Write>, StoreError> {
    let Some(event) = event else { return Ok(None) };
    let item = indexed(event, false)?.pop().unwrap_or_default();
    Write::put(item).map(Some)
}
