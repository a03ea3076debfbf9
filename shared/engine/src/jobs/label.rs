//! Joining and leaving a cluster: the instance's metadata says where its node belongs (spec engine-nodes §2,
//! §5.7). Whatever else is in the metadata stays.

use super::{Hand, Job, Step};
use coppice_compute::{Alteration, Progress};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ClusterId;
use coppice_domain::node::Node;
use coppice_store::{NodeChanges, Place, Settlement};
use serde_json::json;

/// The keys that say where a node belongs.
const CLUSTER: &str = "cluster_id";
const INDEX: &str = "cluster_node_index";

impl Hand<'_> {
    pub(super) async fn join(&self, node: &Node, cluster: ClusterId, index: i64) -> Step {
        let set = JsonMap::from_iter([
            (CLUSTER.to_owned(), json!(cluster.to_string())),
            (INDEX.to_owned(), json!(index.to_string())),
        ]);
        let failure = Job::Join { cluster, index }.failure();
        self.label(node, ("join", set, Vec::new()), Place::Member(cluster, index), &failure).await
    }

    pub(super) async fn leave(&self, node: &Node) -> Step {
        let remove = vec![CLUSTER.to_owned(), INDEX.to_owned()];
        self.label(node, ("leave", JsonMap::new(), remove), Place::Orphan, &Job::Leave.failure()).await
    }

    async fn label(
        &self,
        node: &Node,
        (step, set, remove): (&str, JsonMap, Vec<String>),
        place: Place,
        failure: &str,
    ) -> Step {
        let failed = || Settlement::untouched(failure);
        let Some(id) = &node.physical_id else { return Step::settle(failed()) };
        match self.change(step, node.id, id, Alteration::Label { set, remove }).await {
            // The member's record is made before the node is read: it has yet to hear of a taint.
            Ok(Progress::Done) => {
                let changes = NodeChanges { tainted: Some(node.tainted), ..NodeChanges::default() };
                Step::settle(Settlement { place: Some(place), changes, ..Settlement::moved() })
            }
            Ok(Progress::Underway) => Step::Waits,
            Ok(Progress::Gone) => Step::settle(failed()),
            Err(error) => Step::after(&error, |_| failed()),
        }
    }
}
