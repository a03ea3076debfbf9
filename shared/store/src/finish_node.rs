//! Requested actions on nodes: their first step and their end, each one transaction.

use crate::cluster::change_by;
use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::{n, s};
use crate::keys;
use crate::settle::removal;
use crate::settlement::{Settlement, json};
use crate::share::let_go;
use crate::step::with_data;
use crate::store::Store;
use crate::task::{Finish, HOOKED, Task, finish};
use crate::template::{check_usable, referenced_by};
use crate::transaction::{Transacted, Write};
use crate::view::{MEMBER_ENDS, PLACINGS};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::event::Event;
use coppice_domain::ids::{ActionId, ClusterId, NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use serde_json::Value;

/// How a requested action on a node begins.
#[derive(Clone, Copy, Debug)]
pub struct NodeBegin<'a> {
    /// The status the node has meanwhile, and why; none for the one it has.
    pub status: Option<(NodeStatus, &'a str)>,
    /// A profile that is reserved for the node.
    pub profile: Option<ProfileId>,
    /// The plan.
    pub work: &'a Value,
    /// What policies decided, for the action's record; none for what it says.
    pub data: Option<&'a JsonMap>,
    /// Where policies have the node made; none where they do not say.
    pub placing: Option<Placing<'a>>,
    /// The event that belongs to the beginning.
    pub event: &'a Event,
}

/// A place that policies give a member by where the others are.
#[derive(Clone, Copy, Debug)]
pub struct Placing<'a> {
    /// The cluster.
    pub cluster: ClusterId,
    /// How many had been given a place when the others were read: one more since, and it may be that one's.
    pub seen: i64,
    /// The node's data, with its place.
    pub data: &'a JsonMap,
}

/// Whether an action on a node began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It did.
    Done,
    /// It did not: another member was given a place meanwhile, and may have taken this one's.
    Overtaken,
    /// It did not: the task or the node was lost.
    Lost,
}

/// How a requested action on a node ends.
#[derive(Clone, Copy, Debug)]
pub struct NodeFinish<'a> {
    /// The node as read.
    pub node: &'a Node,
    /// What becomes of it.
    pub fate: NodeFate<'a>,
    /// Whether it has a member record.
    pub member: bool,
    /// The cluster it is a member of, as read and as it shall be; the same where nothing is to change.
    pub cluster: Option<(&'a Cluster, &'a Cluster)>,
    /// How many members' actions had ended when the cluster was judged by its members; none where it was not.
    pub judged_at: Option<i64>,
    /// What policies decided, if that has not been recorded yet.
    pub data: Option<&'a JsonMap>,
    /// What happened: the end, and the beginning if that has not been recorded yet.
    pub events: &'a [Event],
    /// The end.
    pub end: &'a Finish,
}

/// What becomes of a node at the end of an action on it.
#[derive(Clone, Copy, Debug)]
pub enum NodeFate<'a> {
    /// It is settled.
    Settled(&'a Settlement),
    /// Its record goes.
    Removed,
}

impl Store {
    /// Begins a requested action on a node: its plan is saved, the node takes the status it has meanwhile,
    /// and the event is recorded, as one.
    ///
    /// # Errors
    /// When the store fails; the step may then have taken effect.
    pub async fn node_begin(
        &self,
        task: &Task,
        node: &Node,
        begin: NodeBegin<'_>,
    ) -> Result<Begun, StoreError> {
        let NodeBegin { status, profile, work, data, placing, event } = begin;
        let id = task.action.id;
        let save = Write::update(keys::action(id)).set("work", s(work.to_string())).remove("attempts");
        // From now on no hook holds it up.
        let save = with_data(save.remove(HOOKED), data);
        let mut own = Write::update(keys::node(node.id)).if_equals("active_action", s(id.to_string()));
        let mut writes = vec![task.fenced(save)];
        match status {
            Some((status, reason)) => {
                own = own.set("status", s(status.name())).set("status_reason", s(reason));
                if let Some(cluster) = node.cluster_id {
                    let member = Write::update(keys::member(cluster, node.id)).set("st", s(status.name()));
                    writes.push(member.if_exists());
                }
            }
            // Nothing shows of it: the holder is written once more, so that the condition can stand.
            None => own = own.set("active_action", s(id.to_string())),
        }
        // The first write is the cluster's, if there is one: it says whether the place is still free.
        if let Some(Placing { cluster, seen, data }) = placing {
            own = own.set("data", json(data)?);
            let head = Write::update(keys::cluster(cluster)).add(PLACINGS, 1).if_exists();
            writes.insert(0, head.if_is(PLACINGS, (seen != 0).then(|| n(seen))));
        }
        writes.push(own);
        if let Some(profile) = profile {
            writes.push(check_usable::<Profile>(profile));
            writes.push(referenced_by::<Profile>(profile.uuid(), crate::Kind::Node, node.id.uuid())?);
        }
        writes.extend(self.event_put(Some(event))?);
        Ok(match self.transact(writes, None).await? {
            Transacted::Done => Begun::Done,
            Transacted::Refused(unmet) => {
                let mut unmet = unmet.iter().map(Option::is_some);
                let place = placing.is_some() && unmet.next() == Some(true);
                if place && !unmet.any(|unmet| unmet) { Begun::Overtaken } else { Begun::Lost }
            }
        })
    }

    /// Gives back the reference to a profile that was reserved for a node when the task, which updates it,
    /// began. Harmless when there is none, or when the task was lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn give_back(&self, task: &Task, node: NodeId, profile: ProfileId) -> Result<(), StoreError> {
        let reserved = keys::reference(Kind::Profile, profile.uuid(), Kind::Node, node.uuid());
        self.transact(vec![task.held(), Write::delete(reserved)], None).await.map(|_| ())
    }

    /// Ends a requested action on a node, with what becomes of the node and its cluster, as one; `false` when
    /// the task, the node or the cluster is not as it was read.
    ///
    /// # Errors
    /// When the store fails; the end may then have taken effect.
    pub async fn finish_node_task(
        &self,
        task: &Task,
        ending: NodeFinish<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = task.action.id;
        let mut writes = vec![task.fenced(with_data(finish(id, ending.end), ending.data))];
        let node = ending.node;
        let cluster = node.cluster_id.filter(|_| ending.member);
        match ending.fate {
            NodeFate::Settled(settlement) => {
                writes.push(settlement.node_write(node.id, id, now)?);
                writes.extend(settlement.reference_writes(node)?);
                if let Some(cluster) = cluster {
                    writes.push(match settlement.place {
                        None => settlement.member_write(cluster, node.id, None),
                        Some(_) => Write::delete(keys::member(cluster, node.id)),
                    });
                }
            }
            NodeFate::Removed => {
                writes.extend(removal(node, id));
                if let Some(cluster) = cluster {
                    writes.push(Write::delete(keys::member(cluster, node.id)));
                }
            }
        }
        if let Some((before, after)) = ending.cluster {
            writes.extend(release(before, after, id, ending.judged_at)?);
        }
        for event in ending.events {
            writes.extend(self.event_put(Some(event))?);
        }
        Ok(matches!(self.transact(writes, None).await?, Transacted::Done))
    }
}

/// The writes that let the shared hold go and, where the cluster changes, change it on condition that it is
/// as it was read and that no cluster action has taken it over. Where the cluster was judged by its members,
/// also on condition that no action on one of them has ended since: of several that end together the last one
/// sees what became of all.
fn release(
    before: &Cluster,
    after: &Cluster,
    action: ActionId,
    judged_at: Option<i64>,
) -> Result<Vec<Write>, StoreError> {
    let mut own = let_go(before.id, action).add(MEMBER_ENDS, 1);
    if let Some(ends) = judged_at {
        own = own.if_is(MEMBER_ENDS, (ends != 0).then(|| n(ends)));
    }
    if before == after {
        return Ok(vec![own.if_exists()]);
    }
    // An action that ends before it had its turn has no hold to show: that no cluster action has one is enough.
    let own = own.if_lacks("active_action").if_equals("desired_capacity", n(before.sizes.desired_capacity));
    change_by(own, before, after)
}
