//! Deleting a node's instance until the backend says it is gone (spec engine-nodes §2, §5.3).

use super::{Hand, Step};
use coppice_compute::{ComputeError, Deletion, Filter, list_all};
use coppice_domain::node::Node;
use coppice_store::Settlement;

impl Hand<'_> {
    pub(super) async fn remove(&self, node: &Node) -> Step {
        match self.delete_instances(node).await {
            Ok(Deletion::Gone) => Step::Removed,
            Ok(Deletion::Underway) => Step::Waits,
            Err(error) => Step::after(&error, |text| {
                let instance = node.physical_id.as_deref().unwrap_or("unknown");
                Settlement::failed(format!("Failed in deleting server '{instance}': {text}."))
            }),
        }
    }

    /// Deletes what the node claims; without a claim, whatever was made for it. A list may be stale: what
    /// it hides is nobody's from then on, and the search for unclaimed instances finds it.
    async fn delete_instances(&self, node: &Node) -> Result<Deletion, ComputeError> {
        let compute = self.env.compute.as_ref();
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
}
