//! Load balancers of a world that has come to rest: nothing of ours is left that no policy claims, and who
//! serves is a member of the pool.

use super::Rest;
use crate::history::{History, Item, text};
use crate::world::World;
use coppice_compute::balancer::{Part, PartFilter, PartKind, PartState, list_parts};
use coppice_domain::policies::load_balance::{NOT_ADDED, NOT_REMOVED};
use coppice_domain::time::{Clock, Timestamp};
use futures::FutureExt;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The sweep looks at what was made in the last hours; a world may be older.
const SWEPT: Duration = Duration::from_secs(7_000);

/// Whether this is what is said of a node that a pool did not take, or does not let go.
pub(super) fn is_warning(reason: &str) -> bool {
    [NOT_ADDED, NOT_REMOVED].contains(&reason)
}

/// What stands in front of a cluster for a policy.
struct Bound {
    cluster: String,
    front: Value,
    enabled: bool,
}

pub(super) fn check(rest: &Rest, history: &History, world: &World) -> Vec<String> {
    let (parts, bound) = (parts(world), bound(history));
    let mut violations = Vec::new();
    let claimed: BTreeSet<&str> = bound
        .values()
        .flat_map(|bound| bound.front.as_object().into_iter().flatten())
        .filter_map(|(_, id)| id.as_str())
        .collect();
    let now = world.clock.now();
    for part in parts.iter().filter(|part| now.since(part.created_at) < SWEPT) {
        if !claimed.contains(part.id.as_str()) {
            violations.push(format!(
                "{} {} is claimed by nobody: {:?}",
                part.kind.name(),
                part.id,
                part.origin
            ));
        }
    }
    for ((_, policy), bound) in &bound {
        violations.extend(pool(rest, world, policy, bound, &parts));
    }
    violations
}

pub(crate) fn parts(world: &World) -> Vec<Part> {
    let (from, before) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter = PartFilter::Deployment { name: &world.deployment, from, before };
    list(world, filter)
}

fn list(world: &World, filter: PartFilter<'_>) -> Vec<Part> {
    let listed = list_parts(world.balancer.as_ref(), filter).now_or_never();
    let mut parts = listed.expect("memory answers at once").expect("memory answers");
    parts.retain(|part| part.state != PartState::Deleting);
    parts
}

/// The bindings of policies that put clusters behind balancers, by cluster and policy.
fn bound(history: &History) -> BTreeMap<(String, String), Bound> {
    let items = history.of_kind("C#");
    let binding = |pk: &str, sk: &str, item: &Item| {
        let policy = sk.strip_prefix("P#")?.to_owned();
        let kept: Value = text(item, "data").and_then(|data| serde_json::from_str(data).ok())?;
        let front = kept["LoadBalancingPolicy"]["data"].clone();
        let cluster = pk[2..].to_owned();
        let enabled = item.get("enabled").is_some_and(|flag| flag["BOOL"] == true);
        front.is_object().then(|| ((cluster.clone(), policy), Bound { cluster, front, enabled }))
    };
    items.filter_map(|((pk, sk), item)| binding(pk, sk, item)).collect()
}

/// Whether everything that was asked of a cluster and its nodes was done.
fn all_went_well(rest: &Rest, bound: &Bound) -> bool {
    bound.enabled
        && rest.actions.values().filter(|action| text(action, "cluster_id") == Some(&bound.cluster)).all(
            |action| {
                text(action, "status") == Some("SUCCEEDED")
                    && text(action, "kind") != Some("CLUSTER_UPDATE_POLICY")
            },
        )
}

/// A pool's members are the cluster's active members. Where something failed, was cancelled, or a policy did
/// not count for a while, some may be missing; but nobody serves who is no member of the cluster.
fn pool(rest: &Rest, world: &World, policy: &str, bound: &Bound, parts: &[Part]) -> Vec<String> {
    let mut violations = Vec::new();
    let Some(pool) = bound.front["pool"].as_str() else { return violations };
    let own = |part: &Part| {
        part.origin.as_ref().is_some_and(|origin| {
            (origin.cluster.to_string(), origin.policy.to_string())
                == (bound.cluster.clone(), policy.to_owned())
        })
    };
    let mut members: BTreeMap<String, String> = list(world, PartFilter::Members(pool))
        .into_iter()
        .filter(|part| part.kind == PartKind::Member && own(part))
        .map(|part| (part.id, part.instance.unwrap_or_default()))
        .collect();
    let well = all_went_well(rest, bound);
    let nodes = rest.nodes.iter().filter(|(_, node)| text(node, "cluster_id") == Some(&bound.cluster));
    for (id, node) in nodes {
        let data: Value =
            text(node, "data").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
        let member = data["lb_member"].as_str().and_then(|member| members.remove(member));
        let active = text(node, "status") == Some("ACTIVE");
        if well && active && member.as_deref() != text(node, "physical_id") {
            violations.push(format!("node {id} serves and is member {member:?} of pool {pool}"));
        }
    }
    // A user's pool is not searched, and an old one not any more.
    let now = world.clock.now();
    let searched = parts.iter().any(|part| part.id == pool && now.since(part.created_at) < SWEPT);
    if searched {
        for (member, instance) in members {
            violations.push(format!("member {member} of pool {pool}, which is {instance}, is no node's"));
        }
    }
    violations
}
