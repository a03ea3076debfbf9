//! Taking turns: which action may work on a node now.

use crate::machine::{Worker, Yield};
use crate::work::Work;
use coppice_domain::action::ActionKind;
use coppice_domain::node::Node;
use coppice_store::{Shared, StoreError, Task};

impl Worker {
    /// Holds the member's cluster and the node; until both are free, the action waits.
    pub(super) async fn take_turn(
        &self,
        task: &Task,
        node: &Node,
        work: &mut Work,
    ) -> Result<Option<Yield>, StoreError> {
        let id = task.action.id;
        if let Some(cluster) = node.cluster_id {
            match self.env.store.cluster_share(cluster, id).await? {
                Shared::Held | Shared::Gone => {}
                Shared::Busy => return Ok(Some(self.waiting(work, None, "Waiting for the cluster's lock."))),
            }
        }
        if self.env.store.node_hold(node.id, id).await? {
            return Ok(None);
        }
        let holder = match node.active_action {
            Some(holder) => self.env.store.task(holder).await?,
            None => None,
        };
        match (node.active_action, holder) {
            (Some(_), Some(holder)) if holder.action.status.is_terminal() => {
                // Its worker died before it let the node go.
                self.env.store.node_release(node.id, holder.action.id, None).await?;
            }
            (Some(former), None) => self.env.store.node_release(node.id, former, None).await?,
            (Some(_), Some(holder)) if holder.action.kind == ActionKind::NodeDelete => {
                return self.superseded(task, node).await.map(Some);
            }
            _ => {}
        }
        if let Some(cluster) = node.cluster_id {
            self.env.store.cluster_unshare(cluster, id).await?;
        }
        Ok(Some(self.waiting(work, None, "Waiting for the node's lock.")))
    }
}
