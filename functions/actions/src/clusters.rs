//! The filter `cluster_id` of actions and events, which takes names and short ids too.

use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::Fault;
use coppice_domain::ids::ClusterId;
use coppice_store::{FindError, Store};
use coppice_support::{scope, store_failed};

/// The ids of the clusters meant; none when one of them is unknown, which empties the list.
///
/// # Errors
/// 400 when a reference means several clusters.
pub(crate) async fn resolve(
    store: &Store,
    caller: &Caller,
    references: &[String],
) -> Result<Option<Vec<ClusterId>>, Failure> {
    let mut ids = Vec::with_capacity(references.len());
    for reference in references {
        match store.find::<Cluster>(scope(caller), reference).await {
            Ok(cluster) => ids.push(cluster.id),
            Err(FindError::NotFound) => return Ok(None),
            Err(FindError::Ambiguous) => return Err(Fault::multiple_choices(reference).into()),
            Err(FindError::Store(error)) => return Err(store_failed(error)),
        }
    }
    Ok(Some(ids))
}
