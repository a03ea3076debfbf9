//! Asking the policies of a member's cluster before the member is made or deleted (spec engine-actions §8).

use crate::jobs::Job;
use crate::machine::Worker;
use crate::policies::{ask, attached};
use crate::work::{Decided, Hook, Placement};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::policies::Data;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, StoreError, Task};
use std::time::Duration;

/// What the policies said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What they decided; none if there are none.
    pub(super) decided: Option<Decided>,
    /// Where its instance is placed; none where they do not say.
    pub(super) place: Option<JsonMap>,
    /// The same as the action's record shows it.
    pub(super) data: Option<JsonMap>,
    /// Who is to be told before the node goes.
    pub(super) hook: Option<Hook>,
    /// Why the action fails, if it does.
    pub(super) refusal: Option<String>,
}

impl Worker {
    pub(super) async fn ask_node_policies(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        view: Option<&ClusterView>,
    ) -> Result<Said, StoreError> {
        let Some(view) = view.filter(|_| matches!(job, Job::Create | Job::Remove)) else {
            return Ok(Said::default());
        };
        let attached = attached(&self.env, &view.bindings).await?;
        if attached.is_empty() {
            return Ok(Said::default());
        }
        let (now, about) = (self.env.now(), (Some(node.id), node.profile_id));
        Ok(match ask(&self.env, &attached, view, &task.action, about, now).await? {
            Ok(data) => {
                let decided = decided(&data, now);
                // What does not run needs no farewell.
                let runs = node.status == NodeStatus::Active && node.physical_id.is_some();
                let hook = Hook::decided(&data).filter(|_| runs);
                let place = Placement::decided(&data)
                    .map(|placement| placement.of(0))
                    .filter(|place| *job == Job::Create && !place.is_empty());
                Said { decided: Some(decided), place, data: data.shown(), hook, refusal: None }
            }
            Err(refusal) => Said {
                decided: None,
                place: None,
                data: refusal.data.shown(),
                hook: None,
                refusal: Some(format!("Policy check: {}", refusal.reason)),
            },
        })
    }
}

fn decided(data: &Data, now: Timestamp) -> Decided {
    let manner = data.deletion.as_ref().and_then(|deletion| deletion.manner);
    let grace = manner.map_or(0, |manner| manner.grace_period);
    Decided {
        not_before: (grace > 0).then(|| now.plus(Duration::from_secs(grace))),
        keeps_capacity: manner.is_some_and(|manner| !manner.reduce_desired_capacity),
        leaves: None,
    }
}
