//! Every receiver that acts by itself is due when its next run is, no other receiver is, and only webhooks are
//! protected.

use super::{Table, text};
use crate::check::{Complaints, ensure};
use coppice_domain::receiver::ReceiverType;
use coppice_store::keys;

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    for receiver in &table.receivers {
        let (id, kind) = (receiver.id, receiver.kind);
        let item = table.items.get(&keys::receiver(id)).expect("it was read from there");
        let expected = [
            ("due", receiver.next_run.map(|run| keys::run(run, id))),
            ("due_shard", receiver.next_run.map(|_| keys::run_shard(id))),
        ];
        for (attribute, value) in expected {
            let is = text(item, attribute);
            ensure(complaints, is == value.as_deref(), || {
                format!("{attribute} of receiver {id} is {is:?}, not {value:?}")
            });
        }
        let scheduled = kind == ReceiverType::Schedule;
        let timed = receiver.schedule.is_some() == scheduled && (scheduled || receiver.next_run.is_none());
        ensure(complaints, timed, || {
            format!(
                "receiver {id} is a {}, has {:?} and runs at {:?}",
                kind.name(),
                receiver.schedule,
                receiver.next_run
            )
        });
        let fits = receiver.protection.is_none() || kind == ReceiverType::Webhook;
        ensure(complaints, fits, || format!("receiver {id} is a {} and protected", kind.name()));
        let acts = receiver.cluster_id.is_some() && receiver.action.is_some();
        let complete = kind == ReceiverType::Message || acts;
        ensure(complaints, complete, || {
            format!("receiver {id} is a {} without a cluster or an action", kind.name())
        });
    }
}
