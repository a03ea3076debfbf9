//! Looking after the members of clusters that have a health policy (spec engine-receivers-health-events §2).
//!
//! Nothing runs in between: a round of checks is work in the store that is due at a time. A run looks at members
//! slice by slice, for as long as it may; what is left, and who is to be polled again, is saved and gone on with by
//! the next. When all have been looked at it is decided, saved, and only then done, who is recovered: by an
//! ordinary `NODE_RECOVER` whose id derives from the cluster, the node and the round. So whoever dies, or does the
//! same beside another, starts each recovery once.
//!
//! Nobody switches checks off and on again. A cluster that an action is changing, and a node that one holds, are
//! not judged; afterwards the next round comes as it would have.

mod event;
mod look;
mod poll;
mod recover;
mod tell;

pub use event::{Heard, InstanceEvent, InstanceEventKind, NotHeard, event};

use crate::env::Env;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::Cluster;
use coppice_domain::health::{Care, Detection, MOST_WAITING, Mode, Obstacle, Outcome, Round, Watch};
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::policies::health::rests;
use coppice_domain::policy::Policy;
use coppice_domain::policy_types;
use coppice_domain::time::Timestamp;
use coppice_store::{StoreError, Watched};

/// One run at one cluster.
struct Run<'a> {
    env: &'a Env,
    cluster: Cluster,
    watched: Watched,
    detection: Detection,
    care: Care,
    until: Timestamp,
}

/// Does what is due about a cluster, until `until` at the latest; how many recoveries that started.
///
/// # Errors
/// When the store fails: it stays due.
pub(crate) async fn look_after(
    env: &Env,
    cluster: ClusterId,
    policy: PolicyId,
    until: Timestamp,
) -> Result<usize, StoreError> {
    // The index may lag behind: is it due in truth?
    let Some(watched) = env.store.watched(cluster, policy).await? else { return Ok(0) };
    if watched.watch.due.is_none_or(|due| due > env.now()) {
        return Ok(0);
    }
    // A cluster that is gone took its policies with it.
    let Some(cluster) = env.store.cluster_head(cluster).await? else { return Ok(0) };
    let (detection, care) = what_it_says(env, policy).await?;
    let run = Run { env, cluster, watched, detection, care, until };
    if run.cluster_rests().await? {
        let watch = run.put_off(run.watched.watch.clone());
        run.env.store.watch_save(&run.watched, &watch, None).await?;
        return Ok(0);
    }
    run.round().await
}

/// What a health policy says about noticing failures, and about recovering from them.
async fn what_it_says(env: &Env, policy: PolicyId) -> Result<(Detection, Care), StoreError> {
    let corrupt = |what: String| StoreError::Corrupt(format!("policy {policy} is attached, and {what}"));
    let policy = env.store.get::<Policy>(policy).await?;
    let policy = policy.ok_or_else(|| corrupt("not there".to_owned()))?;
    let properties = policy_types::get(&policy.type_name).and_then(|kind| kind.properties(&policy.spec));
    let properties = properties.map_err(|fault| corrupt(format!("cannot be read: {fault}")))?;
    Ok((Detection::read(&properties), Care::read(&properties)))
}

impl Run<'_> {
    /// Whether events tell of the members, and nobody looks.
    fn listens(&self) -> bool {
        self.detection.modes == [Mode::Events]
    }

    /// Whether an action changes the cluster, so that nobody is judged.
    async fn cluster_rests(&self) -> Result<bool, StoreError> {
        let Some((holder, kind)) = self.cluster.active_action.zip(self.cluster.active_kind) else {
            return Ok(false);
        };
        // The policy notes in the data of a resize that the cluster grows.
        let grows = kind == ActionKind::ClusterResize && {
            let action: Option<Action> = self.env.store.get(holder).await?;
            action.is_some_and(|action| action.data.contains_key("health"))
        };
        Ok(rests(kind, grows))
    }

    /// The watch with the next round ahead. What events told of is kept for then.
    fn put_off(&self, watch: Watch) -> Watch {
        let rested = watch.rested(self.detection.interval, self.env.now());
        let kept = watch.round.filter(|round| self.listens() && !round.list.is_empty());
        match kept {
            Some(round) => Watch { round: Some(Round { decided: None, tried: true, ..round }), ..rested },
            None if self.listens() => Watch { due: None, ..rested },
            None => rested,
        }
    }

    /// Goes on with the round under way, or begins the next.
    async fn round(mut self) -> Result<usize, StoreError> {
        let mut watch = self.watched.watch.clone();
        let due = watch.due.unwrap_or(watch.since);
        let mut round = watch.round.take().unwrap_or_else(|| Round::new(due));
        // Whoever decided has not come to the end of it, and what was found then may be over.
        let resumed = round.decided.is_some();
        if !resumed {
            self.look(&mut round).await?;
            if !round.is_over() {
                // Still due, unless there is nothing to do before some are polled again.
                let full = round.complete || round.waiting.len() >= MOST_WAITING;
                let due = if full { round.again.unwrap_or(due) } else { due };
                let watch = Watch { due: Some(due), round: Some(round), ..watch };
                self.env.store.watch_save(&self.watched, &watch, None).await?;
                return Ok(0);
            }
        }
        if resumed || round.tried {
            self.look_again(&mut round).await?;
        }
        if !resumed && !self.decide(&mut watch, &mut round).await? {
            return Ok(0);
        }
        self.recover(watch, round).await
    }

    /// Decides who is recovered, and saves that; `false` when nobody is, or someone else saw to it.
    async fn decide(&mut self, watch: &mut Watch, round: &mut Round) -> Result<bool, StoreError> {
        let now = self.env.now();
        if self.listens() {
            round.sick = u64::try_from(round.list.len()).unwrap_or(u64::MAX);
            round.members = u64::try_from(self.cluster.sizes.desired_capacity).unwrap_or(0).max(round.sick);
            round.ailing = watch.recoveries.latest(self.care.window, now);
        }
        let recent = watch.recoveries.recent(self.care.window, now);
        match round.outcome(&self.care.limits, recent) {
            Outcome::Rest(obstacle) => {
                self.end(Watch { round: Some(round.clone()), ..watch.clone() }, obstacle).await?;
                Ok(false)
            }
            Outcome::Recover(decided) => {
                let count = u64::try_from(decided.count).unwrap_or(u64::MAX);
                round.decided = Some(decided);
                watch.recoveries.add(count, self.care.window, now);
                watch.round = Some(round.clone());
                let saved = self.env.store.watch_save(&self.watched, watch, None).await?;
                let Some(saved) = saved else { return Ok(false) };
                self.watched = saved;
                Ok(true)
            }
        }
    }

    /// Ends the round, and says what stands in the way, if that is news.
    async fn end(&self, mut watch: Watch, obstacle: Option<(Obstacle, String)>) -> Result<(), StoreError> {
        // What is said is known by when this was due: no two runs that come to an end have that in common.
        let at = self.watched.watch.due.unwrap_or(watch.since);
        let told = watch.tell(obstacle).map(|telling| self.told(telling, at));
        let watch = self.put_off(watch);
        self.env.store.watch_save(&self.watched, &watch, told.as_ref()).await.map(|_| ())
    }
}
