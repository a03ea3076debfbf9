//! What a profile's containers run on: a cluster or a node of the caller's project (spec schemas §3.3).

use crate::failure::store_failed;
use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::node::Node;
use coppice_domain::profile::{Host, HostRefusal};
use coppice_domain::profile_types::{self, HostKind};
use coppice_store::{FindError, Scope, Store};

/// The host that a spec of this type names by id, name or short id; none where it names none.
///
/// # Errors
/// `InvalidSpec` when nothing in the caller's project, or more than one of them, answers to it.
pub async fn host(
    store: &Store,
    caller: &Caller,
    type_name: &str,
    spec: &JsonMap,
) -> Result<Option<Host>, Failure> {
    let Some(named) = profile_types::host(type_name, spec) else { return Ok(None) };
    let scope = Scope::Project(&caller.project_id);
    let found = match named.kind {
        HostKind::Cluster => {
            store.find::<Cluster>(scope, &named.reference).await.map(|found| Host::Cluster(found.id))
        }
        HostKind::Node => store.find::<Node>(scope, &named.reference).await.map(|found| Host::Node(found.id)),
    };
    match found {
        Ok(host) => Ok(Some(host)),
        Err(FindError::NotFound | FindError::Ambiguous) => Err(named.refused(HostRefusal::Gone).into()),
        Err(FindError::Store(error)) => Err(store_failed(error)),
    }
}
