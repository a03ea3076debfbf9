//! Making a node no member of any cluster (spec engine-nodes §2, §5.7).

use super::label::{CLUSTER, INDEX, Label};
use super::{Hand, Job, Step};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::Node;
use coppice_store::Place;

impl Hand<'_> {
    pub(super) async fn leave(&self, node: &Node) -> Step {
        let remove = vec![CLUSTER.to_owned(), INDEX.to_owned()];
        let label = Label { step: "leave", set: JsonMap::new(), remove };
        self.label(node, label, Place::Orphan, &Job::Leave).await
    }
}
