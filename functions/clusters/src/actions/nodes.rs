//! Nodes that a request names, and what is wrong with them (spec api-resources I1–I3).

use coppice_api::error::Failure;
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::pyrepr;
use coppice_engine::Env;
use coppice_store::{FindError, Scope};
use coppice_support::store_failed;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};

/// Look-ups by name or short id under way at once.
const AT_ONCE: usize = 16;

/// A node that a request names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedNode<'a> {
    /// As the request spells it.
    pub(super) given: &'a str,
    /// The one node of the cluster's project that this means; none where there is none, or several.
    pub(super) node: Option<Node>,
}

/// What these references mean, in their order. A cluster takes nodes of its own project only, whoever asks:
/// those of others are not there. Ids are read together, the rest one by one.
pub(super) async fn named<'a>(
    env: &Env,
    cluster: &Cluster,
    references: &[&'a str],
) -> Result<Vec<NamedNode<'a>>, Failure> {
    let most = env.settings.max_nodes_per_cluster;
    if i64::try_from(references.len()).unwrap_or(i64::MAX) > most {
        return Err(Fault::new(
            FaultKind::RequestLimitExceeded,
            format!(
                "Request limit exceeded: {} nodes are named, and a cluster may have {most}.",
                references.len()
            ),
        )
        .into());
    }
    let scope = Scope::Project(&cluster.project);
    let mut ids: Vec<NodeId> = references.iter().filter_map(|reference| reference.parse().ok()).collect();
    ids.sort();
    ids.dedup();
    let nodes = env.store.get_many::<Node>(&ids).await.map_err(store_failed)?;
    let by_id: HashMap<NodeId, Node> =
        nodes.into_iter().filter(|node| scope.admits(&node.project)).map(|node| (node.id, node)).collect();
    let look_ups: Vec<_> = references
        .iter()
        .map(|given| {
            let known = given.parse().ok().and_then(|id: NodeId| by_id.get(&id)).cloned();
            async move {
                let node = match known {
                    Some(node) => Some(node),
                    None => match env.store.find::<Node>(scope, given).await {
                        Ok(node) => Some(node),
                        Err(FindError::NotFound | FindError::Ambiguous) => None,
                        Err(FindError::Store(error)) => return Err(store_failed(error)),
                    },
                };
                Ok(NamedNode { given, node })
            }
        })
        .collect();
    stream::iter(look_ups).buffered(AT_ONCE).try_collect().await
}

/// The profiles of these nodes that are of another type than the cluster's.
pub(super) async fn other_types<'a>(
    env: &Env,
    cluster: &Cluster,
    nodes: impl Iterator<Item = &'a Node>,
) -> Result<HashSet<ProfileId>, Failure> {
    let others: HashSet<ProfileId> =
        nodes.map(|node| node.profile_id).filter(|id| *id != cluster.profile_id).collect();
    if others.is_empty() {
        return Ok(others);
    }
    let ids: Vec<ProfileId> = others.iter().copied().chain([cluster.profile_id]).collect();
    let profiles = env.store.get_many::<Profile>(&ids).await.map_err(store_failed)?;
    let types: HashMap<ProfileId, String> =
        profiles.into_iter().map(|profile| (profile.id, profile.type_name)).collect();
    let own = types.get(&cluster.profile_id);
    Ok(others.into_iter().filter(|id| types.get(id) != own).collect())
}

/// The ids of those nodes that `wrong` is true of, as messages list them.
pub(super) fn ids<'a>(nodes: impl Iterator<Item = &'a Node>, wrong: impl Fn(&Node) -> bool) -> Vec<String> {
    nodes.filter(|node| wrong(node)).map(|node| node.id.to_string()).collect()
}

/// These ids, each once. A request may name a node in two ways.
pub(super) fn distinct<'a>(nodes: impl Iterator<Item = &'a Node>) -> Vec<NodeId> {
    let mut seen = HashSet::new();
    nodes.map(|node| node.id).filter(|id| seen.insert(*id)).collect()
}

/// Refuses a request with a line for each of these lists that is not empty: what comes before the list, the
/// list, and what comes after.
///
/// # Errors
/// `BadRequest`.
pub(super) fn refuse_if_any(complaints: &[(&str, Vec<String>, &str)]) -> Result<(), Fault> {
    let lines: Vec<String> = complaints
        .iter()
        .filter(|(_, list, _)| !list.is_empty())
        .map(|(before, list, after)| format!("{before}{}{after}", pyrepr::repr_list(list)))
        .collect();
    if lines.is_empty() { Ok(()) } else { Err(Fault::bad_request(lines.join("\n"))) }
}
