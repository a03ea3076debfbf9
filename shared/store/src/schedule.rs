//! Schedules: the next run of each is in the index of due work, so that those which are not due cost nothing.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::{at, s};
use crate::keys;
use crate::store::Store;
use crate::transaction::{Transacted, Write};
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::event::Event;
use coppice_domain::ids::{ActionId, ReceiverId};
use coppice_domain::receiver::Receiver;
use coppice_domain::time::Timestamp;

impl Store {
    /// Moves a schedule on from `run` to `next`. Without effect when it has moved on, or is another.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn schedule_advance(
        &self,
        id: ReceiverId,
        run: Timestamp,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(advance(id, run, next)).await.map(|_| ())
    }

    /// The same for a run whose `action` was not made, with the event that says so; without the event where
    /// someone else made the action meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn schedule_pass(
        &self,
        id: ReceiverId,
        (run, next): (Timestamp, Option<Timestamp>),
        action: ActionId,
        event: &Event,
    ) -> Result<(), StoreError> {
        let mut writes =
            vec![advance(id, run, next), Write::check(keys::entity(Kind::Action, action)).if_lacks("pk")];
        writes.extend(self.event_put(Some(event))?);
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(_) => self.schedule_advance(id, run, next).await,
        }
    }
}

/// The attributes by which a receiver's next run is found; none if it has none.
pub(crate) fn run_attributes(receiver: &Receiver) -> Vec<(String, AttributeValue)> {
    let Some(run) = receiver.next_run else { return Vec::new() };
    vec![
        ("due".to_owned(), s(keys::run(run, receiver.id))),
        ("due_shard".to_owned(), s(keys::run_shard(receiver.id))),
    ]
}

fn advance(id: ReceiverId, run: Timestamp, next: Option<Timestamp>) -> Write {
    Write::update(keys::receiver(id))
        .assign("next_run", next.map(at))
        .assign("due", next.map(|next| s(keys::run(next, id))))
        .assign("due_shard", next.map(|_| s(keys::run_shard(id))))
        .if_equals("next_run", at(run))
}
