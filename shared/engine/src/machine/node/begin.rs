//! How an action on a node begins, unless something stands in its way.

use super::Fate;
use crate::history;
use crate::jobs::Job;
use crate::machine::{Worker, Yield};
use crate::work::Work;
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::ProfileId;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_domain::resize::check_sizes;
use coppice_store::{Place, Settlement, StoreError, Task};

impl Worker {
    pub(super) async fn begin_on_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        mut work: Work,
    ) -> Result<Yield, StoreError> {
        let new_profile = match job {
            Job::Update(update) => update.profile.filter(|profile| *profile != node.profile_id),
            _ => None,
        };
        if let Some(refusal) = self.refusal(task, node, job, new_profile).await? {
            return self.finish_node(task, node, job, Fate::Settled(Box::new(refusal))).await;
        }
        work.begun = true;
        work.polls = 0;
        let saved = serde_json::to_value(&work).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
        let now = self.env.now();
        let event = history::started_on_node(&task.action, node, now);
        let status = job.status();
        let status = status.as_ref().map(|(status, reason)| (*status, reason.as_str()));
        if !self.env.store.node_begin(task, node, status, new_profile, &saved, &event).await? {
            return Ok(Yield::Lost);
        }
        let node = Node {
            status: status.map_or(node.status, |(status, _)| status),
            active_action: Some(task.action.id),
            ..node.clone()
        };
        self.go_on(task, &node, job, work).await
    }

    /// Why an action fails before it changes anything, if it does (spec engine-nodes §2).
    async fn refusal(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        new_profile: Option<ProfileId>,
    ) -> Result<Option<Settlement>, StoreError> {
        let has_instance = node.physical_id.is_some();
        Ok(match job {
            Job::Create | Job::Remove => {
                let Some(cluster) = node.cluster_id else { return Ok(None) };
                let Some(view) = self.env.store.cluster_view(cluster).await? else { return Ok(None) };
                let count = i64::try_from(view.members.len()).unwrap_or(i64::MAX);
                let desired = if *job == Job::Create { count } else { count - 1 };
                let most = self.env.settings.max_nodes_per_cluster;
                let checked = check_sizes(Some(&view.cluster.sizes), Some(desired), None, None, true, most);
                checked.err().map(|text| match job {
                    Job::Create => Settlement { place: Some(Place::Orphan), ..Settlement::failed(text) },
                    _ => Settlement::untouched(text),
                })
            }
            Job::Update(_) if new_profile.is_some() => self.update_refusal(node, job, new_profile).await?,
            Job::Update(update) if update.profile.is_none() && update.properties.is_empty() => {
                Some(Settlement::untouched("").ending(ActionStatus::Succeeded, ""))
            }
            Job::Recover(recovery) if !has_instance => {
                let operation = recovery.operation.as_deref().unwrap_or_default().to_ascii_uppercase();
                ["REBOOT", "REBUILD"]
                    .contains(&operation.as_str())
                    .then(|| Settlement::untouched(job.failure()))
            }
            Job::Operate { .. } | Job::Check if !has_instance => Some(Settlement::untouched(job.failure())),
            _ => {
                tracing::debug!(action.id = %task.action.id, "nothing stands in the way of the action");
                None
            }
        })
    }

    async fn update_refusal(
        &self,
        node: &Node,
        job: &Job,
        new_profile: Option<ProfileId>,
    ) -> Result<Option<Settlement>, StoreError> {
        if node.physical_id.is_none() {
            return Ok(Some(Settlement::untouched(job.failure())));
        }
        let Some(id) = new_profile else { return Ok(None) };
        let profiles: Vec<Profile> = self.env.store.get_many(&[node.profile_id, id]).await?;
        let Some(new) = profiles.iter().find(|profile| profile.id == id) else {
            return Ok(Some(Settlement::untouched(format!(
                "The specified profile '{id}' could not be found."
            ))));
        };
        let fixed = profiles.iter().find_map(|old| profile_types::fixed_difference(&old.spec, new));
        Ok(fixed.map(|property| {
            Settlement::untouched(format!("{} The property '{property}' cannot be changed.", job.failure()))
        }))
    }
}
