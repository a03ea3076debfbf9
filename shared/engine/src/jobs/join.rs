//! Making a node a member of a cluster (spec engine-nodes §2, §5.7).

use super::label::{CLUSTER, INDEX, Label};
use super::{Hand, Job, Step};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ClusterId;
use coppice_domain::node::Node;
use coppice_store::Place;
use serde_json::json;

impl Hand<'_> {
    pub(super) async fn join(&self, node: &Node, cluster: ClusterId, index: i64) -> Step {
        let set = JsonMap::from_iter([
            (CLUSTER.to_owned(), json!(cluster.to_string())),
            (INDEX.to_owned(), json!(index.to_string())),
        ]);
        let label = Label { step: "join", set, remove: Vec::new() };
        self.label(node, label, Place::Member(cluster, index), &Job::Join { cluster, index }).await
    }
}
