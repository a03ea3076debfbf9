//! Drift: nodes whose instance is gone, broken, or not what their profile says are reported, and recovered
//! where their cluster's configuration asks for that.
//!
//! The backend's list of our instances says cheaply whether anything has happened: as long as it is the one of
//! the last walk, no node is read. Where it is not, all nodes are gone through, some a run, and only those of
//! which the list shows no sound instance are read. What an instance is made of is no part of the list: a few
//! nodes at a time are compared with their profiles, round and round.

mod act;
mod look;

use super::{remember, remembered};
use crate::machine::Worker;
use coppice_compute::{Filter, Instance, InstanceState};
use coppice_domain::drift::digest;
use coppice_domain::ids::NodeId;
use coppice_domain::time::Timestamp;
use coppice_store::{NodeMark, PhaseState, StoreError};
use look::Seen;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The name this phase keeps its state under.
pub(super) const PHASE: &str = "drift";

/// Most pages of the list that one run reads, hundreds of instances each. Nodes whose instances come later, or for
/// which there is no time, are read one by one.
const MOST_PAGES: usize = 200;

/// What the phase remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// When the last pass began.
    passed: Option<Timestamp>,
    /// The list of instances that every node has been held against.
    held_against: Option<u64>,
    /// The walk under way.
    walk: Option<Walk>,
    /// Up to which node instances have been compared with profiles.
    compared: Option<NodeMark>,
}

/// A walk through all nodes.
#[derive(Debug, Serialize, Deserialize)]
struct Walk {
    /// The list of instances it began with; none if that was not read to its end.
    list: Option<u64>,
    /// How far it is.
    at: Option<NodeMark>,
    /// Whether every node so far could be judged.
    complete: bool,
}

/// What the backend has.
struct Listed {
    /// Nodes with an instance that is as it should be.
    sound: HashSet<NodeId>,
    /// Of the whole list; none if it was not read to its end.
    digest: Option<u64>,
}

pub(super) async fn run(
    worker: &Worker,
    before: Option<&PhaseState>,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let pace = env.settings.drift;
    let mut state: State = remembered(before);
    let due = state.passed.is_none_or(|passed| now.since(passed) >= pace.every);
    if !due && state.walk.is_none() {
        return Ok(0);
    }
    let Some(listed) = list(worker, until).await else { return Ok(0) };
    let known = listed.digest.is_some() && state.held_against == listed.digest;
    if due && state.walk.is_none() && !known {
        state.walk = Some(Walk { list: listed.digest, at: None, complete: true });
    }
    let mut acted = 0;
    if let Some(mut walk) = state.walk.take() {
        let (ids, next) = env.store.nodes_after(walk.at.as_ref(), pace.nodes).await?;
        let suspects: Vec<NodeId> = ids.into_iter().filter(|id| !listed.sound.contains(id)).collect();
        let seen = look::look(worker, &suspects, false, until).await?;
        acted += seen.acted;
        walk.complete &= seen.complete;
        if seen.in_time && next.is_none() {
            // What had to be left alone is a reason to walk again.
            state.held_against = walk.list.filter(|_| walk.complete);
        } else {
            walk.at = if seen.in_time { next } else { walk.at };
            state.walk = Some(walk);
        }
    }
    if due {
        state.passed = Some(now);
        if pace.compared > 0 {
            let (ids, next) = env.store.nodes_after(state.compared.as_ref(), pace.compared).await?;
            let Seen { acted: more, .. } = look::look(worker, &ids, true, until).await?;
            acted += more;
            state.compared = next;
        }
    }
    remember(env, PHASE, now, &state).await?;
    Ok(acted)
}

/// Lists all instances of the deployment, in half of the time there is; none when the backend cannot be asked now.
async fn list(worker: &Worker, until: Timestamp) -> Option<Listed> {
    let (env, now) = (&worker.env, worker.env.now());
    let (compute, name) = (&env.compute, env.settings.deployment.as_str());
    let (from, before) = (Timestamp::from_micros(0), now.plus(env.settings.drift.grace));
    let half = now.plus(until.since(now) / 2);
    let filter = Filter::Deployment { name, from, before };
    let (mut instances, mut mark) = (Vec::<Instance>::new(), None);
    for _ in 0..MOST_PAGES {
        match compute.list(filter, mark.as_ref()).await {
            Ok(page) => {
                instances.extend(page.instances);
                mark = page.next;
            }
            Err(error) => {
                tracing::warn!(error = %error, "the backend cannot be searched for drift");
                return None;
            }
        }
        if mark.is_none() || env.now() >= half {
            break;
        }
    }
    let is_sound = |instance: &Instance| {
        !matches!(instance.state, InstanceState::Error { .. } | InstanceState::Deleting)
    };
    let digest = digest(instances.iter().map(|instance| (instance.id.as_str(), is_sound(instance))));
    let digest = mark.is_none().then_some(digest);
    let sound = instances.iter().filter(|instance| is_sound(instance)).filter_map(Instance::node).collect();
    Some(Listed { sound, digest })
}
