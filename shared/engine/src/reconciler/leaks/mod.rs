//! Leaks: instances that carry our tags and that no node claims are deleted, always (invariant 4); and so are
//! parts of load balancers that no policy's binding claims.
//!
//! Only what was made since the last search is looked at, each once its creation must be over, so a deployment in
//! which nothing happens costs nothing. A search that has no time left is gone on with by the next run.

mod fronts;
mod instances;

use crate::machine::Worker;
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::time::Timestamp;
use coppice_store::{PhaseState, StoreError};
use serde::{Deserialize, Serialize};

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
    /// The backend's mark of the page of instances that is next; none before the first.
    page: Option<String>,
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
    const fn new(began: Timestamp) -> Self {
        Self { began, page: None, instances: false, front: None, fronts: false, complete: true }
    }
}

pub(super) async fn run(
    worker: &Worker,
    before: Option<&PhaseState>,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let remembered = before.and_then(|before| before.state.as_deref());
    // What another version remembers is not understood: it begins anew.
    let State { searched, search } =
        remembered.and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default();
    let resumed = search.is_some();
    if !resumed && searched.is_some_and(|searched| now.since(searched) < env.settings.leaks.every) {
        return Ok(0);
    }
    let mut search = search.unwrap_or_else(|| Search::new(now));
    let mut deleted = 0;
    if !search.instances {
        deleted += instances::sweep(worker, searched, &mut search, until).await?;
    }
    if search.instances {
        deleted += fronts::sweep(worker, searched, &mut search, until).await?;
    }
    // Repeats are harmless: what was deleted shows as gone, or is deleted again.
    let state = match (search.fronts, search.complete) {
        (false, _) => State { searched, search: Some(search) },
        (true, true) => State { searched: Some(search.began), search: None },
        // What was left out is searched for again, from the beginning.
        (true, false) if resumed => State { searched, search: None },
        (true, false) => return Ok(deleted),
    };
    let state = serde_json::to_string(&state).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
    env.store.set_phase(PHASE, now, &state).await?;
    Ok(deleted)
}
