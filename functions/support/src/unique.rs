//! Whether a name is taken, where a deployment wants names to be unique (spec api-common §18).

use crate::failure::store_failed;
use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_store::{Entity, FindError, ListError, ListRequest, Scope, Store};

/// Whether the caller's project has a resource of this name.
///
/// # Errors
/// When the store fails.
pub async fn name_taken<T: Entity>(store: &Store, caller: &Caller, name: &str) -> Result<bool, Failure> {
    let own = Scope::Project(&caller.project_id);
    match store.find::<T>(own, name).await {
        Ok(found) if found.name() == name => Ok(true),
        Err(FindError::NotFound) => Ok(false),
        Err(FindError::Store(error)) => Err(store_failed(error)),
        // The name is also the start, or the whole, of some id: ask by name alone.
        Ok(_) | Err(FindError::Ambiguous) => {
            let first = ListRequest { limit: Some(1), ..ListRequest::default() };
            match store.list::<T>(own, &first, &|each| each.name() == name).await {
                Ok(found) => Ok(!found.is_empty()),
                Err(ListError::Store(error)) => Err(store_failed(error)),
                Err(error @ ListError::TooMany { .. }) => Err(Failure::unavailable(error)),
            }
        }
    }
}
