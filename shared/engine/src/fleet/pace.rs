//! How the nodes of an action are paced and placed: what policies decided, and what the deployment allows.

use super::Run;
use crate::dispatch::deadline;
use crate::env::Settings;
use crate::jobs::Job;
use crate::work::{Batches, Hook, Pace, Placement, Plan};
use coppice_domain::cluster::JsonMap;
use coppice_domain::cluster_config::stops_first;
use coppice_domain::time::Timestamp;
use std::time::Duration;

impl Run<'_> {
    /// What is done to nodes so that in the end `job` is: that, and what follows it.
    pub(crate) fn in_order(&self, job: &Job) -> (Job, Vec<Job>) {
        if stops_first(&self.view.cluster.config) && is_removal(job) {
            let stop = Job::Operate { operation: "stop".to_owned(), params: JsonMap::new() };
            return (stop, vec![job.clone()]);
        }
        (job.clone(), Vec::new())
    }

    /// The same plan, paced and placed as policies decided and the deployment allows.
    pub(crate) fn in_manner(&self, plan: Plan, now: Timestamp) -> Plan {
        let assignment = plan.assignment.as_ref();
        let last = assignment.map(|assignment| assignment.then.last().unwrap_or(&assignment.job));
        let mut pace = Pace { batches: allowed(&self.worker.env.settings), ..Pace::default() };
        match last {
            Some(job) if is_removal(job) => {
                let manner = self.decided.deletion.as_ref().and_then(|deletion| deletion.manner);
                let grace = manner.map_or(0, |manner| manner.grace_period);
                pace.not_before = (grace > 0).then(|| now.plus(Duration::from_secs(grace)));
                pace.grace_until = pace.not_before;
                pace.hook = Hook::decided(&self.decided);
            }
            Some(Job::Update(_)) => pace.batches = self.batches().or(pace.batches),
            _ => {}
        }
        let placement = plan.creation.and_then(|_| Placement::decided(&self.decided));
        Plan { pace, placement, ..plan }
    }

    /// The same for what is done to the nodes next: whoever looks after them has been told, and has had time.
    pub(crate) fn in_the_same_manner(&self, plan: Plan, now: Timestamp) -> Plan {
        let plan = self.in_manner(plan, now);
        Plan { pace: Pace { not_before: None, grace_until: None, hook: None, ..plan.pace }, ..plan }
    }

    /// The batches of a roll-out, as a batch policy decided.
    fn batches(&self) -> Option<Batches> {
        let update = self.decided.update.as_ref()?;
        Some(Batches { size: update.size, pause: update.pause_time, ends_on_failure: true })
    }

    /// When the action's time is up; none before it has begun. A grace period does not count.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let grace = self.work.plan.as_ref().and_then(|plan| plan.pace.grace_until);
        deadline(&self.task.action, grace)
    }

    /// Whether a batch has failed after which no other is begun.
    pub(crate) fn failed_batch(&self) -> bool {
        let own = Some(self.task.action.id);
        let batches = self.work.plan.as_ref().and_then(|plan| plan.pace.batches);
        batches.is_some_and(|batches| batches.ends_on_failure)
            && self.view.members.iter().any(|member| member.failed_for == own)
    }

    /// How many more nodes may be registered now.
    pub(super) fn room(&self) -> usize {
        let plan = self.work.plan.as_ref();
        plan.map_or(0, |plan| plan.room(self.pending().count(), self.worker.env.now()))
    }

    /// Until when nothing more is registered, once no node is pending.
    pub(crate) fn rest(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.work.plan.as_mut()?.rest(now)
    }
}

const fn is_removal(job: &Job) -> bool {
    matches!(job, Job::Remove | Job::Leave)
}

/// The batches in which a deployment lets an action work on nodes; none for any number at a time.
fn allowed(settings: &Settings) -> Option<Batches> {
    (settings.max_actions_per_batch > 0).then_some(Batches {
        size: settings.max_actions_per_batch,
        pause: settings.batch_interval.as_secs(),
        ends_on_failure: false,
    })
}
