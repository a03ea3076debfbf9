//! What every part of the engine works with: the store, the queues, the backend, time, ids, and settings.

use crate::mailboxes::Mailboxes;
use async_trait::async_trait;
use coppice_compute::Compute;
use coppice_compute::balancer::Balancer;
use coppice_compute::health::Prober;
use coppice_domain::ids::{ActionId, IdSource};
use coppice_domain::time::{Clock, Timestamp};
use coppice_store::{RETENTION, Store};
use std::sync::Arc;
use std::time::Duration;

/// What the API functions and the engine share. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    /// The resource table.
    pub store: Store,
    /// The action queue.
    pub doorbell: Arc<dyn Doorbell>,
    /// The queues of message receivers.
    pub mailboxes: Arc<dyn Mailboxes>,
    /// The backend nodes are instances of.
    pub compute: Arc<dyn Compute>,
    /// What puts clusters behind load balancers.
    pub balancer: Arc<dyn Balancer>,
    /// Who fetches users' URLs for health checks.
    pub prober: Arc<dyn Prober>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Limits and pace.
    pub settings: Arc<Settings>,
}

impl Env {
    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Tells workers that an action may have something to do. A hint: the table decides (invariant 1).
#[async_trait]
pub trait Doorbell: Send + Sync {
    /// Rings for parking `seq` of `action`, after `delay` (at most 15 minutes). Rings of one `project` do not
    /// keep those of others waiting, however many they are.
    ///
    /// # Errors
    /// When the queue cannot be reached. The sweep will ring instead.
    async fn ring(
        &self,
        project: &str,
        action: ActionId,
        seq: i64,
        delay: Duration,
    ) -> Result<(), DoorbellError>;
}

/// The queue did not take the message, or did not say so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the action queue did not take the message: {0}")]
pub struct DoorbellError(pub String);

/// Limits and pace of a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The deployment's name, on every instance it makes.
    pub deployment: String,
    /// Most nodes a cluster may have.
    pub max_nodes_per_cluster: i64,
    /// Most clusters a project may have.
    pub max_clusters_per_project: i64,
    /// Seconds an action may take, unless its cluster says otherwise.
    pub default_action_timeout: i64,
    /// The least seconds between polls that a health policy may ask for.
    pub health_check_interval_min: i64,
    /// Whether names are unique within a project.
    pub name_unique: bool,
    /// Whether deleting a cluster takes its policy bindings and receivers with it without being forced.
    pub delete_with_dependency: bool,
    /// Where the callers of webhooks reach the API; none for where the receiver was asked for.
    pub receiver_url: Option<String>,
    /// How long a worker may hold a task without renewing its claim.
    pub lease: Duration,
    /// How long after a doorbell should have rung the sweep rings instead.
    pub due_grace: Duration,
    /// How long a task that is being polled may stay out of the sweep's sight.
    pub poll_horizon: Duration,
    /// How often a backend is asked.
    pub pace: Pace,
    /// How long one claim works before it makes way for others.
    pub turn: Duration,
    /// Backend and store calls of one task under way at once.
    pub concurrency: usize,
    /// Nodes that one action works on at a time; 0 for any number.
    pub max_actions_per_batch: usize,
    /// How long an action waits between two such batches.
    pub batch_interval: Duration,
    /// Claims without progress after which an action is given up.
    pub max_attempts: i64,
    /// How often an action may be put off, beyond the polls that its timeout explains, before it is given up:
    /// the limit of the loop from queue to worker to queue.
    pub max_hops: i64,
    /// How long finished actions and events are kept.
    pub retention: Duration,
    /// How the search for unclaimed instances is paced.
    pub leaks: LeakSweep,
    /// How the search for drift is paced.
    pub drift: DriftSweep,
    /// How members are looked at.
    pub checks: Checks,
    /// How long after the reconciler's last run the services count as down.
    pub service_down_time: Duration,
}

/// How the wait between polls grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The first wait.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

/// How the search for unclaimed instances is paced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeakSweep {
    /// At most one search in this time.
    pub every: Duration,
    /// Instances younger than this are left alone: their node may not have been told yet.
    pub grace: Duration,
    /// How far back a search reaches beyond the one before.
    pub overlap: Duration,
}

impl LeakSweep {
    /// Parts of load balancers younger than this are left alone. An attachment deletes what is older than
    /// [`grace`](Self::grace) before it begins, so that it never takes for its own what a search is about to
    /// delete: the difference is for the clocks of both.
    #[must_use]
    pub fn fronts(self) -> Duration {
        self.grace.saturating_mul(3)
    }
}

/// How the search for nodes whose instance is gone, broken or another than their profile says is paced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriftSweep {
    /// How often the backend is asked for all instances. Only where they are others than before, or in another
    /// condition, are nodes looked through.
    pub every: Duration,
    /// Nodes that were settled less than this ago are left alone: their instance may not show yet.
    pub grace: Duration,
    /// Nodes looked through in one run.
    pub nodes: usize,
    /// Nodes compared with their profile each time; 0 for none.
    pub compared: usize,
}

/// How the members of a cluster are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Members that are looked at together; at most 500, which one call of a backend shows.
    pub slice: usize,
    /// Slices of one cluster in one run of the reconciler. The next run goes on.
    pub slices: usize,
    /// The longest that one poll of a URL may take, whatever its policy says.
    pub longest_poll: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            deployment: "coppice".to_owned(),
            max_nodes_per_cluster: 1000,
            max_clusters_per_project: 100,
            default_action_timeout: 3600,
            health_check_interval_min: 60,
            name_unique: false,
            delete_with_dependency: false,
            receiver_url: None,
            lease: seconds(90),
            due_grace: seconds(30),
            poll_horizon: seconds(300),
            pace: Pace { first: seconds(1), longest: seconds(30) },
            turn: seconds(40),
            concurrency: 16,
            max_actions_per_batch: 0,
            batch_interval: seconds(3),
            max_attempts: 20,
            max_hops: 10_000,
            retention: RETENTION,
            leaks: LeakSweep { every: seconds(600), grace: seconds(300), overlap: seconds(7200) },
            // The grace is more than clocks differ by.
            drift: DriftSweep { every: seconds(600), grace: seconds(900), nodes: 1000, compared: 2 },
            checks: Checks { slice: 100, slices: 50, longest_poll: seconds(10) },
            // Three runs of the schedule, of which one may fail and one be late.
            service_down_time: seconds(180),
        }
    }
}

impl Pace {
    /// The wait after `polls` polls that found nothing new.
    #[must_use]
    pub fn wait(self, polls: u32) -> Duration {
        self.first.saturating_mul(1 << polls.min(16)).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_receivers_health_events_5_the_limits_are_those_of_the_reference() {
        let settings = Settings::default();
        assert_eq!((settings.max_clusters_per_project, settings.max_nodes_per_cluster), (100, 1000));
        assert_eq!((settings.default_action_timeout, settings.health_check_interval_min), (3600, 60));
        assert_eq!(coppice_compute::health::LONGEST_BODY, 524_288);
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let pace = Pace { first: Duration::from_secs(1), longest: Duration::from_secs(30) };
        let waits: Vec<u64> = (0..8).map(|polls| pace.wait(polls).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(pace.wait(u32::MAX), pace.longest);
    }
}
