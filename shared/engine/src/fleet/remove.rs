//! Removing nodes: delete the instance until the backend says it is gone, then forget the node.

use super::create::{bare, moved, put_off};
use super::{Moved, Run};
use crate::dispatch::end;
use coppice_compute::{ComputeError, Consequence, Deletion, Filter, list_all};
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{CHILD, Settled, StoreError};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::HashMap;

impl Run<'_> {
    /// Looks at each of these nodes once.
    pub(super) async fn remove_all(&self, batch: &[Member]) -> Result<Vec<Moved>, StoreError> {
        let ids: Vec<NodeId> = batch.iter().map(|member| member.node).collect();
        let nodes: Vec<Node> = self.worker.env.store.get_many(&ids).await?;
        let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
        let looks: Vec<_> = ids.iter().map(|id| async { self.remove(*id, nodes.get(id)).await }).collect();
        stream::iter(looks).buffer_unordered(self.worker.env.settings.concurrency).try_collect().await
    }

    async fn remove(&self, id: NodeId, node: Option<&Node>) -> Result<Moved, StoreError> {
        let Some(node) = node else {
            // Its record is gone, but its worker died before it said so.
            return self.forget(id).await;
        };
        if node.active_action.is_none() {
            let reason = &node.status_reason;
            return self.settle(id, node.status, reason, None).await.map(moved);
        }
        if node.active_action != Some(self.child(id)) {
            return Ok(Moved::Superseded);
        }
        match self.delete_instances(node).await {
            Ok(Deletion::Gone) => match self.worker.env.store.node_remove(id, self.child(id)).await? {
                Settled::Done | Settled::Earlier | Settled::Gone => self.forget(id).await,
                Settled::Superseded => Ok(Moved::Superseded),
            },
            Ok(Deletion::Underway) => Ok(Moved::Waits),
            Err(error) => match error.consequence() {
                Consequence::Fail | Consequence::TryElsewhere => {
                    let instance = node.physical_id.as_deref().unwrap_or("unknown");
                    let reason = format!("Failed in deleting server '{instance}': {}.", bare(&error));
                    self.settle(id, NodeStatus::Error, &reason, None).await.map(moved)
                }
                Consequence::RetryLater { .. } | Consequence::LookUpThenRetry => Ok(put_off(&error)),
            },
        }
    }

    /// Deletes what the node claims; without a claim, whatever was made for it. A list may be stale: what
    /// it hides is nobody's from then on, and the search for unclaimed instances finds it.
    async fn delete_instances(&self, node: &Node) -> Result<Deletion, ComputeError> {
        let compute = self.worker.env.compute.as_ref();
        if let Some(physical_id) = &node.physical_id {
            return compute.delete(physical_id).await;
        }
        let mut all = Deletion::Gone;
        for instance in list_all(compute, Filter::Node(node.id)).await? {
            if compute.delete(&instance.id).await? == Deletion::Underway {
                all = Deletion::Underway;
            }
        }
        Ok(all)
    }

    /// Ends the derived action and forgets the member: the node's record is gone.
    async fn forget(&self, id: NodeId) -> Result<Moved, StoreError> {
        self.forget_for(self.task.action.id, id).await
    }

    /// The same, for a node that was pending for `holder`.
    pub(super) async fn forget_for(&self, holder: ActionId, id: NodeId) -> Result<Moved, StoreError> {
        let store = &self.worker.env.store;
        let finish =
            end(ActionStatus::Succeeded, "", self.worker.env.now(), self.worker.env.settings.retention);
        let child = ActionId::derived_for(holder, CHILD, id.uuid());
        store.finish_child(child, self.started, &finish).await?;
        store.member_remove(self.view.cluster.id, id, Some(holder)).await?;
        Ok(Moved::On)
    }
}
