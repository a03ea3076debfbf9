//! How an action on a node begins, unless something stands in its way.

use super::finish::{Last, unbegun};
use crate::history;
use crate::jobs::Job;
use crate::machine::{Worker, Yield};
use crate::work::Work;
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::ProfileId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_domain::resize::check_sizes;
use coppice_store::{Begun, ClusterView, NodeBegin, Parking, Place, Placing, Settlement, StoreError, Task};
use serde_json::Value;

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
        let view = match node.cluster_id.filter(|_| matches!(job, Job::Create | Job::Remove)) {
            Some(cluster) => self.env.store.cluster_view(cluster).await?,
            None => None,
        };
        let said = self.ask_node_policies(task, node, job, view.as_ref()).await?;
        let refusal = match said.refusal {
            // A node that was to be made and is not shows why.
            Some(reason) if *job == Job::Create => Some(Settlement::failed(reason)),
            Some(reason) => Some(unbegun(task, node, &reason)?),
            None => self.refusal(task, node, job, new_profile, view.as_ref()).await?,
        };
        if let Some(refusal) = refusal {
            let last = Last { data: said.data, ..Last::settled(refusal, false) };
            return self.finish_node(task, node, job, last).await;
        }
        if let Some(hook) = said.hook
            && let Some(held_up) = self.hear(task, node, hook, &mut work).await?
        {
            return Ok(held_up);
        }
        work.hook = None;
        work.begun = true;
        work.polls = 0;
        work.decided = said.decided;
        if let Some(leaving) = self.leaving(job, view.as_ref()).await? {
            work.decided.get_or_insert_default().leaves = Some(leaving);
        }
        let saved = work.saved()?;
        let now = self.env.now();
        let event = history::started_on_node(&task.action, node, now);
        // What has no instance is not in any state of one, whatever is said of it.
        let status = job.status().filter(|_| node.physical_id.is_some() || !matches!(job, Job::Update(_)));
        let status = status.as_ref().map(|(status, reason)| (*status, reason.as_str()));
        let mut placed = node.data.clone();
        let placing = said.place.zip(view.as_ref()).map(|(place, view)| {
            placed.insert("placement".to_owned(), Value::Object(place));
            (view.cluster.id, view.placings)
        });
        let begin = NodeBegin {
            status,
            profile: new_profile,
            work: &saved,
            data: said.data.as_ref(),
            placing: placing.map(|(cluster, seen)| Placing { cluster, seen, data: &placed }),
            event: &event,
        };
        match self.env.store.node_begin(task, node, begin).await? {
            Begun::Done => {}
            // The policies are asked anew. As often as this happens another member has begun.
            Begun::Overtaken => return Ok(Yield::Parked(self.at_once())),
            // The claim is lost, or a profile is being deleted: look again.
            Begun::Lost => return Ok(Yield::Parked(Parking { progress: false, ..self.at_once() })),
        }
        let node = Node {
            status: status.map_or(node.status, |(status, _)| status),
            active_action: Some(task.action.id),
            data: placed,
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
        view: Option<&ClusterView>,
    ) -> Result<Option<Settlement>, StoreError> {
        let has_instance = node.physical_id.is_some();
        Ok(match job {
            // A recovery of its cluster may have made it meanwhile.
            Job::Create if node.status != NodeStatus::Init => {
                Some(Settlement::untouched("Node must be in INIT status"))
            }
            Job::Create | Job::Remove => {
                let Some(view) = view else { return Ok(None) };
                let count = i64::try_from(view.members.len()).unwrap_or(i64::MAX);
                let desired = if *job == Job::Create { count } else { count - 1 };
                let most = self.env.settings.max_nodes_per_cluster;
                let checked = check_sizes(Some(&view.cluster.sizes), Some(desired), None, None, true, most);
                match checked {
                    Ok(()) => None,
                    Err(text) if *job == Job::Create => {
                        Some(Settlement { place: Some(Place::Orphan), ..Settlement::failed(text) })
                    }
                    Err(text) => Some(unbegun(task, node, &text)?),
                }
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
        let usable = self.env.store.template_usable::<Profile>(id, self.env.now()).await?;
        let Some(new) = profiles.iter().find(|profile| profile.id == id && usable) else {
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
