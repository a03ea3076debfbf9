//! What checks have in common.

use super::{BalancerHarness, BalancerSituation};
use crate::balancer::{
    Balancer, BalancerError, Front, Joined, Member, Origin, Part, PartFilter, Standing, Wanted, dismantle,
    ensure_front, ensure_member, list_parts, prune, remove_member,
};
use crate::compute::Deletion;
use crate::error::Consequence;
use coppice_domain::ids::PolicyId;
use std::sync::Arc;
use std::time::Duration;

/// How often anything is asked for, a second apart.
const PATIENCE: u32 = 1800;
const SECOND: Duration = Duration::from_secs(1);

/// A check at work: a service, and an origin whose parts are its own.
pub(super) struct Case<'h> {
    pub(super) harness: &'h dyn BalancerHarness,
    pub(super) balancer: Arc<dyn Balancer>,
    pub(super) origin: Origin,
}

impl<'h> Case<'h> {
    pub(super) async fn open(harness: &'h dyn BalancerHarness, situation: BalancerSituation) -> Option<Self> {
        let balancer = harness.balancer(situation).await?;
        let cluster = harness.cluster();
        let origin = Origin {
            deployment: "test".to_owned(),
            cluster,
            policy: PolicyId::new(cluster.uuid()),
            project: "project".to_owned(),
        };
        Some(Self { harness, balancer, origin })
    }

    pub(super) async fn roomy(harness: &'h dyn BalancerHarness) -> Self {
        Self::open(harness, BalancerSituation::Roomy).await.expect("every harness has a service with room")
    }

    pub(super) fn wanted(&self) -> Wanted {
        Wanted::read("web", &self.harness.properties())
    }

    /// Waits until lists show everything that has happened so far.
    pub(super) async fn catch_up(&self) {
        self.harness.pass(self.balancer.staleness()).await;
    }

    /// Asks as the engine does: again, later, while the answer, or the error, says so.
    pub(super) async fn until<T>(
        &self,
        mut ask: impl AsyncFnMut() -> Result<Option<T>, BalancerError>,
    ) -> Result<T, BalancerError> {
        for _ in 0..PATIENCE {
            let after = match ask().await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => None,
                Err(error) => match error.consequence() {
                    Consequence::Fail | Consequence::TryElsewhere => return Err(error),
                    Consequence::RetryLater { after } => after,
                    Consequence::LookUpThenRetry => None,
                },
            };
            self.harness.pass(after.unwrap_or(SECOND)).await;
        }
        panic!("what was asked for does not come to an end in {PATIENCE} s");
    }

    /// Builds until it is ready or has failed.
    pub(super) async fn build(
        &self,
        by: &dyn Balancer,
        wanted: &Wanted,
        front: &mut Front,
    ) -> Result<Standing, BalancerError> {
        self.until(async || {
            let standing = ensure_front(by, &self.origin, wanted, front).await?;
            Ok(Some(standing).filter(|standing| *standing != Standing::Pending))
        })
        .await
    }

    /// A front that is ready.
    pub(super) async fn front(&self, wanted: &Wanted) -> Front {
        let mut front = Front::default();
        assert_eq!(self.build(&*self.balancer, wanted, &mut front).await, Ok(Standing::Ready));
        front
    }

    pub(super) async fn member(&self) -> Member {
        let instance = self.harness.instance().await;
        Member { name: format!("server-{instance}"), instance, address: None, port: 80, weight: 1 }
    }

    /// Joins until the member is ready.
    pub(super) async fn join(
        &self,
        by: &dyn Balancer,
        pool: &str,
        member: &Member,
    ) -> Result<Joined, BalancerError> {
        let mut known = None;
        self.until(async || {
            let at = (pool, "subnet");
            let joined = ensure_member(by, &self.origin, at, member, known.as_deref()).await?;
            known = Some(joined.id.clone());
            Ok(Some(joined).filter(|joined| joined.standing == Standing::Ready))
        })
        .await
    }

    pub(super) async fn leave(&self, pool: &str, id: &str) {
        let left = self.until(async || {
            let deletion = remove_member(&*self.balancer, pool, id).await?;
            Ok((deletion == Deletion::Gone).then_some(()))
        });
        left.await.expect("a member leaves");
    }

    pub(super) async fn dismantle(&self, by: &dyn Balancer, front: &Front) {
        let gone = self.until(async || {
            let deletion = dismantle(by, &self.origin, front).await?;
            Ok((deletion == Deletion::Gone).then_some(()))
        });
        gone.await.expect("a front is taken away");
    }

    /// Prunes until only what is claimed is left.
    pub(super) async fn prune(&self, front: &Front, members: &[String]) {
        let gone = self.until(async || {
            self.catch_up().await;
            let before = self.harness.now().plus(SECOND);
            let deletion = prune(&*self.balancer, &self.origin, front, members, before).await?;
            Ok((deletion == Deletion::Gone).then_some(()))
        });
        gone.await.expect("surplus is taken away");
        self.catch_up().await;
    }

    /// The ids of the origin's parts that lists show, sorted.
    pub(super) async fn parts(&self) -> Vec<String> {
        self.ids(PartFilter::Origin(&self.origin)).await
    }

    pub(super) async fn members(&self, pool: &str) -> Vec<String> {
        self.ids(PartFilter::Members(pool)).await
    }

    pub(super) async fn ids(&self, filter: PartFilter<'_>) -> Vec<String> {
        sorted(self.list(filter).await.into_iter().map(|part| part.id))
    }

    pub(super) async fn list(&self, filter: PartFilter<'_>) -> Vec<Part> {
        list_parts(&*self.balancer, filter).await.expect("a list is answered")
    }

    /// Nothing of the origin is left.
    pub(super) async fn close(self, front: &Front) {
        self.dismantle(&*self.balancer, front).await;
        self.catch_up().await;
        self.dismantle(&*self.balancer, front).await;
        self.catch_up().await;
        assert_eq!(self.parts().await, Vec::<String>::new());
    }
}

pub(super) fn sorted(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().collect();
    ids.sort_unstable();
    ids
}

/// The ids that a front names, sorted.
pub(super) fn named(front: &Front) -> Vec<String> {
    let each = [&front.loadbalancer, &front.pool, &front.listener, &front.healthmonitor];
    sorted(each.into_iter().flatten().cloned())
}
