//! Running an operation of the profile's type on a node's instance (spec engine-nodes §2, §5.8).

use super::{Hand, Step};
use coppice_compute::{Alteration, Progress};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::Settlement;

impl Hand<'_> {
    pub(super) async fn operate(&self, node: &Node, operation: &str, params: &JsonMap) -> Step {
        let Some(id) = &node.physical_id else {
            let reason = format!("Node operation '{operation}' failed: the node has no instance.");
            return Step::settle(Settlement::failed(reason));
        };
        let what = Alteration::Operate { operation: operation.to_owned(), params: params.clone() };
        let failed = |text: &str| Settlement::failed(format!("Failed in {operation} server '{id}': {text}."));
        match self.change("operate", node.id, id, what).await {
            Ok(Progress::Done) => {
                let done = Settlement::done(NodeStatus::Active, format!("Operation '{operation}' succeeded"));
                // These two mend an instance, and a read may lag behind that.
                if ["reboot", "rebuild"].contains(&operation) {
                    return Step::settle(done);
                }
                self.unless_broken(node, id, done, failed).await
            }
            Ok(Progress::Underway) => Step::Waits,
            Ok(Progress::Gone) => Step::settle(failed(&format!("No Server found for {id}"))),
            Err(error) => Step::after(&error, |text| failed(&text)),
        }
    }
}
