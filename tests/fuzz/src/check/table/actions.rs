//! Every action that has not ended is due, itself or the one that derived it, and none that has is.

use super::{Table, text};
use crate::check::{Complaints, ensure};
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_store::keys;
use std::collections::BTreeMap;

/// What only an action that goes on has.
const OPEN: [&str; 7] = ["due", "due_at", "due_shard", "lease_until", "work", "owner", "attempts"];

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    let by_id: BTreeMap<ActionId, &Action> = table.actions.iter().map(|action| (action.id, action)).collect();
    for action in &table.actions {
        let item = table.items.get(&keys::action(action.id)).expect("it was read from there");
        let (id, kind) = (action.id, action.kind.name());
        let at = item.get("due_at").and_then(|at| at.as_n().ok()).and_then(|at| at.parse::<i64>().ok());
        match (action.status.is_terminal(), action.parent) {
            (true, _) => {
                let left: Vec<_> = OPEN.iter().filter(|name| item.contains_key(**name)).collect();
                ensure(complaints, left.is_empty(), || {
                    format!("{kind} {id} has ended and still has {left:?}")
                });
            }
            (false, None) => {
                let due = at.map(|at| keys::due(coppice_domain::time::Timestamp::from_micros(at), id));
                let findable = due.is_some() && text(item, "due") == due.as_deref();
                let shard = text(item, "due_shard") == Some(&keys::due_shard(id));
                ensure(complaints, findable && shard, || {
                    format!("{kind} {id} is {} and not due", action.status.name())
                });
            }
            (false, Some(parent)) => {
                let goes_on = by_id.get(&parent).is_some_and(|parent| !parent.status.is_terminal());
                ensure(complaints, goes_on, || {
                    format!("{kind} {id} goes on, and {parent}, which derived it, does not")
                });
            }
        }
        let troubled =
            action.status_reason.contains("own store or queue") || action.status_reason.contains("abandoned");
        ensure(complaints, !troubled, || format!("{kind} {id}: {}", action.status_reason));
    }
}
