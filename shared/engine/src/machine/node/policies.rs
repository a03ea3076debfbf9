//! Asking the policies of a member's cluster before the member is made or deleted (spec engine-actions §8).

use crate::jobs::Job;
use crate::machine::{Worker, seed};
use crate::policies::{attached, pinned, places, standings};
use crate::work::{Decided, Placement};
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::Node;
use coppice_domain::policies::{Data, Question, before, needs};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, StoreError, Task};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::time::Duration;

/// What the policies said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What they decided; none if there are none.
    pub(super) decided: Option<Decided>,
    /// The same as the action's record shows it.
    pub(super) data: Option<JsonMap>,
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
        let (kind, now) = (task.action.kind, self.env.now());
        let needs = needs(kind, &attached);
        let members = standings(&self.env, &view.members, needs).await?;
        let profile: Option<Profile> =
            if needs.places { self.env.store.get(node.profile_id).await? } else { None };
        let (pinned_zone, pinned_region) = pinned(profile.as_ref());
        let question = Question {
            kind,
            inputs: &task.action.inputs,
            node: Some(node.id),
            cluster: &view.cluster,
            members: &members,
            places: &places(),
            pinned_zone,
            pinned_region,
            max_nodes_per_cluster: self.env.settings.max_nodes_per_cluster,
            now,
        };
        let mut rng = ChaCha8Rng::from_seed(seed(task.action.id));
        Ok(match before(&question, &attached, &mut rng) {
            Ok(data) => {
                let decided = decided(&data, now);
                Said { decided: Some(decided), data: data.shown(), refusal: None }
            }
            Err(refusal) => Said {
                decided: None,
                data: refusal.data.shown(),
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
        placement: Placement::decided(data)
            .map(|placement| placement.of(0))
            .filter(|place| !place.is_empty()),
        keeps_capacity: manner.is_some_and(|manner| !manner.reduce_desired_capacity),
    }
}
