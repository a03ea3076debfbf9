//! What must hold of the letters that message receivers were sent, once a world has come to rest and every receiver
//! has been told once more to read: each made one action, or there was a reason why not.

use super::Rest;
use crate::history::{History, Item, text};
use crate::post::{LetterFate, Sent};
use crate::world::World;
use coppice_domain::action::ActionKind;
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::{Order, Receiver, ordered};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that is wrong.
pub(super) fn check(rest: &Rest, history: &History, world: &World) -> Vec<String> {
    let receivers = super::by_id(history, "R");
    let mut violations = Vec::new();
    // What an action is called tells which letter made it.
    let mut made: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, action) in &rest.actions {
        made.entry(text(action, "name").unwrap_or_default()).or_default().push(id);
    }
    for (id, sent) in world.post.letters() {
        let Some(receiver) = recipient(&sent) else { continue };
        let own = ordered(receiver, &id).to_string();
        let name = format!("receiver_{}_{}", receiver.short(), id.get(..8).unwrap_or(&id));
        let actions = made.get(name.as_str()).cloned().unwrap_or_default();
        let order = Order::parse(&sent.body);
        if actions.iter().any(|action| *action != own) || (order.is_err() && !actions.is_empty()) {
            violations.push(format!("letter {id} {:?} made {actions:?}, not {own}", sent.body));
        }
        match sent.fate {
            LetterFate::There if receivers.contains_key(&receiver.to_string()) => {
                violations.push(format!("letter {id} of receiver {receiver} is never read"));
            }
            LetterFate::Answered { from, until } => {
                if let Ok(order) = order
                    && actions.is_empty()
                    && !may_be_refused(history, &order, (from, until))
                {
                    violations.push(format!("letter {id} {:?} is lost, and nobody refused it", sent.body));
                }
            }
            LetterFate::There | LetterFate::Gone => {}
        }
    }
    for id in &world.book().deleted_receivers {
        if world.post.lingers(&Receiver::queue_name(*id)) {
            violations.push(format!("receiver {id} is deleted, and its mailbox is not"));
        }
    }
    violations
}

/// The receiver whose mailbox a letter was put into.
fn recipient(sent: &Sent) -> Option<ReceiverId> {
    let start = sent.mailbox.len().checked_sub(Uuid::nil().to_string().len())?;
    sent.mailbox.get(start..)?.parse().ok()
}

/// Whether there was a reason, between these writes, not to do what a letter asks for.
fn may_be_refused(history: &History, order: &Order, (from, until): (usize, usize)) -> bool {
    // A name may be nobody's, or several clusters'.
    if Uuid::try_parse(&order.cluster).is_err() {
        return true;
    }
    let cluster = format!("C#{}", order.cluster);
    let busy = |item: &Item| item.contains_key("active_action") || item.contains_key("shared");
    let was = history.between(&cluster, "A", (from, until));
    let scaled = matches!(order.action, ActionKind::ClusterScaleIn | ActionKind::ClusterScaleOut);
    was.iter().any(|item| item.as_deref().is_none_or(busy)) || (scaled && history.was_bound(&cluster))
}
