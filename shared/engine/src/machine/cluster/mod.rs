//! Actions on clusters: claimed, begun, carried on from phase to phase, ended.

mod begin;
mod end;
mod front;
mod policies;
mod pool;
mod references;

use super::{Worker, Yield, draws};
use crate::actions::{Beginning, ClusterAction, Ending, Situation, at_once, on_cluster};
use crate::fleet::{Abandoned, Driven, OUT_OF_TIME, Run};
use crate::work::{Assignment, Plan};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::time::Timestamp;
use coppice_store::{Cancel, Parking, StoreError, Task};

impl Worker {
    pub(super) async fn advance_cluster(&self, task: &Task) -> Result<Yield, StoreError> {
        let view = match task.action.cluster_id {
            Some(id) => self.env.store.cluster_view(id).await?,
            None => None,
        };
        let Some(view) = view else {
            let reason = format!("The cluster '{}' could not be found.", task.action.target);
            return self.close(task, ActionStatus::Failed, &reason).await;
        };
        if view.cluster.active_action != Some(task.action.id) {
            // A deletion has taken the cluster over (invariant 2).
            self.cancel_children(&view, |holder| holder == task.action.id).await?;
            return self.close(task, ActionStatus::Cancelled, "").await;
        }
        let mut run = Run::new(self, task, view, Self::work_of(task)?);
        if task.cancel == Some(Cancel::Gently)
            && task.action.kind == ActionKind::ClusterAttachPolicy
            && let Some(fronting) = &mut run.work.front
        {
            // What has been made is taken down first.
            let reason = format!("{} cancelled", task.action.label());
            fronting.fail(&reason, self.env.now());
            return self.take_down(run).await;
        }
        if task.cancel == Some(Cancel::Gently) && run.is_leaving() {
            let reason = format!("{} cancelled", task.action.label());
            run.refuse(&reason);
            if let Some(ended) = self.out_of_pool(&mut run).await? {
                return Ok(ended);
            }
        }
        if task.cancel.is_some() {
            return self.cancel_cluster(run).await;
        }
        if let Some(decisions) = at_once(task.action.kind) {
            return self.decide_at_once(decisions, run).await;
        }
        let Some(decisions) = on_cluster(task.action.kind) else {
            let ending = Ending::new(
                Some(run.view.cluster.clone()),
                ActionStatus::Failed,
                format!("Unsupported action: {}.", task.action.kind.name()),
            );
            return self.conclude(&run, ending).await;
        };
        self.carry_on(decisions, run).await
    }

    /// Ends an action that a client wants cancelled: what it was at stays as it is.
    async fn cancel_cluster(&self, mut run: Run<'_>) -> Result<Yield, StoreError> {
        let begun = run.work.plan.is_some();
        let deleted = run.work.plan.as_ref().is_some_and(Plan::registered) && run.view.members.is_empty();
        let kind = run.task.action.kind;
        if let Some(deletion) = on_cluster(kind).filter(|_| kind == ActionKind::ClusterDelete && deleted) {
            // What was attached to it may be gone already: it is too late to keep it.
            let plan = run.work.plan.clone().unwrap_or_default();
            return self.finish(deletion, run, &plan).await;
        }
        let reason = format!("{} cancelled", run.task.action.label());
        match Box::pin(run.abandon(&reason, ActionStatus::Cancelled)).await? {
            Abandoned::All => {}
            Abandoned::Some => return Ok(Yield::Parked(self.at_once())),
            Abandoned::Lost => return Ok(Yield::Lost),
        }
        let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? else {
            return Ok(Yield::Lost);
        };
        run.view = view;
        if let Some(waiting) = self.back_in_pool(&mut run, &reason).await? {
            return Ok(waiting);
        }
        let situation = self.situation(&run, self.env.now());
        // A cluster that never came to be, or was taken from an action that had changed it, is judged all the
        // same: nothing else will.
        let taken = run.work.supersedes.is_some();
        let judged = begun || taken || run.task.action.kind == ActionKind::ClusterCreate;
        let cluster = if judged { situation.evaluated() } else { run.view.cluster.clone() };
        self.conclude(&run, Ending::new(Some(cluster), ActionStatus::Cancelled, reason)).await
    }

    async fn carry_on(&self, decisions: &dyn ClusterAction, mut run: Run<'_>) -> Result<Yield, StoreError> {
        if run.work.plan.is_none()
            && let Some(ended) = self.begin(decisions, &mut run).await?
        {
            return Ok(ended);
        }
        let timed_out = run.deadline().is_some_and(|deadline| self.env.now() > deadline);
        loop {
            if timed_out && run.is_leaving() {
                run.refuse(OUT_OF_TIME);
            }
            if (!timed_out || run.is_leaving())
                && let Some(instead) = self.out_of_pool(&mut run).await?
            {
                return Ok(instead);
            }
            if !timed_out && !run.register().await? {
                return Ok(Yield::Lost);
            }
            // Boxed, as what follows is: the future is deep, and those that wait for it would be as large.
            let driven = Box::pin(run.drive(timed_out)).await?;
            if matches!(driven, Driven::Lost) {
                return Ok(Yield::Lost);
            }
            let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? else {
                return Ok(Yield::Lost);
            };
            run.view = view;
            if run.pending().next().is_some() {
                return Ok(Yield::Parked(self.parking(run, &driven)));
            }
            let plan = run.work.plan.clone().unwrap_or_default();
            if timed_out {
                if let Some(waiting) = self.back_in_pool(&mut run, OUT_OF_TIME).await? {
                    return Ok(waiting);
                }
                return self.run_out(decisions, run, &plan).await;
            }
            if !plan.registered() && run.failed_batch() {
                return self.finish(decisions, run, &plan).await;
            }
            if !plan.registered() {
                if let Some(until) = run.rest(self.env.now()) {
                    return Ok(Yield::Parked(self.resting(&run, until)));
                }
                // The claim's time may be up with nothing pending: the next batch is for the next one.
                if matches!(driven, Driven::Through { out_of_time: true, .. }) {
                    return Ok(Yield::Parked(self.parking(run, &driven)));
                }
                continue;
            }
            if let Some(waiting) = self.enter_pool(&mut run).await? {
                return Ok(waiting);
            }
            let more = self.next(decisions, &run, &plan);
            let Some(next) = more else { return self.finish(decisions, run, &plan).await };
            run.work.phase += 1;
            let begun = match next {
                Next::Same(assignment) => self.begin_following(&mut run, assignment).await?,
                Next::Decided(beginning) => self.begin_phase(&mut run, *beginning, None).await?,
            };
            if !begun {
                return Ok(Yield::Lost);
            }
        }
    }

    /// Ends an action whose time is up: whatever its last phase came to, one that had not all been done has
    /// failed for want of time (spec engine-cluster §9).
    async fn run_out(
        &self,
        decisions: &dyn ClusterAction,
        run: Run<'_>,
        plan: &Plan,
    ) -> Result<Yield, StoreError> {
        let unfinished = !plan.registered() || self.next(decisions, &run, plan).is_some();
        let mut ending = decisions.end(&self.situation(&run, self.env.now()), plan);
        let action = run.task.action.label();
        let timeout = format!("{action} timeout");
        if ending.status != ActionStatus::Succeeded {
            ending.reason = ending.reason.replace(&format!("{action} failed"), &timeout);
        } else if unfinished {
            (ending.status, ending.reason) = (ActionStatus::Failed, timeout);
        }
        self.conclude(&run, ending).await
    }

    /// What the action goes on with after a phase, if it does.
    fn next(&self, decisions: &dyn ClusterAction, run: &Run<'_>, plan: &Plan) -> Option<Next> {
        let now = self.env.now();
        if let Some(next) = plan.assignment.as_ref().and_then(|assignment| assignment.following(now)) {
            return Some(Next::Same(next));
        }
        let mut rng = draws(run.task.action.id.uuid());
        let next = decisions.next(&self.situation(run, now), plan, &mut rng)?;
        Some(Next::Decided(Box::new(next)))
    }

    pub(super) async fn give_up_cluster(&self, task: &Task, reason: String) -> Result<Yield, StoreError> {
        let view = match task.action.cluster_id {
            Some(id) => self.env.store.cluster_view(id).await?,
            None => None,
        };
        let Some(view) = view else {
            return self.close(task, ActionStatus::Failed, &reason).await;
        };
        if view.cluster.active_action != Some(task.action.id) {
            // A deletion has taken the cluster over; what was derived here ends first all the same.
            self.cancel_children(&view, |holder| holder == task.action.id).await?;
            return self.close(task, ActionStatus::Failed, &reason).await;
        }
        let mut run = Run::new(self, task, view, Self::work_of(task).unwrap_or_default());
        match Box::pin(run.abandon(&reason, ActionStatus::Failed)).await? {
            Abandoned::All => {}
            // That it is being given up is known by its attempts: they stand.
            Abandoned::Some => return Ok(Yield::Parked(Parking { progress: false, ..self.at_once() })),
            Abandoned::Lost => return Ok(Yield::Lost),
        }
        if let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? {
            run.view = view;
        }
        let cluster = self.situation(&run, self.env.now()).evaluated();
        self.conclude(&run, Ending::new(Some(cluster), ActionStatus::Failed, reason)).await
    }

    fn situation<'a>(&'a self, run: &'a Run<'_>, now: Timestamp) -> Situation<'a> {
        Situation {
            action: &run.task.action,
            cluster: &run.view.cluster,
            members: &run.view.members,
            bindings: &run.view.bindings,
            reads: &run.reads,
            decided: &run.decided,
            phase: run.work.phase,
            settings: &self.env.settings,
            now,
        }
    }
}

/// What follows a phase.
enum Next {
    /// Something else is done to the same nodes.
    Same(Assignment),
    /// What the action's decisions say.
    Decided(Box<Beginning>),
}
