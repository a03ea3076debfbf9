//! Reading clusters as they are shown: with their members and the name of their profile.

use crate::failure::store_failed;
use crate::find::{not_found, scope};
use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_api::views::{self, UNKNOWN_PROFILE};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{ClusterId, ProfileId};
use coppice_store::{BoundCluster, ClusterView, Store};
use serde_json::Value;
use std::collections::HashMap;

/// The cluster that a path names, with its members. By id that is one strongly consistent read, by name two.
///
/// # Errors
/// 404 where there is none in the caller's scope, 400 where there are several.
pub async fn cluster_view(store: &Store, caller: &Caller, reference: &str) -> Result<ClusterView, Failure> {
    store.find_view(scope(caller), reference).await.map_err(|error| not_found::<Cluster>(error, reference))
}

/// The cluster that a path names, with the policies attached to it.
///
/// # Errors
/// As [`cluster_view`].
pub async fn bound_cluster(store: &Store, caller: &Caller, reference: &str) -> Result<BoundCluster, Failure> {
    store.find_bound(scope(caller), reference).await.map_err(|error| not_found::<Cluster>(error, reference))
}

/// The representation of one cluster.
///
/// # Errors
/// When the store fails.
pub async fn show_cluster(store: &Store, view: &ClusterView) -> Result<Value, Failure> {
    let names = profile_names(store, &[view.cluster.profile_id]).await?;
    Ok(shown(view, &names))
}

/// The representations of these clusters, in their order; those gone meanwhile are left out.
///
/// # Errors
/// When the store fails.
pub async fn show_clusters(store: &Store, clusters: &[Cluster]) -> Result<Vec<Value>, Failure> {
    let ids: Vec<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
    let views = store.cluster_views(&ids).await.map_err(store_failed)?;
    let profiles: Vec<ProfileId> = views.iter().map(|view| view.cluster.profile_id).collect();
    let names = profile_names(store, &profiles).await?;
    Ok(views.iter().map(|view| shown(view, &names)).collect())
}

/// The names of these profiles; those gone meanwhile are left out.
///
/// # Errors
/// When the store fails.
pub async fn profile_names(store: &Store, ids: &[ProfileId]) -> Result<HashMap<ProfileId, String>, Failure> {
    store.profile_names(ids).await.map_err(store_failed)
}

fn shown(view: &ClusterView, names: &HashMap<ProfileId, String>) -> Value {
    let profile = names.get(&view.cluster.profile_id).map_or(UNKNOWN_PROFILE, String::as_str);
    let nodes = view.members.iter().map(|member| member.node);
    let bindings: Vec<_> = view.bindings.iter().map(|binding| binding.id.uuid()).collect();
    views::cluster(&view.cluster, profile, nodes, &bindings)
}
