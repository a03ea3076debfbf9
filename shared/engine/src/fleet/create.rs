//! Making nodes: see what the backend has, ask for what is missing, settle what is ready.

use super::{Moved, Run, Tally, look_through};
use crate::jobs::{VANISHED_AFTER, bare, request, token};
use coppice_compute::{
    ComputeError, Consequence, Deletion, Filter, Instance, InstanceState, Token, adoptable, ensure_created,
    list_all,
};
use coppice_domain::cluster::Member;
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_store::{InstanceChange, Settled, Settlement, StoreError};
use std::collections::HashMap;

/// The instances an action has made, by node.
pub(super) type Seen = HashMap<NodeId, Vec<Instance>>;

impl Run<'_> {
    /// What the backend shows of this action's instances: one list for all its nodes. Nothing has been
    /// asked for when every pending node was registered under this claim, so there is nothing to see.
    pub(super) async fn instances(&self, tally: &mut Tally) -> Option<Seen> {
        if self.pending().all(|member| self.known.contains_key(&member.node)) {
            return Some(Seen::new());
        }
        let filter = Filter::Action(self.task.action.id);
        match list_all(self.worker.env.compute.as_ref(), filter).await {
            Ok(instances) => Some(by_node(instances)),
            Err(error) => {
                tracing::info!(action.id = %self.task.action.id, error = %error, "backend not listed");
                tally.add(vec![put_off(&error)]);
                None
            }
        }
    }

    /// Whether all that is pending is instances that the backend shows as still being built.
    pub(crate) async fn all_building(&self) -> bool {
        if !self.parted().1.is_empty() {
            return false;
        }
        let filter = Filter::Action(self.task.action.id);
        let Ok(instances) = list_all(self.worker.env.compute.as_ref(), filter).await else { return false };
        let seen = by_node(instances);
        let mut pending = self.pending().peekable();
        pending.peek().is_some()
            && pending.all(|member| {
                let adopted = seen
                    .get(&member.node)
                    .and_then(|instances| adoptable(instances, &self.token(member.node)));
                adopted.is_some_and(|instance| instance.state == InstanceState::Building)
            })
    }

    /// Looks at each of these nodes once.
    pub(super) async fn create_all(
        &self,
        batch: &[Member],
        seen: &Seen,
        profile: Option<&Profile>,
    ) -> Result<Vec<Moved>, StoreError> {
        let unseen: Vec<NodeId> = batch
            .iter()
            .map(|member| member.node)
            .filter(|node| !seen.contains_key(node) && !self.known.contains_key(node))
            .collect();
        let read: Vec<Node> = self.worker.env.store.get_many(&unseen).await?;
        let read: HashMap<NodeId, Node> = read.into_iter().map(|node| (node.id, node)).collect();
        let looks = batch.iter().map(|member| async {
            let node = member.node;
            if let Some(instances) = seen.get(&node) {
                return self.look_at(node, instances).await;
            }
            match self.known.get(&node).or_else(|| read.get(&node)) {
                Some(record) => self.ask_for(record, profile).await,
                None => Ok(Moved::Superseded),
            }
        });
        let looks: Vec<_> = looks.collect();
        look_through(looks, self.worker.env.settings.concurrency).await
    }

    /// The backend shows instances of this node.
    async fn look_at(&self, node: NodeId, instances: &[Instance]) -> Result<Moved, StoreError> {
        match adoptable(instances, &self.token(node)) {
            Some(instance) => self.take(node, instance, false).await,
            None => Ok(Moved::Waits),
        }
    }

    /// Nothing is seen of this node: ask for its instance, unless that has been done.
    async fn ask_for(&self, node: &Node, profile: Option<&Profile>) -> Result<Moved, StoreError> {
        if node.active_action != Some(self.child(node.id)) {
            // Settled, but its worker died before it said so to the cluster; or taken over. This changes
            // nothing of the node, and tells which.
            return self.settle(node.id, Settlement::untouched("")).await.map(moved);
        }
        if let Some(physical_id) = &node.physical_id {
            return self.ask_about(node, physical_id).await;
        }
        let Some(profile) = profile else {
            let reason = format!("The profile '{}' could not be found.", node.profile_id);
            return self.fail(node.id, &reason, None).await;
        };
        let request = match request(&self.worker.env, &self.task.action, node, profile, self.token(node.id)) {
            Ok(request) => request,
            Err(fault) => {
                return self.fail(node.id, &format!("Failed in creating server: {fault}"), None).await;
            }
        };
        match ensure_created(self.worker.env.compute.as_ref(), &request).await {
            Ok(instance) => {
                let moved = self.take(node.id, &instance, true).await?;
                if moved == Moved::Superseded && !self.claims(node.id, &instance).await? {
                    self.discard(&instance).await;
                }
                Ok(moved)
            }
            Err(error) => match error.consequence() {
                Consequence::Fail | Consequence::TryElsewhere => {
                    self.fail(node.id, &format!("Failed in creating server: {}.", bare(&error)), None).await
                }
                Consequence::RetryLater { .. } | Consequence::LookUpThenRetry => Ok(put_off(&error)),
            },
        }
    }

    /// An instance was accepted and the list does not show it: stale, or gone.
    async fn ask_about(&self, node: &Node, physical_id: &str) -> Result<Moved, StoreError> {
        match self.worker.env.compute.get(physical_id).await {
            Ok(Some(instance)) => self.take(node.id, &instance, false).await,
            Ok(None) => {
                let patience = self.worker.env.compute.staleness().max(VANISHED_AFTER);
                // It may have been asked for long after the node was recorded.
                let since = node.launched_at.unwrap_or(node.init_at);
                if self.worker.env.now().since(since) <= patience {
                    return Ok(Moved::Waits);
                }
                let reason =
                    format!("Failed in creating server: '{physical_id}' disappeared while it was built.");
                self.fail(node.id, &reason, Some(physical_id)).await
            }
            Err(error) => Ok(put_off(&error)),
        }
    }

    /// Does what an instance's state asks for. `fresh`: it was accepted just now.
    async fn take(&self, node: NodeId, instance: &Instance, fresh: bool) -> Result<Moved, StoreError> {
        let settled = match &instance.state {
            InstanceState::Active => {
                let made = Settlement::done(NodeStatus::Active, "Creation succeeded");
                self.settle(node, made.with(InstanceChange::Set(instance.id.clone()))).await?
            }
            InstanceState::Error { message } => {
                let text = message.trim_end_matches('.');
                let reason = format!("Failed in creating server: {text}.");
                let failed = Settlement::failed(reason).with(InstanceChange::Set(instance.id.clone()));
                self.settle(node, failed).await?
            }
            InstanceState::Building | InstanceState::Stopped | InstanceState::Deleting if fresh => {
                let child = self.child(node);
                let status = (NodeStatus::Creating, "Creation in progress");
                let (env, now) = (&self.worker.env, self.worker.env.now());
                env.store.node_launched(node, child, &instance.id, status, now).await?
            }
            InstanceState::Building | InstanceState::Stopped | InstanceState::Deleting => {
                return Ok(Moved::Waits);
            }
        };
        Ok(moved(settled))
    }

    async fn fail(&self, node: NodeId, reason: &str, physical_id: Option<&str>) -> Result<Moved, StoreError> {
        let instance = physical_id.map_or(InstanceChange::Keep, |id| InstanceChange::Set(id.to_owned()));
        self.settle(node, Settlement::failed(reason).with(instance)).await.map(moved)
    }

    /// Whether a node has this instance: a worker that took over may have gone further with it.
    async fn claims(&self, node: NodeId, instance: &Instance) -> Result<bool, StoreError> {
        let node: Option<Node> = self.worker.env.store.get(node).await?;
        Ok(node.is_some_and(|node| node.physical_id.as_deref() == Some(&instance.id)))
    }

    /// Deletes an instance whose node was taken over while it was asked for. If this fails, the search
    /// for unclaimed instances finds it.
    async fn discard(&self, instance: &Instance) {
        match self.worker.env.compute.delete(&instance.id).await {
            Ok(Deletion::Gone | Deletion::Underway) => {}
            Err(error) => tracing::info!(
                action.id = %self.task.action.id, instance.id = %instance.id, error = %error,
                "unclaimed instance left to the leak sweep"
            ),
        }
    }

    pub(super) fn token(&self, node: NodeId) -> Token {
        token(self.task.action.id, node)
    }
}

/// Groups instances by the node they were made for.
pub(crate) fn by_node(instances: Vec<Instance>) -> Seen {
    let mut seen = Seen::new();
    for instance in instances {
        if let Some(node) = instance.node() {
            seen.entry(node).or_default().push(instance);
        }
    }
    seen
}

#[expect(clippy::needless_pass_by_value, reason = "what is left of it does not matter")]
pub(super) fn moved(settled: Settled) -> Moved {
    match settled {
        Settled::Done | Settled::Earlier(..) => Moved::On,
        Settled::Overtaken => Moved::Waits,
        Settled::Superseded | Settled::Gone => Moved::Superseded,
    }
}

/// What a failed call that may be repeated means for this round.
pub(super) fn put_off(error: &ComputeError) -> Moved {
    match error.consequence() {
        Consequence::RetryLater { after } => Moved::Throttled(after),
        Consequence::Fail | Consequence::TryElsewhere | Consequence::LookUpThenRetry => Moved::Waits,
    }
}
