//! Leaks: instances that carry our tags and that no node claims are deleted, always (invariant 4); and so are
//! parts of load balancers that no policy's binding claims.
//!
//! Only what was made since the last search is looked at, each once its creation must be over, so a deployment in
//! which nothing happens costs nothing. A search that has no time left is gone on with by the next run.

mod fronts;
mod instances;

use super::{remember, remembered};
use crate::machine::Worker;
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::time::Timestamp;
use coppice_store::{PhaseState, StoreError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The name this phase keeps its state under.
pub(super) const PHASE: &str = "leaks";

/// What the phase remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// When the last search began that left nothing out.
    searched: Option<Timestamp>,
    /// The search under way.
    search: Option<Search>,
}

/// A search.
#[derive(Debug, Serialize, Deserialize)]
struct Search {
    began: Timestamp,
    /// When the one before began that left nothing out.
    since: Option<Timestamp>,
    /// The backend's mark of the page of instances that is next; none before the first.
    page: Option<String>,
    /// Those of it that could not be deleted, which are passed over when it is read again.
    failed: Vec<String>,
    /// Whether there is no such page any more.
    instances: bool,
    /// The last load balancer that was looked at.
    front: Option<(ClusterId, PolicyId)>,
    /// Whether none is left.
    fronts: bool,
    /// Whether nothing had to be left for another search.
    complete: bool,
}

impl Search {
    const fn new(began: Timestamp, since: Option<Timestamp>) -> Self {
        Self {
            began,
            since,
            page: None,
            failed: Vec::new(),
            instances: false,
            front: None,
            fronts: false,
            complete: true,
        }
    }

    /// From when to when that was made which is searched for, where what is younger than `grace` is left alone.
    fn window(&self, grace: Duration, overlap: Duration) -> (Timestamp, Timestamp) {
        let from = self.since.map(|since| since.minus(grace).minus(overlap));
        (from.unwrap_or(Timestamp::from_micros(0)), self.began.minus(grace))
    }
}

pub(super) async fn run(
    worker: &Worker,
    before: Option<&PhaseState>,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let State { searched, search } = remembered(before);
    let resumed = search.is_some();
    if !resumed && searched.is_some_and(|searched| now.since(searched) < env.settings.leaks.every) {
        return Ok(0);
    }
    let mut search = search.unwrap_or_else(|| Search::new(now, searched));
    let mut deleted = 0;
    if !search.instances {
        deleted += instances::sweep(worker, &mut search, until).await?;
    }
    if search.instances {
        deleted += fronts::sweep(worker, &mut search, until).await?;
    }
    // Repeats are harmless: what was deleted shows as gone, or is deleted again.
    let state = match (search.fronts, search.complete) {
        (false, _) => State { searched, search: Some(search) },
        (true, true) => State { searched: Some(search.began), search: None },
        // What was left out is searched for again, from the beginning.
        (true, false) if resumed => State { searched, search: None },
        (true, false) => return Ok(deleted),
    };
    remember(env, PHASE, now, &state).await?;
    Ok(deleted)
}
