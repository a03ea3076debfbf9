//! How many calls a receiver has had: the bucket of those whose calls are limited. It is an item of its own, small,
//! and forgotten once it is full again.

use crate::error::StoreError;
use crate::item::{Item, at, moment, n, number};
use crate::keys;
use crate::store::{Store, Written};
use crate::transaction::Write;
use coppice_domain::event::Event;
use coppice_domain::ids::ReceiverId;
use coppice_domain::time::Timestamp;
use std::time::Duration;

const FULL_AT: &str = "full_at";
const TOLD: &str = "told";
/// How long a full bucket is kept.
const KEPT: Duration = Duration::from_secs(86_400);

/// A receiver's bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// When it is full again; none if it is.
    pub full_at: Option<Timestamp>,
    /// The last window in which refusals were told of.
    pub told: Option<i64>,
}

impl Store {
    /// A receiver's bucket.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn calls(&self, id: ReceiverId) -> Result<Calls, StoreError> {
        Ok(self.item(&keys::receiver_calls(id)).await?.map(|item| calls(&item)).unwrap_or_default())
    }

    /// Takes a call from a bucket that was `seen` to be full again at that time; then it is at `next`. None when it
    /// did, and the bucket as it is when another call came between.
    ///
    /// # Errors
    /// When the store fails; the call may then have been taken.
    pub async fn calls_take(
        &self,
        id: ReceiverId,
        seen: Option<Timestamp>,
        next: Timestamp,
    ) -> Result<Option<Calls>, StoreError> {
        let write = Write::update(keys::receiver_calls(id))
            .set(FULL_AT, at(next))
            .set("expires_at", n(next.plus(KEPT).seconds()))
            .if_is(FULL_AT, seen.map(at));
        match self.write(write).await? {
            Written::Done(_) => Ok(None),
            Written::Refused(item) => Ok(Some(calls(&item))),
        }
    }

    /// Records the event that calls are refused, unless one of this window is recorded already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn calls_told(&self, id: ReceiverId, window: i64, event: &Event) -> Result<(), StoreError> {
        let mut writes = vec![
            Write::update(keys::receiver_calls(id)).set(TOLD, n(window)).if_lacks_or_less(TOLD, n(window)),
        ];
        writes.extend(self.event_put(Some(event))?);
        self.transact(writes, None).await.map(|_| ())
    }

    /// Records an event by itself. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn event_record(&self, event: &Event) -> Result<(), StoreError> {
        match self.event_put(Some(event))? {
            Some(write) => self.write(write.if_lacks("pk")).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

fn calls(item: &Item) -> Calls {
    Calls { full_at: moment(item, FULL_AT), told: number(item, TOLD) }
}
