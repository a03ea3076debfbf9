//! Working on the nodes of an assignment: one look at each, and what follows is written down.

use super::{Moved, Run};
use super::{create::moved, look_through};
use crate::dispatch::end;
use crate::jobs::{Hand, Job, Step};
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_store::{Settled, Settlement, StoreError};
use std::borrow::Cow;
use std::collections::HashMap;

impl Run<'_> {
    /// Looks at each of these nodes once.
    pub(super) async fn employ_all(&self, batch: &[Member], job: &Job) -> Result<Vec<Moved>, StoreError> {
        let ids: Vec<NodeId> = batch.iter().map(|member| member.node).collect();
        let nodes: Vec<Node> = self.worker.env.store.get_many(&ids).await?;
        let profiles = self.profiles(job, &nodes).await?;
        let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
        let looks: Vec<_> = batch
            .iter()
            .map(|member| async { self.employ(member, nodes.get(&member.node), job, &profiles).await })
            .collect();
        look_through(looks, self.worker.env.settings.concurrency).await
    }

    /// The profiles that a job on these nodes needs.
    async fn profiles(&self, job: &Job, nodes: &[Node]) -> Result<HashMap<ProfileId, Profile>, StoreError> {
        if !job.needs_profile() {
            return Ok(HashMap::new());
        }
        let mut ids: Vec<ProfileId> = match job {
            Job::Update(update) => update.profile.into_iter().collect(),
            _ => nodes.iter().map(|node| node.profile_id).collect(),
        };
        ids.sort();
        ids.dedup();
        let found: Vec<Profile> = self.worker.env.store.get_many(&ids).await?;
        Ok(found.into_iter().map(|profile| (profile.id, profile)).collect())
    }

    async fn employ(
        &self,
        member: &Member,
        node: Option<&Node>,
        job: &Job,
        profiles: &HashMap<ProfileId, Profile>,
    ) -> Result<Moved, StoreError> {
        let Some(node) = node else {
            // Its record is gone, but its worker died before it said so.
            return self.forget(member.node).await;
        };
        let holder = self.child(node.id);
        if node.active_action != Some(holder) {
            // Settled, or taken over: this changes nothing of the node, and tells which.
            return self
                .settle_for(self.task.action.id, node.id, Some(node), job, Settlement::untouched(""))
                .await
                .map(moved);
        }
        let node = match self.begin(node, job, holder).await? {
            Ok(node) => node,
            Err(Settled::Gone) => return self.forget(node.id).await,
            Err(other) => return Ok(moved(other)),
        };
        let node = node.as_ref();
        let profile = match job {
            Job::Update(update) => update.profile.and_then(|id| profiles.get(&id)),
            _ => profiles.get(&node.profile_id),
        };
        let hand = Hand { env: &self.worker.env, action: &self.task.action, holder, profile };
        let store = &self.worker.env.store;
        let own = match job {
            Job::Join { cluster, .. } => Job::Join { cluster: *cluster, index: member.index },
            other => other.clone(),
        };
        match hand.work(&own, node).await {
            Step::Settle(settlement) => {
                self.settle_for(self.task.action.id, node.id, Some(node), job, *settlement).await.map(moved)
            }
            Step::Removed => match store.node_remove(node, holder).await? {
                Settled::Done | Settled::Earlier(..) | Settled::Gone => self.forget(node.id).await,
                Settled::Overtaken | Settled::Superseded => Ok(Moved::Superseded),
            },
            Step::Condemned => store.node_condemn(node.id, holder).await.map(moved),
            Step::Launched(instance) => {
                let (status, reason) = job.status().unwrap_or((node.status, node.status_reason.clone()));
                let now = self.worker.env.now();
                store.node_launched(node.id, holder, &instance, (status, &reason), now).await.map(moved)
            }
            Step::Waits => Ok(Moved::Waits),
            Step::PutOff(after) => Ok(Moved::Throttled(after)),
        }
    }

    /// The node as it is when something is about to be done to it for the first time, which its status says: so
    /// that one whose turn has not come is as it was, should the action be given up.
    async fn begin<'n>(
        &self,
        node: &'n Node,
        job: &Job,
        holder: ActionId,
    ) -> Result<Result<Cow<'n, Node>, Settled>, StoreError> {
        // One that waits to be made stays what it is, whatever is said of it.
        let begins = !job.has_begun(node) && node.status != NodeStatus::Init;
        let Some((status, reason)) = job.status().filter(|_| begins) else {
            return Ok(Ok(Cow::Borrowed(node)));
        };
        Ok(match self.worker.env.store.node_works(node.id, holder, (status, &reason)).await? {
            Settled::Done => Ok(Cow::Owned(Node { status, status_reason: reason, ..node.clone() })),
            other => Err(other),
        })
    }

    /// Ends the derived action and forgets the member: the node's record is gone.
    async fn forget(&self, id: NodeId) -> Result<Moved, StoreError> {
        self.forget_for(self.task.action.id, id).await
    }

    /// The same, for a node that was pending for `holder`.
    pub(super) async fn forget_for(&self, holder: ActionId, id: NodeId) -> Result<Moved, StoreError> {
        let store = &self.worker.env.store;
        let finish =
            end(ActionStatus::Succeeded, "", self.worker.env.now(), self.worker.env.settings.retention);
        let child = self.child_of(holder, id);
        store.finish_child(child, self.started, &finish).await?;
        store.member_remove(self.view.cluster.id, id, Some(holder)).await?;
        Ok(Moved::On)
    }
}
