//! Looking at nodes: what is to be said of their instances.

use super::act::{Found, act};
use crate::env::Env;
use crate::machine::Worker;
use crate::reconciler::readable;
use coppice_compute::{ComputeError, Filter, Instance, InstanceState, MAX_IDS};
use coppice_domain::drift::{Finding, Judgeable, judgeable, was_told};
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::collections::{BTreeSet, HashMap};

/// What looking at nodes led to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// What was said and started.
    pub(super) acted: usize,
    /// Whether none had to be left for later.
    pub(super) complete: bool,
    /// Whether there was time for all of them.
    pub(super) in_time: bool,
}

/// Looks at these nodes and does what follows, until the time is up; `closely` also compares those that run with
/// their profiles.
pub(super) async fn look(
    worker: &Worker,
    ids: &[NodeId],
    closely: bool,
    until: Timestamp,
) -> Result<Seen, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let grace = env.settings.drift.grace.max(env.compute.staleness());
    let mut complete = true;
    let (mut nodes, _) = readable(env, ids).await?;
    nodes.retain(|node| {
        let judgeable = judgeable(node, now, grace);
        complete &= judgeable != Judgeable::Later;
        judgeable == Judgeable::Now
    });
    // Asked for after the nodes were read: what they claim has had its time to show.
    let instances = match claimed(env, &nodes).await {
        Ok(instances) => instances,
        Err(error) => {
            tracing::warn!(error = %error, "the backend cannot be asked for nodes' instances");
            return Ok(Seen { acted: 0, complete: false, in_time: true });
        }
    };
    let profiles = profiles(env, &nodes, &instances, closely).await?;
    let mut found = Vec::new();
    for node in nodes {
        let Some(id) = node.physical_id.as_deref() else { continue };
        let finding = match instances.get(id).map(|instance| &instance.state) {
            None => Some(Finding::Gone),
            Some(InstanceState::Error { message }) => Some(Finding::Broken { message: message.clone() }),
            Some(InstanceState::Deleting | InstanceState::Building) => {
                complete = false;
                continue;
            }
            Some(InstanceState::Active | InstanceState::Stopped) => {
                let profile = profiles.get(&node.profile_id).filter(|_| closely || was_told(&node));
                let Some(profile) = profile else { continue };
                // The next walk compares it. Those that are looked at closely are few.
                if !closely && env.now() >= until {
                    complete = false;
                    continue;
                }
                match compare(env, &node, id, profile).await {
                    Ok(finding) => finding,
                    Err(error) => {
                        tracing::warn!(node.id = %node.id, error = %error, "a node's instance cannot be compared");
                        complete = false;
                        continue;
                    }
                }
            }
        };
        found.push(Found { node, finding });
    }
    let seen = act(worker, found, until).await?;
    Ok(Seen { complete: complete && seen.complete, ..seen })
}

/// The instances that these nodes claim, by id.
async fn claimed(env: &Env, nodes: &[Node]) -> Result<HashMap<String, Instance>, ComputeError> {
    let ids: Vec<String> = nodes.iter().filter_map(|node| node.physical_id.clone()).collect();
    let mut instances = HashMap::new();
    for some in ids.chunks(MAX_IDS) {
        let page = env.compute.list(Filter::Ids(some), None).await?;
        instances.extend(page.instances.into_iter().map(|instance| (instance.id.clone(), instance)));
    }
    Ok(instances)
}

/// The profiles of those nodes that are to be compared.
async fn profiles(
    env: &Env,
    nodes: &[Node],
    instances: &HashMap<String, Instance>,
    closely: bool,
) -> Result<HashMap<ProfileId, Profile>, StoreError> {
    let shows = |node: &&Node| node.physical_id.as_ref().is_some_and(|id| instances.contains_key(id));
    let compared = nodes.iter().filter(|node| closely || was_told(node)).filter(shows);
    let ids: BTreeSet<ProfileId> = compared.map(|node| node.profile_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let profiles: Vec<Profile> = env.store.get_many(&Vec::from_iter(ids)).await?;
    Ok(profiles.into_iter().map(|profile| (profile.id, profile)).collect())
}

/// What of an instance is not as its node's profile says. One that was adopted may never have been.
async fn compare(
    env: &Env,
    node: &Node,
    id: &str,
    profile: &Profile,
) -> Result<Option<Finding>, ComputeError> {
    let spec = profile_types::get(&profile.type_name).and_then(|kind| kind.properties(&profile.spec));
    let Ok(spec) = spec else { return Ok(None) };
    if node.id == NodeId::adopting(id) {
        return Ok(None);
    }
    Ok(match env.compute.differences(id, &spec).await? {
        None => Some(Finding::Gone),
        Some(properties) if properties.is_empty() => None,
        Some(properties) => Some(Finding::Differs { properties }),
    })
}
