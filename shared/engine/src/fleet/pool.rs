//! The nodes of a plan and the pool of the cluster's load balancer: who is to be taken out leaves it before
//! anything else happens, and who has come joins it at the end (spec engine-policies §6). A balancer takes one
//! change at a time, so nodes are dealt with one after the other, and how many have been is saved: what a node
//! costs does not depend on how many there are.

use super::{Fronted, Run};
use crate::front::{Balanced, Reached, leave};
use crate::jobs::Job;
use crate::work::{Assignment, Creation, Plan, Pooled, note};
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::policies::load_balance::{
    NOT_ADDED, NOT_REMOVED, bound, left, member, moves, not_removed,
};
use coppice_domain::time::Timestamp;
use coppice_store::{Note, StoreError};

/// Nodes read between two renewals of the claim.
const AT_ONCE: usize = 25;

impl Run<'_> {
    /// How the nodes of a plan stand with the pool; none where the plan does not concern it, or there is none.
    pub(crate) fn pooled(&self, plan: &Plan, now: Timestamp) -> Option<Pooled> {
        let binding = bound(&self.view.bindings)?;
        crate::front::known(binding).pool?;
        let moves = moves(self.task.action.kind);
        let last =
            plan.assignment.as_ref().map(|assignment| assignment.then.last().unwrap_or(&assignment.job));
        let leaves = moves.out && last.is_some_and(|job| matches!(job, Job::Remove | Job::Leave));
        let comes = plan.creation.is_some()
            || last.is_some_and(|job| matches!(job, Job::Join { .. } | Job::Recover(_)));
        // Who does not count adds nobody; who is in the pool leaves it before it goes, all the same.
        let joins = moves.into && comes && binding.enabled;
        let leaving = leaves.then_some(self.view.cluster.sizes);
        (leaves || joins).then(|| Pooled::new(leaving, joins, now))
    }

    fn pool(&self) -> Option<&Pooled> {
        self.work.plan.as_ref()?.pool.as_ref()
    }

    fn pool_mut(&mut self) -> Option<&mut Pooled> {
        self.work.plan.as_mut()?.pool.as_mut()
    }

    /// Whether nodes are leaving the pool, and nothing else has happened to them yet.
    pub(crate) fn is_leaving(&self) -> bool {
        self.pool().is_some_and(|pool| pool.leaving.is_some())
    }

    /// Why nothing is taken out after all, if so.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.pool()?.refused.as_deref()
    }

    /// Takes nothing out after all, for this reason.
    pub(crate) fn refuse(&mut self, reason: &str) {
        let now = self.worker.env.now();
        if let Some(pool) = self.pool_mut().filter(|pool| pool.refused.is_none()) {
            pool.refused = Some(reason.to_owned());
            pool.since = now;
        }
    }

    /// Those that had left, and are still there when the action is given up, are to join again; whether there may be
    /// any.
    pub(crate) fn take_back(&mut self, reason: &str) -> bool {
        if self.pool().is_none_or(|pool| pool.leaving.is_some() || pool.left == 0) {
            return false;
        }
        self.refuse(reason);
        true
    }

    /// Has the nodes that are to be taken out leave the pool.
    pub(crate) async fn leave_pool(&mut self) -> Result<Fronted, StoreError> {
        if !self.is_leaving() || self.refused().is_some() {
            return Ok(Fronted::Done);
        }
        let Some(assignment) = self.work.plan.as_ref().and_then(|plan| plan.assignment.clone()) else {
            return Ok(Fronted::Done);
        };
        let env = &self.worker.env;
        let Some((balanced, pool)) = Balanced::of(env, &self.view.cluster, &self.view.bindings).await? else {
            return Ok(self.have_left(None));
        };
        loop {
            let from = self.pool().map_or(0, |pool| pool.left);
            let ids: Vec<NodeId> =
                self.places(&assignment, from, AT_ONCE).await?.into_iter().map(NodeId::new).collect();
            if ids.is_empty() {
                return Ok(self.have_left(Some(&balanced)));
            }
            if !self.renew().await? {
                return Ok(Fronted::Lost);
            }
            let nodes: Vec<Node> = self.worker.env.store.get_many(&ids).await?;
            for id in ids {
                let node = nodes.iter().find(|node| node.id == id);
                let reached = match node {
                    Some(node) => leave(&self.worker.env, &pool, node).await,
                    None => Reached::Done(()),
                };
                let stuck = match self.unless_stuck(reached, &balanced) {
                    Reached::Done(()) => {
                        if let Some(node) = node.filter(|node| member(&node.data).is_some())
                            && !self.note_data(node, &left(&node.data)).await?
                        {
                            return Ok(Fronted::Lost);
                        }
                        None
                    }
                    Reached::Waits(after) => return Ok(Fronted::Waits(after)),
                    Reached::Failed(reason) => {
                        if !self.warn(id, NOT_REMOVED, &reason).await? {
                            return Ok(Fronted::Lost);
                        }
                        Some(id)
                    }
                };
                let now = self.worker.env.now();
                if let Some(pool) = self.pool_mut() {
                    pool.one_left(stuck, now);
                }
                if self.moved(now) {
                    return Ok(Fronted::OutOfTime);
                }
            }
        }
    }

    /// Everybody has left, or was asked to.
    fn have_left(&mut self, balanced: Option<&Balanced>) -> Fronted {
        let now = self.worker.env.now();
        let stuck = self.pool().map(|pool| pool.stuck.clone()).unwrap_or_default();
        if let Some(balanced) = balanced.filter(|_| !stuck.is_empty()) {
            self.refuse(&format!("Policy check failure: {}", not_removed(&balanced.name, &stuck)));
            return Fronted::Done;
        }
        if let Some(plan) = &mut self.work.plan
            && let Some(pool) = &mut plan.pool
        {
            pool.leaving = None;
            // The grace is for who is out of the pool already.
            plan.pace.not_before = plan.pace.not_before.map(|moment| moment.plus(now.since(pool.begun)));
            plan.pace.grace_until = plan.pace.not_before;
        }
        Fronted::Done
    }

    /// Has the nodes that have come join the pool; or those that had left it, where nothing is taken out.
    pub(crate) async fn join_pool(&mut self) -> Result<Fronted, StoreError> {
        let Some(pool) = self.pool() else { return Ok(Fronted::Done) };
        if !pool.joins && pool.refused.is_none() {
            return Ok(Fronted::Done);
        }
        let env = &self.worker.env;
        let Some((balanced, pool)) = Balanced::of(env, &self.view.cluster, &self.view.bindings).await? else {
            return Ok(Fronted::Done);
        };
        loop {
            let ids = self.next_joining().await?;
            if ids.is_empty() {
                return Ok(Fronted::Done);
            }
            if !self.renew().await? {
                return Ok(Fronted::Lost);
            }
            let nodes: Vec<Node> = self.worker.env.store.get_many(&ids).await?;
            for id in ids {
                let node = nodes.iter().find(|node| node.id == id);
                // Of one that was being deleted nobody knows whether it serves.
                let fit = |node: &&Node| self.refused().is_none() || node.status != NodeStatus::Error;
                let node = node.filter(|node| node.cluster_id == Some(self.view.cluster.id)).filter(fit);
                let reached = match node {
                    Some(node) => balanced.join(&self.worker.env, &pool, node).await,
                    None => Reached::Done(None),
                };
                match (self.unless_stuck(reached, &balanced), node) {
                    (Reached::Done(member), Some(node)) => {
                        if !self.note_member(node, member.as_deref()).await? {
                            return Ok(Fronted::Lost);
                        }
                    }
                    (Reached::Done(_), None) => {}
                    (Reached::Waits(after), _) => return Ok(Fronted::Waits(after)),
                    (Reached::Failed(reason), _) => {
                        if !self.warn(id, NOT_ADDED, &reason).await? {
                            return Ok(Fronted::Lost);
                        }
                        note(&mut self.work.unpooled, Some(id));
                    }
                }
                let now = self.worker.env.now();
                if let Some(pool) = self.pool_mut() {
                    pool.one_joined(now);
                }
                if self.moved(now) {
                    return Ok(Fronted::OutOfTime);
                }
            }
        }
    }

    /// The next nodes that are to join: those made, those that became members or were recovered; or else those
    /// that had left.
    async fn next_joining(&self) -> Result<Vec<NodeId>, StoreError> {
        let (Some(plan), Some(pool)) = (&self.work.plan, self.pool()) else { return Ok(Vec::new()) };
        let made = plan.creation.map_or(0, |creation| creation.registered);
        let own = self.task.action.id;
        let first = u64::try_from(pool.joined).unwrap_or(u64::MAX);
        if first < made {
            let upto = made.min(first + AT_ONCE as u64);
            return Ok((first..upto).map(|place| Creation::node(own, place)).collect());
        }
        let Some(assignment) = &plan.assignment else { return Ok(Vec::new()) };
        let from = usize::try_from(first - made).unwrap_or(usize::MAX);
        // One more than have left: the next one may have been asked to, and be on its way.
        let count = match pool.refused {
            Some(_) => assignment.count.min(pool.left + 1),
            None => assignment.registered,
        };
        let among = Assignment { count, ..assignment.clone() };
        Ok(self.places(&among, from, AT_ONCE).await?.into_iter().map(NodeId::new).collect())
    }

    /// What is waited for longer than the policy allows has failed.
    fn unless_stuck<T>(&self, reached: Reached<T>, balanced: &Balanced) -> Reached<T> {
        let now = self.worker.env.now();
        let stuck = self.pool().is_some_and(|pool| pool.is_stuck(balanced.wanted.patience, now));
        match reached {
            Reached::Waits(_) if stuck => {
                Reached::Failed("The load balancer is not ready in time".to_owned())
            }
            reached => reached,
        }
    }

    /// Puts a node into `WARNING`; `false` when the claim was lost.
    async fn warn(&mut self, node: NodeId, warning: &str, cause: &str) -> Result<bool, StoreError> {
        tracing::warn!(
            action.id = %self.task.action.id, node.id = %node, cause, "{warning}"
        );
        for member in self.view.members.iter_mut().filter(|member| member.node == node) {
            member.status = NodeStatus::Warning;
        }
        self.write_note(node, Note { data: None, warning: Some(warning) }).await
    }

    /// Something has moved; whether the claim's time is up.
    pub(super) fn moved(&mut self, now: Timestamp) -> bool {
        self.work.polls = 0;
        now.since(self.started) > self.worker.env.settings.turn
    }
}
