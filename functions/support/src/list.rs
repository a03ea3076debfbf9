//! Lists (spec api-common §13).

use crate::failure::store_failed;
use crate::find::scope;
use coppice_api::error::Failure;
use coppice_api::fields::query::ListQuery;
use coppice_api::identity::Caller;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_store::{Entity, ListError, ListRequest, Sort, Store};

/// Refuses a list of every project to those who are no administrators.
///
/// # Errors
/// `Forbidden`.
pub fn authorise_list(caller: &Caller, query: &ListQuery) -> Result<(), Fault> {
    if query.global_project && !caller.is_admin() { Err(Fault::forbidden()) } else { Ok(()) }
}

/// The resources that `query` asks for and `filter` keeps, as far as `caller` may see them.
///
/// # Errors
/// 403 when someone who is no administrator asks for every project; 400 when the order would have to be
/// made in memory from too many resources.
pub async fn list<T: Entity>(
    store: &Store,
    caller: &Caller,
    query: &ListQuery,
    filter: &(dyn Fn(&T) -> bool + Sync),
) -> Result<Vec<T>, Failure> {
    authorise_list(caller, query)?;
    let sort = query.sort.iter();
    let request = ListRequest {
        sort: sort.map(|(key, descending)| Sort { key: key.clone(), descending: *descending }).collect(),
        limit: query.limit,
        marker: query.marker,
    };
    store.list(scope(caller), &request, filter).await.map_err(not_listed)
}

fn not_listed(error: ListError) -> Failure {
    match error {
        ListError::TooMany { limit } => Fault::new(
            FaultKind::RequestLimitExceeded,
            format!(
                "Request limit exceeded: this order is made from at most {limit} resources, and there \
                 are more. Leave 'sort' out, or sort by one key that is the name or the default."
            ),
        )
        .into(),
        ListError::Store(error) => store_failed(error),
    }
}

/// The values that `query` lets pass for the filter `name`; none if it does not filter by it.
#[must_use]
pub fn filtered<'a>(query: &'a ListQuery, name: &str) -> Option<&'a [String]> {
    query.filters.iter().find(|(filter, _)| filter == name).map(|(_, values)| values.as_slice())
}

/// Whether `value` passes the filter `name`.
#[must_use]
pub fn passes(query: &ListQuery, name: &str, value: &str) -> bool {
    filtered(query, name).is_none_or(|values| values.iter().any(|each| each == value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_store::StoreError;

    #[test]
    fn an_order_made_from_too_much_is_the_clients_to_change_and_a_broken_store_is_not() {
        let failure = not_listed(ListError::TooMany { limit: 7 });
        assert_eq!(
            (failure.fault().kind.status(), failure.fault().kind),
            (400, FaultKind::RequestLimitExceeded)
        );
        assert_eq!(
            failure.fault().message,
            "Request limit exceeded: this order is made from at most 7 resources, and there are more. \
             Leave 'sort' out, or sort by one key that is the name or the default."
        );
        let failure = not_listed(ListError::Store(StoreError::Throttled("t".to_owned())));
        assert_eq!(failure.fault().kind.status(), 503);
    }

    #[test]
    fn a_filter_passes_its_alternatives_and_its_absence_everything() {
        let query = ListQuery {
            filters: vec![("name".to_owned(), vec!["a".to_owned(), "b".to_owned()])],
            ..ListQuery::default()
        };
        assert!(passes(&query, "name", "b"));
        assert!(!passes(&query, "name", "B"));
        assert!(passes(&query, "status", "ACTIVE"));
        assert_eq!(filtered(&query, "status"), None);
    }
}
