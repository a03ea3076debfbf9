//! Taking turns: which action may work on a node now.

use crate::machine::{Worker, Yield};
use crate::work::Work;
use coppice_domain::action::ActionKind;
use coppice_domain::node::Node;
use coppice_store::{StoreError, Task, Turn};

impl Worker {
    /// Holds the member's cluster and the node; until both are free, the action waits.
    pub(super) async fn take_turn(
        &self,
        task: &Task,
        node: &Node,
        work: &mut Work,
    ) -> Result<Option<Yield>, StoreError> {
        match self.env.store.take_turn(task, node.id, node.cluster_id).await? {
            Turn::Taken => return Ok(None),
            Turn::Lost => return Ok(Some(Yield::Lost)),
            Turn::ClusterBusy => {
                return Ok(Some(self.waiting(task, work, None, "Waiting for the cluster's lock.")));
            }
            Turn::NodeBusy => {}
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
        Ok(Some(self.waiting(task, work, None, "Waiting for the node's lock.")))
    }
}
