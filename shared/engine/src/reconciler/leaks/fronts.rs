//! Parts of load balancers that carry our tags and that no policy's binding claims are deleted, and so are
//! members of a pool that no node has (invariant 4). Like instances: only what was made since the last search,
//! and each once its creation must be over. Where no balancer was made, one list that is empty is all there is.

use super::Search;
use crate::front::known;
use crate::machine::Worker;
use coppice_compute::Deletion;
use coppice_compute::balancer::{BalancerError, Front, Origin, PartFilter, list_parts, prune};
use coppice_domain::ids::{ClusterId, NodeId, PolicyId};
use coppice_domain::node::Node;
use coppice_domain::policies::load_balance::member;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::collections::BTreeMap;

/// Goes on with the search until the time is up: of how many fronts something is being deleted.
pub(super) async fn sweep(
    worker: &Worker,
    search: &mut Search,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let env = &worker.env;
    let grace = env.settings.leaks.fronts().max(env.balancer.staleness());
    let (from, before) = search.window(grace, env.settings.leaks.overlap);
    let filter = PartFilter::Deployment { name: &env.settings.deployment, from, before };
    let parts = match list_parts(env.balancer.as_ref(), filter).await {
        Ok(parts) => parts,
        Err(error) => {
            tracing::warn!(error = %error, "the load balancers cannot be searched for unclaimed parts");
            (search.fronts, search.complete) = (true, false);
            return Ok(0);
        }
    };
    let origins: BTreeMap<(ClusterId, PolicyId), Origin> = parts
        .into_iter()
        .filter_map(|part| part.origin)
        .map(|origin| ((origin.cluster, origin.policy), origin))
        .collect();
    let mut swept = 0;
    let seen = search.front;
    for (place, origin) in origins.into_iter().filter(|(place, _)| Some(*place) > seen) {
        let swept_one = match sweep_one(worker, &origin, before).await {
            // What cannot be read keeps nobody from the others.
            Err(error @ StoreError::Corrupt(_)) => Err(error.to_string()),
            swept => swept?.map_err(|error| error.to_string()),
        };
        match swept_one {
            // A balancer takes one change at a time: what is left of it is for the next run, not for the next
            // search.
            Ok(underway) => {
                swept += usize::from(underway);
                search.complete &= !underway;
            }
            Err(error) => {
                tracing::warn!(
                    cluster.id = %origin.cluster, policy.id = %origin.policy, error,
                    "unclaimed parts of a load balancer not deleted"
                );
                search.complete = false;
            }
        }
        search.front = Some(place);
        if env.now() >= until {
            return Ok(swept);
        }
    }
    search.fronts = true;
    Ok(swept)
}

/// Deletes what stands for a policy at a cluster without being claimed; whether that goes on. As long as an
/// action holds the cluster it may yet come to be claimed.
async fn sweep_one(
    worker: &Worker,
    origin: &Origin,
    before: Timestamp,
) -> Result<Result<bool, BalancerError>, StoreError> {
    let env = &worker.env;
    let view = env.store.cluster_view(origin.cluster).await?;
    if view.as_ref().is_some_and(|view| view.cluster.active_action.is_some()) {
        return Ok(Ok(false));
    }
    let binding = view
        .as_ref()
        .and_then(|view| view.bindings.iter().find(|binding| binding.policy_id == origin.policy));
    let (mut front, mut members) = (Front::default(), Vec::new());
    if let (Some(binding), Some(view)) = (binding, &view) {
        front = known(binding);
        let ids: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
        let nodes: Vec<Node> = env.store.get_many(&ids).await?;
        members = nodes.iter().filter_map(|node| member(&node.data)).map(str::to_owned).collect();
    }
    let pruned = prune(env.balancer.as_ref(), origin, &front, &members, before).await;
    Ok(pruned.map(|deletion| {
        let underway = deletion == Deletion::Underway;
        if underway {
            tracing::info!(
                cluster.id = %origin.cluster, policy.id = %origin.policy,
                "unclaimed parts of a load balancer are being deleted"
            );
        }
        underway
    }))
}
