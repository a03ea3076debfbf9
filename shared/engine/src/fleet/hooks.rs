//! Lifecycle hooks: whoever looks after a node is told before it goes, and may take its time
//! (spec engine-actions §11).
//!
//! The action derived for the node waits for its hook. Whoever is told completes it; else its time runs out,
//! counted from when the first owner of its batch was told. Telling is at least once: how far it got is saved after it.

use super::Run;
use crate::lifecycle::notice;
use crate::work::Hook;
use coppice_domain::action::{Action, ActionStatus, Cause};
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::receiver::hook_mailbox;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::collections::HashSet;

/// Nodes whose owners are told between two looks at what has been told.
const AT_ONCE: usize = 64;

impl Run<'_> {
    pub(super) fn hook(&self) -> Option<&Hook> {
        self.work.plan.as_ref()?.pace.hook.as_ref()
    }

    /// The same derived action, waiting for its hook unless its node does not run: that needs no farewell.
    pub(super) fn hooked(&self, child: Action) -> Action {
        let target = NodeId::new(child.target);
        let runs = |member: &&Member| member.node == target && member.status == NodeStatus::Active;
        let status = match self.view.members.iter().find(runs) {
            Some(_) => ActionStatus::WaitingLifecycleCompletion,
            None => child.status,
        };
        Action { cause: Cause::DerivedWithHook, status, ..child }
    }

    /// Tells the owners of nodes that are registered and have not been told. Whom the queue service does not
    /// let tell now is told later; the hook's time runs all the same.
    pub(super) async fn tell(&mut self) -> Result<(), StoreError> {
        loop {
            let Some(plan) = &mut self.work.plan else { return Ok(()) };
            let (Some(hook), Some(assignment)) = (&mut plan.pace.hook, &plan.assignment) else {
                return Ok(());
            };
            if hook.told >= assignment.registered {
                return Ok(());
            }
            if hook.told_of != assignment.registered {
                // Another batch: its owners have as much time as those before.
                (hook.told_of, hook.told_at) = (assignment.registered, Some(self.worker.env.now()));
            }
            let (hook, assignment) = (hook.clone(), assignment.clone());
            let most = AT_ONCE.min(assignment.registered - hook.told);
            let ids = self.places(&assignment, hook.told, most).await?;
            let told = hook.told + ids.len();
            let nodes: Vec<NodeId> = ids.into_iter().map(NodeId::new).collect();
            if nodes.is_empty() || !self.tell_of(&nodes, &hook).await? {
                return Ok(());
            }
            if let Some(hook) = self.work.plan.as_mut().and_then(|plan| plan.pace.hook.as_mut()) {
                hook.told = told;
            }
        }
    }

    /// Tells the owners of these nodes; `false` when the queue service did not take it.
    async fn tell_of(&self, nodes: &[NodeId], hook: &Hook) -> Result<bool, StoreError> {
        let waiting = self.waiting(nodes).await?;
        let records: Vec<Node> = self.worker.env.store.get_many(nodes).await?;
        let mailbox = hook_mailbox(&self.task.action.project, &hook.queue);
        for node in records.iter().filter(|node| waiting.contains(&self.child(node.id))) {
            let notice = notice(self.child(node.id), node);
            if let Err(error) = self.worker.env.mailboxes.send(&mailbox, &notice).await {
                tracing::warn!(
                    action.id = %self.task.action.id, node.id = %node.id, error = %error,
                    "lifecycle hook not told; it will be tried again"
                );
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Those of the actions derived for these nodes that wait for their hooks.
    pub(super) async fn waiting(&self, nodes: &[NodeId]) -> Result<HashSet<ActionId>, StoreError> {
        let children: Vec<ActionId> = nodes.iter().map(|node| self.child(*node)).collect();
        let children: Vec<Action> = self.worker.env.store.get_many(&children).await?;
        let waits = |child: &Action| child.status == ActionStatus::WaitingLifecycleCompletion;
        Ok(children.into_iter().filter(waits).map(|child| child.id).collect())
    }

    /// Those of these members that their hooks hold up. Where a hook's time is up, its action goes on.
    pub(super) async fn held(&self, batch: &[Member], now: Timestamp) -> Result<HashSet<NodeId>, StoreError> {
        let Some(hook) = self.hook() else { return Ok(HashSet::new()) };
        let nodes: Vec<NodeId> = batch.iter().map(|member| member.node).collect();
        let waiting = self.waiting(&nodes).await?;
        let mut held: HashSet<NodeId> =
            nodes.into_iter().filter(|node| waiting.contains(&self.child(*node))).collect();
        if hook.until().is_none_or(|until| until <= now) {
            for node in held.drain() {
                self.worker.env.store.task_release(self.child(node), "", None).await?;
            }
        }
        Ok(held)
    }

    /// Until when pending nodes are held up by a hook of which everybody was told; none if they are not.
    pub(crate) fn held_until(&self) -> Option<Timestamp> {
        let plan = self.work.plan.as_ref()?;
        let (hook, assignment) = (plan.pace.hook.as_ref()?, plan.assignment.as_ref()?);
        let told = hook.told >= assignment.registered;
        hook.until().filter(|until| told && *until > self.worker.env.now())
    }
}
