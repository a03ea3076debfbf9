//! Bringing a node's instance back to life (spec engine-nodes §2, §4, §5.6). A failed recovery leaves the node
//! its claim on whatever instance there is, so that nothing is lost sight of.

use super::create::Making;
use super::{Hand, Job, Recovery, Step};
use coppice_compute::{Alteration, Deletion, InstanceState, Progress};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{NodeChanges, Settlement};
use serde_json::json;

/// The step whose name makes the token of the new instance.
const RECREATE: &str = "recreate";

impl Hand<'_> {
    pub(super) async fn recover(&self, node: &Node, recovery: &Recovery) -> Step {
        let operation = recovery.operation.as_deref().unwrap_or("RECREATE").to_ascii_uppercase();
        if recovery.check
            && !self.has_judged(node)
            && let Some(id) = &node.physical_id
        {
            return match self.is_active(id).await {
                Ok(true) => {
                    let well = Settlement::done(NodeStatus::Active, "Recover: Node is ACTIVE.");
                    Step::settle(well.sparing())
                }
                Ok(false) => Step::Condemned,
                Err(step) => step,
            };
        }
        match operation.as_str() {
            "REBOOT" => {
                let kind = recovery.params.get("type").cloned().unwrap_or_else(|| json!("HARD"));
                self.revive(node, "reboot", JsonMap::from_iter([("type".to_owned(), kind)])).await
            }
            "REBUILD" => self.revive(node, "rebuild", recovery.params.clone()).await,
            "RECREATE" => self.recreate(node).await,
            other => {
                Step::settle(Settlement::failed(format!("The recovery operation '{other}' is unknown.")))
            }
        }
    }

    /// Whether this action has found the instance not to run. It is not asked twice: between the two, the
    /// instance may be half deleted, or another worker on the action may have judged otherwise.
    fn has_judged(&self, node: &Node) -> bool {
        [node.condemned_by, node.launched_by].contains(&Some(self.holder))
    }

    /// Whether the instance runs; else, as an error, that this cannot be said yet.
    async fn is_active(&self, id: &str) -> Result<bool, Step> {
        match self.env.compute.get(id).await {
            Ok(Some(instance)) => Ok(instance.state == InstanceState::Active),
            Ok(None) => Ok(false),
            // A check that cannot be made is no reason not to recover, unless it may be made later.
            Err(error) => match Step::after(&error, Settlement::failed) {
                Step::Settle(_) => Ok(false),
                step => Err(step),
            },
        }
    }

    async fn revive(&self, node: &Node, operation: &str, params: JsonMap) -> Step {
        let Some(id) = &node.physical_id else {
            return Step::settle(Settlement::failed(Job::Recover(Recovery::default()).failure()));
        };
        let failed = |text: &str| Settlement::failed(format!("Failed in {operation} server '{id}': {text}."));
        let what = Alteration::Operate { operation: operation.to_owned(), params };
        match self.change("recover", node.id, id, what).await {
            Ok(Progress::Underway) => return Step::Waits,
            Ok(Progress::Gone) => return Step::settle(failed(&format!("No Server found for {id}"))),
            Err(error) => return Step::after(&error, |text| failed(&text)),
            Ok(Progress::Done) => {}
        }
        match self.env.compute.get(id).await {
            Ok(Some(instance)) => match instance.state {
                InstanceState::Active => {
                    Step::settle(Settlement::done(NodeStatus::Active, "Recovery succeeded"))
                }
                InstanceState::Building => Step::Waits,
                _ => Step::settle(Settlement::failed("Recovery failed")),
            },
            Ok(None) => Step::Waits,
            Err(error) => Step::after(&error, |text| failed(&text)),
        }
    }

    /// Deletes the instance until it is gone, then makes another.
    async fn recreate(&self, node: &Node) -> Step {
        let old = node.physical_id.as_deref().filter(|_| node.launched_by != Some(self.holder));
        if let Some(id) = old {
            match self.env.compute.delete(id).await {
                Ok(Deletion::Gone) => {}
                Ok(Deletion::Underway) => return Step::Waits,
                Err(error) => {
                    return Step::after(&error, |text| {
                        Settlement::failed(format!("Failed in recovering server '{id}': {text}."))
                    });
                }
            }
        }
        let mut data = node.data.clone();
        data.insert("recovery".to_owned(), json!("RECREATE"));
        let made = Settlement {
            changes: NodeChanges { data: Some(data), ..NodeChanges::default() },
            ..Settlement::done(NodeStatus::Active, "Recovery succeeded")
        };
        self.make(node, Making { step: RECREATE, made }).await
    }
}
