//! The nodes of one cluster action: registered in steps, driven through the backend, settled one by one.

mod abandon;
mod create;
mod employ;
mod front;
mod hooks;
mod pace;
mod pool;
mod register;

pub(crate) use abandon::Abandoned;
pub(crate) use front::Fronted;

use crate::actions::Reads;
use crate::dispatch::end;
use crate::jobs::Job;
use crate::machine::Worker;
use crate::work::{Creation, Work};
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::policies::Data;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, NodeChanges, Settled, Settlement, StoreError, Task, child};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};
use std::future::{Future, ready};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One claim's work on one action.
pub(crate) struct Run<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) task: &'a Task,
    /// The cluster and its members, as last read or written.
    pub(crate) view: ClusterView,
    pub(crate) work: Work,
    /// What else the decision was made from; only while it is made.
    pub(crate) reads: Reads,
    /// What the cluster's policies decided; only while the action begins.
    pub(crate) decided: Data,
    /// Nodes registered under this claim: known without being read.
    known: HashMap<NodeId, Node>,
    /// Until when the claim lasts.
    lease_until: Timestamp,
    started: Timestamp,
}

/// How driving the pending nodes went.
pub(crate) enum Driven {
    /// Every pending node was looked at, or time for this claim ran out.
    Through {
        /// Whether anything moved.
        progress: bool,
        /// The backend asked to be left alone this long.
        not_before: Option<Duration>,
        /// The claim's time is up; there is more to do at once.
        out_of_time: bool,
    },
    /// The claim, or the cluster, was lost.
    Lost,
}

/// What looking at one node led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It is settled, or got further.
    On,
    /// It waits for the backend.
    Waits,
    /// The backend asks to be left alone.
    Throttled(Option<Duration>),
    /// Another action took it over.
    Superseded,
}

/// Nodes looked at between two renewals of the claim.
const BETWEEN_RENEWALS: usize = 64;

/// Why what is under way is given up when the time of its action is up.
pub(crate) const OUT_OF_TIME: &str = "The action ran out of time.";

impl<'a> Run<'a> {
    pub(crate) fn new(worker: &'a Worker, task: &'a Task, view: ClusterView, work: Work) -> Self {
        let now = worker.env.now();
        let lease_until = task.lease_until.unwrap_or(now);
        Self {
            worker,
            task,
            view,
            work,
            reads: Reads::default(),
            decided: Data::default(),
            known: HashMap::new(),
            lease_until,
            started: now,
        }
    }

    /// The members this action is still making or removing.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Member> {
        let own = self.task.action.id;
        self.view.members.iter().filter(move |member| member.pending == Some(own))
    }

    pub(crate) fn child(&self, node: NodeId) -> ActionId {
        child(self.task.action.id, self.work.phase, node)
    }

    /// What the plan has to be done to nodes that are there already.
    fn job(&self) -> Option<&Job> {
        Some(&self.work.plan.as_ref()?.assignment.as_ref()?.job)
    }

    /// The pending members, apart: those being made, and those being worked on.
    fn parted(&self) -> (Vec<Member>, Vec<Member>) {
        let creation = self.work.plan.as_ref().and_then(|plan| plan.creation);
        let made: HashSet<NodeId> = creation
            .into_iter()
            .flat_map(|creation| (0..creation.count).map(|place| Creation::node(self.task.action.id, place)))
            .collect();
        self.pending().copied().partition(|member| made.contains(&member.node))
    }

    /// The action that `holder` derived for a member that is pending for it.
    fn child_of(&self, holder: ActionId, node: NodeId) -> ActionId {
        let member =
            self.view.members.iter().find(|member| member.node == node && member.pending == Some(holder));
        child(holder, member.map_or(self.work.phase, |member| member.phase), node)
    }

    /// Looks at every pending node once. When the action's time is up, gives them up instead.
    pub(crate) async fn drive(&mut self, timed_out: bool) -> Result<Driven, StoreError> {
        if timed_out {
            let abandoned = Box::pin(self.abandon(OUT_OF_TIME, ActionStatus::Failed)).await?;
            let through = |out_of_time| Driven::Through { progress: true, not_before: None, out_of_time };
            return Ok(match abandoned {
                Abandoned::All => through(false),
                Abandoned::Some => through(true),
                Abandoned::Lost => Driven::Lost,
            });
        }
        let (creating, employed) = self.parted();
        let mut tally = Tally::default();
        let seen = if creating.is_empty() { None } else { self.instances(&mut tally).await };
        let profile = match &seen {
            Some(_) => self.worker.env.store.get(self.view.cluster.profile_id).await?,
            None => None,
        };
        for batch in creating.chunks(BETWEEN_RENEWALS).take_while(|_| seen.is_some()) {
            if !self.renew().await? {
                return Ok(Driven::Lost);
            }
            let Some(seen) = &seen else { break };
            tally.add(self.create_all(batch, seen, profile.as_ref()).await?);
            if tally.ends_claim(self) {
                return Ok(tally.driven());
            }
        }
        self.tell().await?;
        let job = self.job().cloned();
        for batch in employed.chunks(BETWEEN_RENEWALS) {
            if !self.renew().await? {
                return Ok(Driven::Lost);
            }
            let Some(job) = &job else { break };
            let held = self.held(batch, self.worker.env.now()).await?;
            let free: Vec<Member> =
                batch.iter().filter(|member| !held.contains(&member.node)).copied().collect();
            tally.add(self.employ_all(&free, job).await?);
            if tally.ends_claim(self) {
                return Ok(tally.driven());
            }
        }
        Ok(tally.driven())
    }

    /// Settles a node that was to be made.
    pub(crate) async fn settle(&self, node: NodeId, settlement: Settlement) -> Result<Settled, StoreError> {
        self.settle_for(self.task.action.id, node, None, &Job::Create, settlement).await
    }

    /// Settles a node: node, derived action, member, in this order, so that a death in between leaves it
    /// pending and the three can be written again.
    pub(crate) async fn settle_for(
        &self,
        holder: ActionId,
        id: NodeId,
        node: Option<&Node>,
        job: &Job,
        settlement: Settlement,
    ) -> Result<Settled, StoreError> {
        let store = &self.worker.env.store;
        let (child, now) = (self.child_of(holder, id), self.worker.env.now());
        let settled = if parts(job, settlement.ended) {
            self.part(holder, id, child, &settlement).await?
        } else {
            store.node_settle(id, node, child, &settlement, now).await?
        };
        let settlement = match &settled {
            Settled::Done => settlement,
            // What follows must say what the node says, whoever wrote it.
            Settled::Earlier(ended, reason) => match store.get::<Node>(id).await? {
                Some(node) => Settlement {
                    status: Some(node.status),
                    changes: NodeChanges { tainted: Some(node.tainted), ..settlement.changes.clone() },
                    ..settlement.ending(*ended, reason)
                },
                None => return Ok(Settled::Superseded),
            },
            Settled::Gone => {
                // Removed, but its worker died before it said so.
                self.forget_for(holder, id).await?;
                return Ok(settled);
            }
            Settled::Overtaken | Settled::Superseded => return Ok(settled),
        };
        // A former holder may have died before the member's record said what the node says.
        let settlement = match (settlement.unbegun, node) {
            (Some(_), Some(node)) => Settlement { status: Some(node.status), ..settlement },
            _ => settlement,
        };
        let (ended, reason) = (settlement.ended, settlement.ended_reason.as_str());
        if parts(job, ended) {
            // All of it was one write.
            return Ok(settled);
        }
        let finish = end(ended, reason, now, self.worker.env.settings.retention);
        store.finish_child(child, self.started, &finish).await?;
        store.member_settle(self.view.cluster.id, id, &settlement, holder).await?;
        Ok(settled)
    }

    /// Settles a node that is no member from now on, with all that follows, as one.
    async fn part(
        &self,
        holder: ActionId,
        id: NodeId,
        child: ActionId,
        settlement: &Settlement,
    ) -> Result<Settled, StoreError> {
        let store = &self.worker.env.store;
        let Some(node) = store.get::<Node>(id).await? else { return Ok(Settled::Gone) };
        let (now, retention) = (self.worker.env.now(), self.worker.env.settings.retention);
        let end = end(settlement.ended, &settlement.ended_reason, now, retention);
        let member = (self.view.cluster.id, holder);
        store.node_parts(member, &node, (child, &end), settlement, self.started).await
    }

    /// Renews the claim when a third of it has passed; `false` when it was lost.
    async fn renew(&mut self) -> Result<bool, StoreError> {
        let remaining = self.lease_until.since(self.worker.env.now());
        if remaining > self.worker.env.settings.lease.mul_f64(2.0 / 3.0) {
            Ok(true)
        } else {
            self.save().await
        }
    }

    /// Saves how far the action is, and renews the claim; `false` when it was lost.
    pub(crate) async fn save(&mut self) -> Result<bool, StoreError> {
        let env = &self.worker.env;
        self.lease_until = env.now().plus(env.settings.lease);
        env.store.task_save(self.task, &self.work.saved()?, self.lease_until).await
    }
}

/// Looks at nodes, some at a time, until the backend asks to be left alone: what is under way then is seen
/// through, and nothing else is begun.
async fn look_through<L>(looks: Vec<L>, at_once: usize) -> Result<Vec<Moved>, StoreError>
where
    L: Future<Output = Result<Moved, StoreError>>,
{
    let left_alone = AtomicBool::new(false);
    let looks = stream::iter(looks).take_while(|_| ready(!left_alone.load(Ordering::Relaxed)));
    let moves = looks.buffer_unordered(at_once).inspect_ok(|moved| {
        if matches!(moved, Moved::Throttled(_)) {
            left_alone.store(true, Ordering::Relaxed);
        }
    });
    moves.try_collect().await
}

/// Whether a node is no member after a job that ended so: it left, or did not join after all.
fn parts(job: &Job, ended: ActionStatus) -> bool {
    match job {
        Job::Join { .. } => ended != ActionStatus::Succeeded,
        Job::Leave => ended == ActionStatus::Succeeded,
        _ => false,
    }
}

#[derive(Default)]
struct Tally {
    progress: bool,
    throttled: bool,
    not_before: Option<Duration>,
    superseded: bool,
    out_of_time: bool,
}

impl Tally {
    fn add(&mut self, moves: Vec<Moved>) {
        for moved in moves {
            match moved {
                Moved::On => self.progress = true,
                Moved::Waits => {}
                Moved::Throttled(after) => {
                    self.throttled = true;
                    self.not_before = self.not_before.max(after);
                }
                Moved::Superseded => self.superseded = true,
            }
        }
    }

    /// Whether to stop before the rest: the cluster is lost, the backend wants peace, or others wait.
    fn ends_claim(&mut self, run: &Run<'_>) -> bool {
        self.out_of_time = run.worker.env.now().since(run.started) > run.worker.env.settings.turn;
        self.superseded || self.throttled || self.out_of_time
    }

    fn driven(&self) -> Driven {
        if self.superseded {
            return Driven::Lost;
        }
        let out_of_time = self.out_of_time && !self.throttled;
        Driven::Through { progress: self.progress, not_before: self.not_before, out_of_time }
    }
}
