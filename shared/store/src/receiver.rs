//! Receivers: written with their name and, where they act on a cluster, with a record beside the cluster.

use crate::binding::alive;
use crate::codec::encode;
use crate::entity::{Kind, indexed};
use crate::error::StoreError;
use crate::item::{Item, s, with_key};
use crate::keys;
use crate::schedule::run_attributes;
use crate::store::Store;
use crate::template::{name_item, rename};
use crate::transaction::{Transacted, Write};
use coppice_domain::receiver::Receiver;

/// What became of a write to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiverWrite {
    /// It took effect.
    Done,
    /// The cluster it acts on does not exist, or is being deleted.
    ClusterGone,
    /// The receiver does not exist.
    Gone,
}

/// What an update may change.
const CHANGEABLE: [&str; 4] = ["name", "action", "params", "updated_at"];
/// What changes with its schedule.
const SCHEDULED: [&str; 4] = ["schedule", "next_run", "due", "due_shard"];

impl Store {
    /// Records a new receiver. Repeating it within ten minutes changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn receiver_create(&self, receiver: &Receiver) -> Result<ReceiverWrite, StoreError> {
        self.register_project(&receiver.project).await?;
        let mut writes = Vec::new();
        if let Some(cluster) = receiver.cluster_id {
            writes.push(alive(cluster));
            let beside = keys::cluster_receiver(cluster, receiver.id);
            writes.push(Write::put(with_key(&beside, Item::new()))?);
        }
        for item in indexed(receiver, false)? {
            writes.push(Write::put(item)?);
        }
        writes.push(Write::put(name_item(Kind::Receiver, receiver)?)?);
        Ok(match self.transact(writes, Some(receiver.id.uuid())).await? {
            Transacted::Done => ReceiverWrite::Done,
            Transacted::Refused(_) => ReceiverWrite::ClusterGone,
        })
    }

    /// Replaces what may change.
    ///
    /// # Errors
    /// When the store fails, or another update comes between.
    pub async fn receiver_update(
        &self,
        before: &Receiver,
        after: &Receiver,
    ) -> Result<ReceiverWrite, StoreError> {
        let mut fields = encode(after)?;
        fields.extend(run_attributes(after));
        let own = Write::update(keys::receiver(before.id)).if_equals("name", s(&before.name));
        // A secret that someone else has just been told must not be lost.
        let protected = before.protection != after.protection;
        let own = match protected {
            true => own
                .if_is("protection", encode(before)?.remove("protection"))
                .assign("protection", fields.remove("protection")),
            false => own,
        };
        // Whoever makes a run moves the next one on: only another schedule may overwrite that.
        let scheduled = SCHEDULED.iter().filter(|_| before.schedule != after.schedule);
        let changed = CHANGEABLE.iter().chain(scheduled);
        let own = changed.fold(own, |write, name| write.assign(name, fields.remove(*name)));
        let mut writes = vec![own];
        writes.extend(rename(Kind::Receiver, before, after)?);
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(ReceiverWrite::Done),
            Transacted::Refused(refusals) if refusals.iter().flatten().all(Item::is_empty) => {
                Ok(ReceiverWrite::Gone)
            }
            Transacted::Refused(_) => Err(StoreError::Conflict(format!("two updates of {}", before.id))),
        }
    }

    /// Removes a receiver with its name. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails, or the receiver is renamed meanwhile.
    pub async fn receiver_delete(&self, receiver: &Receiver) -> Result<ReceiverWrite, StoreError> {
        match self.transact(removal(receiver), None).await? {
            Transacted::Done => Ok(ReceiverWrite::Done),
            Transacted::Refused(refusals) if refusals.iter().flatten().all(Item::is_empty) => {
                Ok(ReceiverWrite::Gone)
            }
            Transacted::Refused(_) => {
                Err(StoreError::Conflict(format!("receiver {} is being renamed", receiver.id)))
            }
        }
    }
}

/// The writes that remove a receiver.
pub(crate) fn removal(receiver: &Receiver) -> Vec<Write> {
    let mut writes = vec![
        Write::delete(keys::receiver(receiver.id)).if_equals("name", s(&receiver.name)),
        Write::delete(keys::name(Kind::Receiver, &receiver.project, &receiver.name, receiver.id.uuid())),
    ];
    if let Some(cluster) = receiver.cluster_id {
        writes.push(Write::delete(keys::cluster_receiver(cluster, receiver.id)));
    }
    writes
}
