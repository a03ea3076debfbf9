//! Building what stands in front of a cluster, and taking it down: a stage at a time, as far as it goes now.

use super::{BETWEEN_RENEWALS, Run};
use crate::front::{Balanced, Reached};
use crate::work::{Fronting, Stage};
use coppice_compute::Deletion;
use coppice_compute::balancer::{Front, Origin, Standing, dismantle, ensure_front, prune};
use coppice_domain::cluster::{JsonMap, Member};
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::policies::load_balance::{NOT_ENLISTED, joined, left, member};
use coppice_store::{Note, Noted, StoreError};
use std::collections::HashMap;
use std::time::Duration;

/// How far the stages came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fronted {
    /// To their end: what was asked for stands, or nothing does.
    Done,
    /// They go on, not before this long.
    Waits(Option<Duration>),
    /// There is more to do at once, and the claim's time is up.
    OutOfTime,
    /// The claim was lost.
    Lost,
    /// What stands cannot be taken down, for this reason.
    Failed(String),
}

impl From<Reached<()>> for Fronted {
    fn from(reached: Reached<()>) -> Self {
        match reached {
            Reached::Done(()) => Self::Done,
            Reached::Waits(after) => Self::Waits(after),
            Reached::Failed(reason) => Self::Failed(reason),
        }
    }
}

impl Run<'_> {
    /// Takes the front as far as it goes now. What fails while it is built has all of it taken down again.
    /// `balanced` is none where there is nothing to build; `patience` is for each step.
    pub(crate) async fn stand(
        &mut self,
        origin: &Origin,
        balanced: Option<&Balanced>,
        patience: Duration,
    ) -> Result<Fronted, StoreError> {
        loop {
            let Some(fronting) = &self.work.front else { return Ok(Fronted::Done) };
            let stage = fronting.stage;
            let reached = match (stage, balanced) {
                (Stage::Clean, _) => self.clean(origin).await,
                (Stage::Build, Some(balanced)) => self.build(balanced).await,
                (Stage::Enlist, Some(balanced)) => self.enlist(balanced).await?,
                (Stage::Build | Stage::Enlist, None) => Fronted::Failed("The policy is gone.".to_owned()),
                (Stage::Dismantle, _) => self.dismantle(origin).await,
                (Stage::Dismiss, _) => self.dismiss().await?,
            };
            let now = self.worker.env.now();
            let Some(fronting) = &mut self.work.front else { return Ok(Fronted::Done) };
            let reached = match reached {
                Fronted::Waits(_) if fronting.is_stuck(patience, now) => Fronted::Failed(stuck(fronting)),
                reached => reached,
            };
            self.work.polls = if reached == Fronted::Done { 0 } else { self.work.polls };
            match (reached, stage) {
                (Fronted::Done, Stage::Clean) => fronting.enter(Stage::Build, now),
                (Fronted::Done, Stage::Build) => fronting.enter(Stage::Enlist, now),
                (Fronted::Done, Stage::Dismantle) => fronting.enter(Stage::Dismiss, now),
                (Fronted::Failed(reason), Stage::Clean | Stage::Build | Stage::Enlist) => {
                    self.work.polls = 0;
                    fronting.fail(&reason, now);
                }
                // Another failure is to be told: what is left of it nobody claims, and the sweep deletes it.
                (Fronted::Failed(reason), Stage::Dismantle) if fronting.failure.is_some() => {
                    tracing::warn!(
                        action.id = %self.task.action.id, cluster.id = %self.view.cluster.id, reason,
                        "load balancer left to the sweep"
                    );
                    fronting.enter(Stage::Dismiss, now);
                }
                (reached, _) => return Ok(reached),
            }
            // Saved before its first effect: who has lost the claim takes down nothing that another builds.
            if !self.save().await? {
                return Ok(Fronted::Lost);
            }
        }
    }

    /// Deletes what is left of earlier attempts. What is younger may be taken for this one: the sweep, which
    /// may be at it too, leaves that alone for longer ([`LeakSweep::fronts`](crate::LeakSweep::fronts)).
    async fn clean(&self, origin: &Origin) -> Fronted {
        let Some(fronting) = &self.work.front else { return Fronted::Done };
        let before = fronting.begun.minus(self.worker.env.settings.leaks.grace);
        let cleaned = prune(self.worker.env.balancer.as_ref(), origin, &Front::default(), &[], before).await;
        match cleaned {
            Ok(Deletion::Gone) => Fronted::Done,
            Ok(Deletion::Underway) => Fronted::Waits(None),
            Err(error) => match Reached::after(&error) {
                Reached::Failed(text) => Fronted::Failed(format!("Failed in creating loadbalancer: {text}.")),
                reached => reached.into(),
            },
        }
    }

    /// Takes down what stands, and leaves the nodes as they are.
    pub(crate) async fn clear(&mut self, origin: &Origin, patience: Duration) -> Fronted {
        let reached = self.dismantle(origin).await;
        let now = self.worker.env.now();
        match (reached, &self.work.front) {
            (Fronted::Waits(_), Some(fronting)) if fronting.is_stuck(patience, now) => {
                Fronted::Failed(stuck(fronting))
            }
            (reached, _) => reached,
        }
    }

    async fn build(&mut self, balanced: &Balanced) -> Fronted {
        let env = &self.worker.env;
        let Some(fronting) = &mut self.work.front else { return Fronted::Done };
        let (before, Balanced { origin, wanted, .. }) = (fronting.front.clone(), balanced);
        let built = ensure_front(env.balancer.as_ref(), origin, wanted, &mut fronting.front).await;
        if fronting.front != before {
            fronting.since = env.now();
        }
        match built {
            Ok(Standing::Ready) => Fronted::Done,
            Ok(Standing::Pending) => Fronted::Waits(None),
            Ok(Standing::Failed { message }) => {
                let (part, _) = last(&fronting.front);
                Fronted::Failed(format!("Failed in creating {part}: {}.", message.trim_end_matches('.')))
            }
            Err(error) => match Reached::after(&error) {
                // What the user has, and the policy names, is not made here.
                Reached::Failed(text) if wanted.balancer.is_some() || wanted.pool_id.is_some() => {
                    Fronted::Failed(format!("{text}."))
                }
                Reached::Failed(text) => {
                    let part = next(&fronting.front);
                    Fronted::Failed(format!("Failed in creating {part}: {text}."))
                }
                reached => reached.into(),
            },
        }
    }

    /// Makes the members of the cluster that serve members of the pool, in the order of their indexes.
    async fn enlist(&mut self, balanced: &Balanced) -> Result<Fronted, StoreError> {
        let Some(pool) = self.work.front.as_ref().and_then(|fronting| fronting.front.pool.clone()) else {
            return Ok(Fronted::Failed(NOT_ENLISTED.to_owned()));
        };
        while let Some((batch, nodes)) = self.next_members().await? {
            if !self.renew().await? {
                return Ok(Fronted::Lost);
            }
            for member in batch {
                if let Some(node) = nodes.get(&member.node) {
                    match balanced.join(&self.worker.env, &pool, node).await {
                        Reached::Done(id) => {
                            if !self.note_member(node, id.as_deref()).await? {
                                return Ok(Fronted::Lost);
                            }
                        }
                        Reached::Waits(after) => return Ok(Fronted::Waits(after)),
                        Reached::Failed(reason) => {
                            tracing::info!(
                                action.id = %self.task.action.id, node.id = %node.id, reason,
                                "node not added to the pool"
                            );
                            return Ok(Fronted::Failed(NOT_ENLISTED.to_owned()));
                        }
                    }
                }
                if self.dealt_with(member) {
                    return Ok(Fronted::OutOfTime);
                }
            }
        }
        Ok(Fronted::Done)
    }

    async fn dismantle(&mut self, origin: &Origin) -> Fronted {
        let Some(fronting) = &self.work.front else { return Fronted::Done };
        match dismantle(self.worker.env.balancer.as_ref(), origin, &fronting.front).await {
            Ok(Deletion::Gone) => Fronted::Done,
            Ok(Deletion::Underway) => Fronted::Waits(None),
            Err(error) => match Reached::after(&error) {
                Reached::Failed(text) => Fronted::Failed(format!("Failed in deleting loadbalancer: {text}.")),
                reached => reached.into(),
            },
        }
    }

    /// Lets nodes forget what they were members of.
    async fn dismiss(&mut self) -> Result<Fronted, StoreError> {
        while let Some((batch, nodes)) = self.next_members().await? {
            if !self.renew().await? {
                return Ok(Fronted::Lost);
            }
            for dismissed in batch {
                let node = nodes.get(&dismissed.node).filter(|node| member(&node.data).is_some());
                if let Some(node) = node
                    && !self.note_data(node, &left(&node.data)).await?
                {
                    return Ok(Fronted::Lost);
                }
                if self.dealt_with(dismissed) {
                    return Ok(Fronted::OutOfTime);
                }
            }
        }
        Ok(Fronted::Done)
    }

    /// The next members that the stage has to deal with, and their nodes.
    async fn next_members(&self) -> Result<Option<(Vec<Member>, HashMap<NodeId, Node>)>, StoreError> {
        let upto = self.work.front.as_ref().map_or(i64::MAX, |fronting| fronting.upto);
        let after = self.view.members.iter().filter(|member| member.index > upto);
        let batch: Vec<Member> = after.take(BETWEEN_RENEWALS).copied().collect();
        if batch.is_empty() {
            return Ok(None);
        }
        let ids: Vec<NodeId> = batch.iter().map(|member| member.node).collect();
        let nodes: Vec<Node> = self.worker.env.store.get_many(&ids).await?;
        Ok(Some((batch, nodes.into_iter().map(|node| (node.id, node)).collect())))
    }

    /// The stage has dealt with this member; whether the claim's time is up.
    fn dealt_with(&mut self, member: Member) -> bool {
        let now = self.worker.env.now();
        if let Some(fronting) = &mut self.work.front {
            fronting.upto = member.index;
            fronting.since = now;
        }
        self.moved(now)
    }

    /// Notes which member a node is, if it does not say so; `false` when the claim was lost.
    pub(super) async fn note_member(&self, node: &Node, id: Option<&str>) -> Result<bool, StoreError> {
        let Some(id) = id else { return Ok(true) };
        let data = joined(&node.data, id);
        if data == node.data { Ok(true) } else { self.note_data(node, &data).await }
    }

    /// Notes what policies leave on a node; `false` when the claim was lost.
    pub(super) async fn note_data(&self, node: &Node, data: &JsonMap) -> Result<bool, StoreError> {
        self.write_note(node.id, Note { data: Some(data), warning: None }).await
    }

    pub(super) async fn write_note(&self, node: NodeId, note: Note<'_>) -> Result<bool, StoreError> {
        let noted = self.worker.env.store.node_note(self.task, self.view.cluster.id, node, note).await?;
        Ok(noted != Noted::Lost)
    }
}

/// The parts of a front in the order in which they are made, by what messages call them.
fn parts(front: &Front) -> [(&'static str, &'static str, Option<&str>); 4] {
    [
        ("loadbalancer", "loadbalancer", front.loadbalancer.as_deref()),
        ("lb pool", "pool", front.pool.as_deref()),
        ("lb listener", "listener", front.listener.as_deref()),
        ("lb health monitor", "health monitor", front.healthmonitor.as_deref()),
    ]
}

/// What is to be made next.
fn next(front: &Front) -> &'static str {
    let next = parts(front).into_iter().find(|(.., id)| id.is_none());
    next.map_or("lb health monitor", |(part, ..)| part)
}

/// What was made last, and its id.
fn last(front: &Front) -> (&'static str, &str) {
    let last = parts(front).into_iter().rev().find_map(|(_, part, id)| Some((part, id?)));
    last.unwrap_or(("loadbalancer", "unknown"))
}

/// What is said of a stage in which nothing moves.
fn stuck(fronting: &Fronting) -> String {
    let (part, id) = last(&fronting.front);
    match fronting.stage {
        Stage::Clean | Stage::Build => format!("Failed in creating {part} ({id})."),
        Stage::Enlist => NOT_ENLISTED.to_owned(),
        Stage::Dismantle | Stage::Dismiss => {
            let id = fronting.front.loadbalancer.as_deref().unwrap_or("unknown");
            format!("Failed in deleting loadbalancer ({id}).")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_by_its_name() {
        let mut front = Front::default();
        assert_eq!(next(&front), "loadbalancer");
        assert_eq!(last(&front), ("loadbalancer", "unknown"));
        front.loadbalancer = Some("b".to_owned());
        assert_eq!((next(&front), last(&front)), ("lb pool", ("loadbalancer", "b")));
        front.pool = Some("p".to_owned());
        front.listener = Some("l".to_owned());
        assert_eq!((next(&front), last(&front)), ("lb health monitor", ("listener", "l")));
        let fronting = Fronting::new(Stage::Build, front, coppice_domain::time::Timestamp::from_micros(1));
        assert_eq!(stuck(&fronting), "Failed in creating listener (l).");
    }
}
