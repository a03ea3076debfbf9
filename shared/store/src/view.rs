//! A cluster with its members, in one query.

use crate::binding::{binding_from, is_binding};
use crate::cluster::member_from;
use crate::entity::Entity;
use crate::error::{FindError, StoreError};
use crate::find::Found;
use crate::item::{Item, number, required};
use crate::keys;
use crate::store::{Query, Range, Scope, Source, Store};
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::ids::{ClusterId, ProfileId, ReceiverId};
use coppice_domain::policy::Binding;
use coppice_domain::profile::Profile;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::HashMap;

/// Attribute of a cluster: how many actions on single members have ended.
pub(crate) const MEMBER_ENDS: &str = "member_ends";
/// Attribute: how many members made one by one were given a place by policies.
pub(crate) const PLACINGS: &str = "placings";

/// Queries under way at once when many clusters are viewed.
const AT_ONCE: usize = 16;

/// A cluster and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterView {
    /// The cluster.
    pub cluster: Cluster,
    /// Its members, by index.
    pub members: Vec<Member>,
    /// The policies attached to it, in the order in which they were attached.
    pub bindings: Vec<Binding>,
    /// The receivers that act on it.
    pub receivers: Vec<ReceiverId>,
    /// How many actions on single members had ended when the cluster was read: no later than its members.
    pub member_ends: i64,
    /// How many single members policies had given a place when the cluster was read: no later than its members.
    pub placings: i64,
}

/// A cluster and its policies, without its members: what decides whether it may scale, at no cost that grows with
/// it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundCluster {
    /// The cluster.
    pub cluster: Cluster,
    /// The policies attached to it, in the order in which they were attached.
    pub bindings: Vec<Binding>,
}

impl Found for ClusterView {
    type Of = Cluster;

    fn resource(&self) -> &Cluster {
        &self.cluster
    }

    async fn read(store: &Store, ids: &[ClusterId]) -> Result<Vec<Self>, StoreError> {
        store.cluster_views(ids).await
    }
}

impl Found for BoundCluster {
    type Of = Cluster;

    fn resource(&self) -> &Cluster {
        &self.cluster
    }

    async fn read(store: &Store, ids: &[ClusterId]) -> Result<Vec<Self>, StoreError> {
        let reads: Vec<_> = ids.iter().map(|id| store.bound_cluster(*id)).collect();
        let read: Vec<Option<Self>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(read.into_iter().flatten().collect())
    }
}

impl Store {
    /// Finds the cluster a reference means, as [`Self::find`] does, and reads it with its members: by id that
    /// is one request, by name two.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_view(&self, scope: Scope<'_>, reference: &str) -> Result<ClusterView, FindError> {
        self.find_cluster(scope, reference).await
    }

    /// The same with its policies alone, read at the same time as the cluster.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_bound(&self, scope: Scope<'_>, reference: &str) -> Result<BoundCluster, FindError> {
        self.find_cluster(scope, reference).await
    }

    async fn find_cluster<F>(&self, scope: Scope<'_>, reference: &str) -> Result<F, FindError>
    where
        F: Found<Of = Cluster>,
    {
        if let Ok(id) = reference.parse::<ClusterId>()
            && let Some(found) = F::read(self, &[id]).await?.pop()
            && scope.admits(&found.resource().project)
        {
            return Ok(found);
        }
        let within = |cluster: &Cluster| scope.admits(&cluster.project);
        self.find_otherwise(scope, reference, &within).await
    }

    async fn bound_cluster(&self, id: ClusterId) -> Result<Option<BoundCluster>, StoreError> {
        let (cluster, bindings) = futures::try_join!(self.get::<Cluster>(id), self.bindings(id))?;
        Ok(cluster.map(|cluster| BoundCluster { cluster, bindings }))
    }

    /// Reads a cluster and its members, strongly consistent: one query of the cluster's partition.
    ///
    /// # Errors
    /// When the store fails or an item cannot be read.
    pub async fn cluster_view(&self, id: ClusterId) -> Result<Option<ClusterView>, StoreError> {
        let partition = keys::partition(crate::Kind::Cluster, id);
        let items = self.all(&Query::new(Source::Table, partition, Range::Whole)).await?;
        let (mut own, mut members): (Vec<Item>, Vec<Member>) = (Vec::new(), Vec::new());
        let (mut bindings, mut receivers): (Vec<Binding>, Vec<ReceiverId>) = (Vec::new(), Vec::new());
        for item in items {
            let sk = required(&item, "sk")?;
            if sk.starts_with(keys::MEMBER) {
                members.push(member_from(&item)?);
            } else if is_binding(&item)? {
                bindings.push(binding_from(&item)?);
            } else if let Some(id) = sk.strip_prefix(keys::RECEIVER) {
                let id = id.parse().map_err(|_| StoreError::Corrupt(format!("{sk} is no receiver")))?;
                receivers.push(id);
            } else if sk == keys::SELF || sk == keys::BODY {
                own.push(item);
            }
        }
        // What is left of a cluster that another request has just deleted is not a cluster.
        let head = own.iter().find(|item| required(item, "sk").is_ok_and(|sk| sk == keys::SELF));
        let Some(head) = head else { return Ok(None) };
        let member_ends = number(head, MEMBER_ENDS).unwrap_or(0);
        let placings = number(head, PLACINGS).unwrap_or(0);
        members.sort_by_key(|member| (member.index, member.node));
        bindings.sort_by_key(|binding| (binding.created_at, binding.id));
        let cluster = Cluster::decode(&own)?;
        Ok(Some(ClusterView { cluster, members, bindings, receivers, member_ends, placings }))
    }

    /// Reads several clusters with their members, in the order of `ids`; absent ones are left out.
    ///
    /// # Errors
    /// When the store fails or an item cannot be read.
    pub async fn cluster_views(&self, ids: &[ClusterId]) -> Result<Vec<ClusterView>, StoreError> {
        let reads: Vec<_> = ids.iter().map(|id| self.cluster_view(*id)).collect();
        let views: Vec<Option<ClusterView>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(views.into_iter().flatten().collect())
    }

    /// The names of these profiles; absent ones are left out. Read eventually consistent: a name is
    /// only shown.
    ///
    /// # Errors
    /// When the store fails or a profile cannot be read.
    pub async fn profile_names(&self, ids: &[ProfileId]) -> Result<HashMap<ProfileId, String>, StoreError> {
        let mut wanted: Vec<_> = ids.iter().map(|id| keys::profile(*id)).collect();
        wanted.sort();
        wanted.dedup();
        let found = self.items(&wanted, false).await?;
        found
            .into_values()
            .map(|item| Profile::decode(&[item]).map(|profile| (profile.id, profile.name)))
            .collect()
    }
}
