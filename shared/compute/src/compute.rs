//! The contract of a compute backend. Drivers keep the promises written here; the contract suite
//! (`contract`) checks them.

use crate::change::{Change, Progress};
use crate::error::ComputeError;
use crate::instance::Instance;
use crate::listing::{Filter, Page, PageMark};
use crate::request::CreateRequest;
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How a backend keeps a repeated creation from making a second instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// It takes a token (EC2): the same token yields the same instance.
    Token,
    /// It takes none (Nova): two identical creations make two instances. Callers look the token up among
    /// the tags first; concurrent creators still race, and the surplus is for the leak sweep.
    LookUpFirst,
}

/// How a deletion goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Accepted or still going on: delete again later.
    Underway,
    /// The backend does not know the instance any more. Final.
    Gone,
}

/// A compute backend, speaking with one set of credentials.
///
/// # Promises
///
/// 1. **Creation is asynchronous.** An accepted instance is `Building` or further; it becomes `Active`
///    or `Error` by itself, in seconds to minutes. An instance in `Error` exists until it is deleted.
/// 2. **Tags come with the instance.** There is no moment at which an accepted instance lacks them.
/// 3. **Deletes are repeated** until [`Deletion::Gone`]. A repeat is harmless, an unknown id is `Gone`.
/// 4. **Answers may be stale**, by at most [`staleness`](Self::staleness): `get` and `list` may not show
///    an instance accepted within that time, may still show one that is gone, and may show an earlier
///    state. So an instance has vanished only if it was accepted longer ago than that. Writes act on
///    what is: `delete` knows every instance whose id `create` has answered; a driver whose backend may
///    not know it yet answers `Underway` meanwhile.
/// 5. **Errors are told apart** by what follows from them ([`ComputeError::consequence`]). After every
///    error but `Transient` nothing has happened; after `Transient` the call may have taken effect, now
///    or in a moment.
/// 6. **Changes are repeated** until [`Progress::Done`]. The same token is the same change, and is done once
///    where the backend can tell; where it cannot, doing it twice leads to the same state as doing it once.
/// 7. **Calls are bounded.** No call waits for an instance to reach a state (invariant 7).
///
/// Create through [`ensure_created`](crate::ensure_created), not by calling `create`.
#[async_trait]
pub trait Compute: Send + Sync {
    /// How repeated creations are told apart.
    fn idempotency(&self) -> Idempotency;

    /// The longest a read may lag behind what is. The leak sweep and the search for vanished instances
    /// leave younger instances alone.
    fn staleness(&self) -> Duration;

    /// Asks for an instance and answers as soon as it is accepted, with its id and tags.
    ///
    /// With [`Idempotency::Token`], a repeat answers with the instance as it is now, whatever quota and
    /// capacity have become; once that instance is gone, with `TokenSpent` for at least a day, and never
    /// with a second instance in that time.
    ///
    /// # Errors
    /// Any.
    async fn create(&self, request: &CreateRequest) -> Result<Instance, ComputeError>;

    /// One instance; none if the backend does not know it (promise 4 bounds what that means). Shows
    /// instances this service did not make, too: nodes may adopt them.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn get(&self, id: &str) -> Result<Option<Instance>, ComputeError>;

    /// The instances that `filter` selects, from the beginning or from the mark of the page before. A
    /// backend with that many shows hundreds a page, so that polling costs a call per hundreds of nodes.
    /// An instance that exists throughout shows exactly once in a whole list.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`; `Invalid` for too many ids or a mark of another list.
    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<Page, ComputeError>;

    /// Asks for an instance to be deleted, whatever state it is in.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn delete(&self, id: &str) -> Result<Deletion, ComputeError>;

    /// Asks for a change of an instance. A change that another is under way to prevent is `Throttled`.
    ///
    /// # Errors
    /// `Invalid` for what the backend, or the instance in its state, cannot do; `Quota`, `Capacity`,
    /// `Throttled`, `Denied`, `Transient`.
    async fn change(&self, id: &str, change: &Change) -> Result<Progress, ComputeError>;

    /// What `show_details` shows of a node (spec engine-nodes §5.9, schemas §3); none if the backend does
    /// not know the instance.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn details(&self, id: &str) -> Result<Option<JsonMap>, ComputeError>;

    /// What a profile would have to say to ask for an instance like this one, whoever made it: properties
    /// by the names that profiles of its type use (spec engine-nodes §5.9); none if the backend does not
    /// know the instance.
    ///
    /// Only what the backend tells: no property is null, and none is secret. What this service or the
    /// backend added by itself (metadata `cluster_…`, parameters `OS::…`) is left out.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn describe(&self, id: &str) -> Result<Option<JsonMap>, ComputeError>;

    /// Which of the properties that a profile asks for an instance does not have, by their names in order;
    /// none if the backend does not know the instance. Only what can be told for certain: a driver whose
    /// backend tells an id where profiles may give a name resolves it before it compares.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn differences(&self, id: &str, spec: &JsonMap) -> Result<Option<Vec<String>>, ComputeError> {
        Ok(self.describe(id).await?.map(|described| differing(spec, &described)))
    }
}

/// The plain properties that both name, and that are not the same. Lists and objects are told in other words
/// than they were asked for.
fn differing(spec: &JsonMap, described: &JsonMap) -> Vec<String> {
    let plain = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    let differs = |(name, wanted): &(&String, &Value)| {
        plain(wanted) && described.get(*name).is_some_and(|had| plain(had) && had != *wanted)
    };
    let mut names: Vec<String> = spec.iter().filter(differs).map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}

#[async_trait]
impl<C: Compute + ?Sized> Compute for Arc<C> {
    fn idempotency(&self) -> Idempotency {
        (**self).idempotency()
    }

    fn staleness(&self) -> Duration {
        (**self).staleness()
    }

    async fn create(&self, request: &CreateRequest) -> Result<Instance, ComputeError> {
        (**self).create(request).await
    }

    async fn get(&self, id: &str) -> Result<Option<Instance>, ComputeError> {
        (**self).get(id).await
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<Page, ComputeError> {
        (**self).list(filter, after).await
    }

    async fn delete(&self, id: &str) -> Result<Deletion, ComputeError> {
        (**self).delete(id).await
    }

    async fn change(&self, id: &str, change: &Change) -> Result<Progress, ComputeError> {
        (**self).change(id, change).await
    }

    async fn details(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        (**self).details(id).await
    }

    async fn describe(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        (**self).describe(id).await
    }

    async fn differences(&self, id: &str, spec: &JsonMap) -> Result<Option<Vec<String>>, ComputeError> {
        (**self).differences(id, spec).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_both_tell_in_the_same_words_is_compared() {
        let spec = json!({
            "flavor": "1", "image": "a", "key_name": null, "auto_disk_config": true, "name": "n",
            "networks": [{ "network": "a", "fixed_ip": "10.0.0.3" }], "metadata": { "a": 1 },
        });
        let differing =
            |described: Value| differing(spec.as_object().unwrap(), described.as_object().unwrap());
        assert_eq!(differing(json!({})), Vec::<String>::new());
        let same = json!({ "flavor": "1", "key_name": "k", "networks": [], "metadata": {}, "more": 1 });
        assert_eq!(differing(same), Vec::<String>::new());
        let other = json!({ "name": "m", "flavor": "2", "image": null, "auto_disk_config": false });
        assert_eq!(differing(other), ["auto_disk_config", "flavor", "name"]);
    }
}
