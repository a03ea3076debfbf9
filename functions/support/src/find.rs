//! Finding what a path or a body refers to (spec api-common §14).

use crate::failure::store_failed;
use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_domain::fault::Fault;
use coppice_store::{Entity, FindError, Kind, Scope, Store};

/// What a caller may see: the project of the token; everything, for an administrator.
#[must_use]
pub fn scope(caller: &Caller) -> Scope<'_> {
    if caller.is_admin() { Scope::All } else { Scope::Project(&caller.project_id) }
}

/// The resource that a path names by id, name or short id.
///
/// # Errors
/// 404 where there is none in the caller's scope, 400 where there are several.
pub async fn find<T: Entity>(store: &Store, caller: &Caller, reference: &str) -> Result<T, Failure> {
    find_within(store, scope(caller), reference).await
}

/// The same within a scope that is not a caller's.
///
/// # Errors
/// As [`find`].
pub async fn find_within<T: Entity>(store: &Store, within: Scope<'_>, reference: &str) -> Result<T, Failure> {
    store.find(within, reference).await.map_err(|error| not_found::<T>(error, reference))
}

/// The same among those that `filter` keeps: the others are not there.
///
/// # Errors
/// As [`find`].
pub async fn find_among<T: Entity>(
    store: &Store,
    caller: &Caller,
    reference: &str,
    filter: &(dyn Fn(&T) -> bool + Sync),
) -> Result<T, Failure> {
    let found = store.find_among(scope(caller), reference, filter).await;
    found.map_err(|error| not_found::<T>(error, reference))
}

pub(crate) fn not_found<T: Entity>(error: FindError, reference: &str) -> Failure {
    match error {
        FindError::NotFound => Fault::not_found(word(T::KIND), reference).into(),
        FindError::Ambiguous => Fault::multiple_choices(reference).into(),
        FindError::Store(error) => store_failed(error),
    }
}

/// The resource with exactly this id: here names and short ids do not count.
///
/// # Errors
/// 404 where there is none in the caller's scope.
pub async fn find_exactly<T: Entity>(store: &Store, caller: &Caller, id: &str) -> Result<T, Failure> {
    let found = match id.parse() {
        Ok(id) => store.get::<T>(id).await.map_err(store_failed)?,
        Err(_) => None,
    };
    let found = found.filter(|resource| scope(caller).admits(resource.project()));
    found.ok_or_else(|| Fault::not_found(word(T::KIND), id).into())
}

/// The resource that a request body refers to: one that is not there makes the request wrong.
///
/// # Errors
/// 400 where there is none in the caller's scope, or several.
pub async fn referenced<T: Entity>(store: &Store, caller: &Caller, reference: &str) -> Result<T, Failure> {
    store.find(scope(caller), reference).await.map_err(|error| match error {
        FindError::NotFound => {
            Fault::bad_request(format!("The specified {} '{reference}' could not be found.", word(T::KIND)))
                .into()
        }
        FindError::Ambiguous => Fault::multiple_choices(reference).into(),
        FindError::Store(error) => store_failed(error),
    })
}

/// The same, where a request need not refer to any.
///
/// # Errors
/// As [`referenced`].
pub async fn maybe_referenced<T: Entity>(
    store: &Store,
    caller: &Caller,
    reference: Option<&str>,
) -> Result<Option<T>, Failure> {
    match reference {
        Some(reference) => referenced(store, caller, reference).await.map(Some),
        None => Ok(None),
    }
}

/// What messages call a kind of resource.
const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Cluster => "cluster",
        Kind::Node => "node",
        Kind::Profile => "profile",
        Kind::Policy => "policy",
        Kind::Receiver => "receiver",
        Kind::Action => "action",
        Kind::Event => "event",
    }
}
