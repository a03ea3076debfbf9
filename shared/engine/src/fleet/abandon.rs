//! Giving up what an action is still at: its time is up, or nobody wants it any more.

use super::{BETWEEN_RENEWALS, Run, Tally};
use crate::dispatch::end;
use crate::jobs::Job;
use coppice_compute::{Instance, adoptable};
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::Node;
use coppice_store::{InstanceChange, Settled, Settlement, StoreError};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};

/// How giving up the pending nodes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abandoned {
    /// None is pending any more.
    All,
    /// The claim's time is up; there are more.
    Some,
    /// The claim was lost.
    Lost,
}

impl Run<'_> {
    /// Gives up every pending node, and whatever the backend has made of it stays with it. That includes
    /// nodes a former holder left pending: nobody else will settle them. Nodes that nothing has been done to yet
    /// are as they were.
    pub(crate) async fn abandon(
        &mut self,
        reason: &str,
        ended: ActionStatus,
    ) -> Result<Abandoned, StoreError> {
        let (creating, employed) = self.parted();
        let employed: HashSet<NodeId> = employed.iter().map(|member| member.node).collect();
        let made = self.made_for(&creating).await;
        let pending: Vec<Member> =
            self.view.members.iter().filter(|member| member.pending.is_some()).copied().collect();
        for batch in pending.chunks(BETWEEN_RENEWALS) {
            if !self.renew().await? {
                return Ok(Abandoned::Lost);
            }
            let own = self.task.action.id;
            let there = |member: &&Member| member.pending != Some(own) || employed.contains(&member.node);
            let there: Vec<NodeId> = batch.iter().filter(there).map(|member| member.node).collect();
            let nodes: Vec<Node> = self.worker.env.store.get_many(&there).await?;
            let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
            // A deletion ends whatever was to make them.
            let resumes = self.work.supersedes.is_none();
            let (run, employed, nodes, made) = (&*self, &employed, &nodes, &made);
            let each: Vec<_> = batch
                .iter()
                .map(|member| async move {
                    let job = run.job_on(member, employed.contains(&member.node)).await?;
                    let settlement = job.given_up_on(nodes.get(&member.node), resumes, reason);
                    let settlement = match made.get(&member.node) {
                        Some(instance) => settlement.with(InstanceChange::Set(instance.clone())),
                        None => settlement,
                    };
                    run.abandon_one(member, nodes.get(&member.node), &job, settlement, (reason, ended)).await
                })
                .collect();
            let concurrency = self.worker.env.settings.concurrency;
            stream::iter(each).buffer_unordered(concurrency).try_collect::<Vec<()>>().await?;
            if Tally::default().ends_claim(self) {
                return Ok(Abandoned::Some);
            }
        }
        Ok(Abandoned::All)
    }

    /// What is being done to a pending member.
    async fn job_on(&self, member: &Member, employed: bool) -> Result<Job, StoreError> {
        let own = self.task.action.id;
        Ok(match (self.job(), member.pending) {
            (Some(job), _) if employed => job.clone(),
            (_, Some(holder)) if holder != own => self.job_of(holder, member).await?,
            _ => Job::Create,
        })
    }

    /// The instances that the backend shows as made for these nodes: one may be there whose maker died before it
    /// was noted, and nobody but its node will ever claim it.
    async fn made_for(&self, creating: &[Member]) -> HashMap<NodeId, String> {
        let mut tally = Tally::default();
        let seen = if creating.is_empty() { None } else { self.instances(&mut tally).await };
        let own = |(node, instances): (NodeId, Vec<Instance>)| {
            let instance = adoptable(&instances, &self.token(node))?.id.clone();
            Some((node, instance))
        };
        seen.into_iter().flatten().filter_map(own).collect()
    }

    async fn abandon_one(
        &self,
        member: &Member,
        node: Option<&Node>,
        job: &Job,
        settlement: Settlement,
        (reason, ended): (&str, ActionStatus),
    ) -> Result<(), StoreError> {
        let Some(holder) = member.pending else { return Ok(()) };
        let settle = |settlement: Settlement| {
            self.settle_for(holder, member.node, node, job, settlement.ending(ended, reason))
        };
        let mut settled = settle(settlement).await?;
        if settled == Settled::Overtaken {
            settled = settle(job.given_up(reason)).await?;
        }
        if settled == Settled::Superseded {
            // Another action has the node. What was derived for it here, and the claim on the member,
            // end all the same, or this action never does.
            let (store, now) = (&self.worker.env.store, self.worker.env.now());
            let child = self.child_of(holder, member.node);
            let finish = end(ended, reason, now, self.worker.env.settings.retention);
            store.finish_child(child, self.started, &finish).await?;
            store.member_let_go(self.view.cluster.id, member.node, holder).await?;
        }
        Ok(())
    }

    /// What a former holder was doing to a member: its derived action tells.
    async fn job_of(&self, holder: ActionId, member: &Member) -> Result<Job, StoreError> {
        let child: Option<Action> = self.worker.env.store.get(self.child_of(holder, member.node)).await?;
        Ok(child
            .and_then(|child| Job::derived_as(child.kind, self.view.cluster.id, member.index))
            .unwrap_or(if member.created { Job::Remove } else { Job::Create }))
    }
}
