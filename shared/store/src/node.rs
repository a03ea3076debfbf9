//! Steps of a cluster action: registering nodes to make or remove, and settling each.
//!
//! A step is one transaction: it is fenced by the task, conditioned on the task still holding its
//! cluster, and saves the plan, so it happens once however often it is tried. Settling a node is three
//! writes in a fixed order (node, derived action, member): the member names the task until the last of
//! them, so a worker that dies in between leaves it findable, and each write may be repeated.

use crate::accept::child_put;
use crate::cluster::{change, member_item, removal};
use crate::entity::indexed;
use crate::error::StoreError;
use crate::item::{Item, at, n, s, text};
use crate::keys;
use crate::store::{Store, Written};
use crate::task::{Finish, Task, finish, open_statuses};
use crate::transaction::{Transacted, Write};
use coppice_domain::action::Action;
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::event::Event;
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

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

/// What became of a write to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The node is as the write wants it.
    Done,
    /// Another action took the node over, or it is gone.
    Superseded,
}

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
                Ok(if missing.is_empty() { Stepped::Lost } else { Stepped::Missing(missing) })
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

    /// Ends an action that no longer holds its target, or never did; `false` when it has ended already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_action(&self, id: ActionId, end: &Finish) -> Result<bool, StoreError> {
        let write = finish(id, end).if_exists().if_one_of("status", open_statuses());
        Ok(matches!(self.write(write).await?, Written::Done(_)))
    }

    /// Ends a derived action; `false` when it has ended already (invariant 5).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_child(
        &self,
        id: ActionId,
        started: Timestamp,
        end: &Finish,
    ) -> Result<bool, StoreError> {
        let write = finish(id, end)
            .set_if_absent("start_time", at(started))
            .if_exists()
            .if_one_of("status", open_statuses());
        Ok(matches!(self.write(write).await?, Written::Done(_)))
    }

    /// Notes that the backend accepted a node's instance.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_launched(
        &self,
        id: NodeId,
        child: ActionId,
        physical_id: &str,
    ) -> Result<Settled, StoreError> {
        let write = Write::update(keys::node(id))
            .set("status", s(NodeStatus::Creating.name()))
            .set("status_reason", s("Creation in progress"))
            .set("physical_id", s(physical_id))
            .if_equals("active_action", s(child.to_string()));
        Ok(match self.write(write).await? {
            Written::Done(_) => Settled::Done,
            Written::Refused(_) => Settled::Superseded,
        })
    }

    /// Settles a node in `status` and lets it go.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_settle(
        &self,
        id: NodeId,
        child: ActionId,
        status: NodeStatus,
        reason: &str,
        physical_id: Option<&str>,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let mut write = Write::update(keys::node(id))
            .set("status", s(status.name()))
            .set("status_reason", s(reason))
            .set("updated_at", at(now))
            .remove("active_action")
            .set("settled_by", s(child.to_string()))
            .if_equals("active_action", s(child.to_string()));
        if let Some(physical_id) = physical_id {
            write = write.set("physical_id", s(physical_id));
        }
        if status == NodeStatus::Active {
            write = write.set_if_absent("created_at", at(now));
        }
        Ok(match self.write(write).await? {
            Written::Done(_) => Settled::Done,
            Written::Refused(node) => settled_by(&node, child),
        })
    }

    /// Removes the record of a node whose instance is gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_remove(&self, id: NodeId, child: ActionId) -> Result<Settled, StoreError> {
        let write = Write::delete(keys::node(id)).if_equals("active_action", s(child.to_string()));
        Ok(match self.write(write).await? {
            Written::Refused(node) if !node.is_empty() => Settled::Superseded,
            Written::Done(_) | Written::Refused(_) => Settled::Done,
        })
    }

    /// Brings a member's record up to date with its node, which is settled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_settle(
        &self,
        cluster: ClusterId,
        node: NodeId,
        status: NodeStatus,
        holder: ActionId,
    ) -> Result<(), StoreError> {
        let mut write = Write::update(keys::member(cluster, node))
            .set("st", s(status.name()))
            .remove("by")
            .if_equals("by", s(holder.to_string()));
        if status == NodeStatus::Active {
            write = write.set("cr", n(1));
        }
        self.write(write).await.map(|_| ())
    }

    /// Forgets a member, whose node's record is gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_remove(&self, cluster: ClusterId, node: NodeId) -> Result<(), StoreError> {
        self.write(Write::delete(keys::member(cluster, node))).await.map(|_| ())
    }

    /// Writes a list that is too long for its action's own item, in parts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_parts(&self, id: ActionId, list: &[Uuid], expires_at: i64) -> Result<usize, StoreError> {
        let mut parts = 0;
        for (number, part) in list.chunks(PER_PART).enumerate() {
            let text = serde_json::to_string(part).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
            let item = Item::from([("list".to_owned(), s(text)), ("expires_at".to_owned(), n(expires_at))]);
            self.write(Write::put(crate::item::with_key(&keys::action_part(id, number), item))?).await?;
            parts += 1;
        }
        Ok(parts)
    }

    /// Reads part `number` of such a list.
    ///
    /// # Errors
    /// When the store fails or the part cannot be read.
    pub async fn part(&self, id: ActionId, number: usize) -> Result<Vec<Uuid>, StoreError> {
        let key = keys::action_part(id, number);
        let item = self.item(&key).await?.unwrap_or_default();
        serde_json::from_str(text(&item, "list").unwrap_or("[]"))
            .map_err(|cause| StoreError::Corrupt(format!("{} / {}: {cause}", key.pk, key.sk)))
    }
}

/// Ids in one part of a long list: about 31 KB.
pub const PER_PART: usize = 800;

fn settled_by(node: &Item, child: ActionId) -> Settled {
    let by = text(node, "settled_by").and_then(|id| id.parse::<ActionId>().ok());
    if by == Some(child) && text(node, "active_action").is_none() {
        Settled::Done
    } else {
        Settled::Superseded
    }
}

fn event_put(event: Option<&Event>) -> Result<Option<Write>, StoreError> {
    let Some(event) = event else { return Ok(None) };
    let item = indexed(event, false)?.pop().unwrap_or_default();
    Write::put(item).map(Some)
}
