//! Waiting: how long, and whether there is anything new.

use super::Worker;
use crate::dispatch::waking;
use crate::fleet::{Driven, Run};
use crate::work::{Plan, Work};
use coppice_domain::action::ActionStatus;
use coppice_domain::time::Timestamp;
use coppice_store::{Parking, StoreError, Task};
use std::time::Duration;

impl Worker {
    /// For an action that waits for its backend: how long to wait on, when nothing has moved since. Reads
    /// only, so that a poll costs no write.
    pub(crate) async fn nothing_new(
        &self,
        task: &Task,
        now: Timestamp,
    ) -> Result<Option<Duration>, StoreError> {
        let work: Option<Work> = task.work.clone().and_then(|work| serde_json::from_value(work).ok());
        let (Some(mut work), Some(cluster)) = (work, task.action.cluster_id) else { return Ok(None) };
        let Some(view) = self.env.store.cluster_view(cluster).await? else { return Ok(None) };
        if view.cluster.active_action != Some(task.action.id)
            || !work.plan.as_ref().is_some_and(Plan::registered)
        {
            return Ok(None);
        }
        let since_park = task.wake_at.map_or(Duration::ZERO, |wake_at| now.since(wake_at));
        work.polls += u32::try_from(since_park.as_millis() / 1000).unwrap_or(0).checked_ilog2().unwrap_or(0);
        let wait = self.env.settings.pace.wait(work.polls);
        let run = Run::new(self, task, view, work);
        Ok(run.all_building().await.then_some(wait))
    }

    pub(super) fn parking(&self, mut run: Run<'_>, driven: &Driven) -> Parking {
        let settings = &self.env.settings;
        let Driven::Through { progress, not_before, out_of_time } = *driven else {
            return self.at_once();
        };
        if out_of_time {
            return self.out_of_time(&run);
        }
        run.work.polls = if progress { 0 } else { run.work.polls.saturating_add(1) };
        let wait = settings.pace.wait(run.work.polls).max(not_before.unwrap_or_default());
        // A hook that is heard wakes the action.
        let wake_at = match run.held_until() {
            Some(until) => until.since(self.env.now()),
            None => wait,
        };
        // No wait is longer than the action may take.
        let wake_at = waking(run.deadline(), self.env.now(), wake_at);
        self.parked_until(&run, wake_at, "Waiting for depended actions.")
    }

    /// For an action that waits for something else than its nodes; it may be asked to leave that alone.
    pub(super) fn awaiting(&self, run: &mut Run<'_>, after: Option<Duration>, why: &str) -> Parking {
        run.work.polls = run.work.polls.saturating_add(1);
        let wait = self.env.settings.pace.wait(run.work.polls - 1).max(after.unwrap_or_default());
        self.parked_until(run, self.env.now().plus(wait), why)
    }

    /// For an action that has more to do at once, and makes way for others.
    pub(super) fn out_of_time(&self, run: &Run<'_>) -> Parking {
        Parking { work: run.work.saved().ok(), ..self.at_once() }
    }

    /// For an action that does nothing until then.
    pub(super) fn resting(&self, run: &Run<'_>, until: Timestamp) -> Parking {
        self.parked_until(run, until, "Waiting for the next batch of nodes.")
    }

    fn parked_until(&self, run: &Run<'_>, wake_at: Timestamp, why: &str) -> Parking {
        Parking {
            wake_at,
            due_at: wake_at.plus(self.env.settings.poll_horizon),
            status: ActionStatus::Waiting,
            status_reason: why.to_owned(),
            work: run.work.saved().ok(),
            progress: true,
        }
    }

    /// For what has something to do at once.
    pub(super) fn at_once(&self) -> Parking {
        let now = self.env.now();
        Parking {
            wake_at: now,
            due_at: now.plus(self.env.settings.due_grace),
            status: ActionStatus::Waiting,
            status_reason: "Waiting for depended actions.".to_owned(),
            work: None,
            progress: true,
        }
    }
}
