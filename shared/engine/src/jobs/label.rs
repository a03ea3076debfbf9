//! What the metadata of a node's instance says about where the node belongs. Whatever else is in it stays.

use super::{Hand, Job, Step};
use coppice_compute::{Alteration, Progress};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::Node;
use coppice_store::{NodeChanges, Place, Settlement};

/// The keys that say where a node belongs.
pub(super) const CLUSTER: &str = "cluster_id";
pub(super) const INDEX: &str = "cluster_node_index";

/// What is to be said from now on.
pub(super) struct Label {
    /// What the step is called in tokens.
    pub(super) step: &'static str,
    pub(super) set: JsonMap,
    pub(super) remove: Vec<String>,
}

impl Hand<'_> {
    /// Labels the instance, and then moves the node to its place.
    pub(super) async fn label(&self, node: &Node, label: Label, place: Place, job: &Job) -> Step {
        let failed = || Settlement::untouched(job.failure());
        let Some(id) = &node.physical_id else { return Step::settle(failed()) };
        let Label { step, set, remove } = label;
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
