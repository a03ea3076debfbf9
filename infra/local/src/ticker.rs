//! Runs the reconciler on a schedule, as EventBridge does, and expires items, as DynamoDB does.

use coppice_emulators::dynamodb::DynamoDb;
use coppice_engine::{Worker, reconciler};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// A running schedule.
pub(crate) struct Ticker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Runs of the reconciler between two expiries.
const RUNS_BETWEEN_EXPIRIES: u32 = 60;

impl Ticker {
    pub(crate) fn start(worker: Worker, dynamodb: DynamoDb, every: Duration) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(tick(worker, dynamodb, every, stopped)) }
    }

    pub(crate) async fn stop(self) {
        // The schedule may have ended by itself; there is nothing to tell it then.
        self.stop.send(true).ok();
        if let Err(cause) = self.task.await {
            tracing::error!(error = %cause, "the reconciler's schedule died");
        }
    }
}

async fn tick(worker: Worker, dynamodb: DynamoDb, every: Duration, mut stopped: watch::Receiver<bool>) {
    // The queue is empty after a start: whatever was under way is rung for.
    if let Err(error) = Box::pin(reconciler::ring_all(&worker.env)).await {
        tracing::error!(error = %error, "work left by an earlier run could not be looked for");
    }
    let mut interval = interval(every.max(Duration::from_millis(10)));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut runs = 0_u32;
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = interval.tick() => {}
        }
        if let Err(error) = Box::pin(reconciler::run(&worker)).await {
            tracing::warn!(error = %error, "a run of the reconciler was cut short; the next one goes on");
        }
        runs = runs.wrapping_add(1);
        if runs.is_multiple_of(RUNS_BETWEEN_EXPIRIES)
            && let Err(error) = dynamodb.sweep_expired()
        {
            tracing::warn!(error, "expired items were not removed");
        }
    }
}
