//! Shared holds: requested actions on members hold their cluster together, while no cluster action may
//! (spec engine-actions §9). The holders are a bounded set in the cluster's own item.

use crate::error::StoreError;
use crate::item::{s, set};
use crate::keys;
use crate::store::{Store, Written};
use crate::transaction::Write;
use coppice_domain::ids::{ActionId, ClusterId};

/// The set of actions that hold a cluster together.
pub(crate) const SHARED: &str = "shared";

/// Most actions that may hold a cluster together: the set must not grow with the cluster (invariant 6).
pub(crate) const MOST_SHARED: usize = 32;

/// What became of asking for a shared hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// The action holds the cluster, together with others perhaps.
    Held,
    /// A cluster action holds it, or as many others as may: ask again later.
    Busy,
    /// There is no such cluster.
    Gone,
}

impl Store {
    /// Takes a shared hold on a cluster. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cluster_share(&self, cluster: ClusterId, action: ActionId) -> Result<Shared, StoreError> {
        let write = share(cluster, action);
        Ok(match self.write(write).await? {
            Written::Done(_) => Shared::Held,
            Written::Refused(head) if head.is_empty() => Shared::Gone,
            Written::Refused(head) if set(&head, SHARED).contains(&action.to_string()) => Shared::Held,
            Written::Refused(_) => Shared::Busy,
        })
    }

    /// Lets a shared hold go; harmless when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cluster_unshare(&self, cluster: ClusterId, action: ActionId) -> Result<(), StoreError> {
        self.write(unshare(cluster, action)).await.map(|_| ())
    }
}

/// The write that takes a shared hold.
pub(crate) fn share(cluster: ClusterId, action: ActionId) -> Write {
    Write::update(keys::cluster(cluster))
        .include(SHARED, &action.to_string())
        .if_exists()
        .if_lacks("active_action")
        .if_fewer(SHARED, MOST_SHARED)
}

/// The write that lets it go.
pub(crate) fn unshare(cluster: ClusterId, action: ActionId) -> Write {
    Write::update(keys::cluster(cluster))
        .exclude(SHARED, &action.to_string())
        .if_contains(SHARED, s(action.to_string()))
}
