//! What checks have in common.

use super::{Harness, Situation};
use crate::compute::{Compute, Deletion};
use crate::error::ComputeError;
use crate::instance::{Instance, InstanceState};
use crate::listing::{Filter, list_all};
use crate::request::CreateRequest;
use crate::testing::{request_of, sweep};
use coppice_domain::ids::ActionId;
use std::sync::Arc;
use std::time::Duration;

/// How many seconds anything may take.
const PATIENCE: u32 = 1800;
const SECOND: Duration = Duration::from_secs(1);

/// A check at work: a backend, and an action whose instances are its own.
pub(super) struct Case<'h> {
    pub(super) harness: &'h dyn Harness,
    pub(super) compute: Arc<dyn Compute>,
    pub(super) action: ActionId,
}

impl<'h> Case<'h> {
    pub(super) async fn open(harness: &'h dyn Harness, situation: Situation) -> Option<Self> {
        let compute = harness.backend(situation).await?;
        Some(Self { harness, compute, action: harness.action() })
    }

    pub(super) async fn roomy(harness: &'h dyn Harness) -> Self {
        Self::open(harness, Situation::Roomy).await.expect("every harness has a backend with room")
    }

    pub(super) fn request(&self, index: u64) -> CreateRequest {
        CreateRequest { spec: self.harness.spec(), ..request_of(self.action, index) }
    }

    pub(super) async fn create(&self, request: &CreateRequest) -> Instance {
        self.compute.create(request).await.expect("nothing stands in the way of a creation")
    }

    /// Waits until reads show everything that has happened so far.
    pub(super) async fn catch_up(&self) {
        self.harness.pass(self.compute.staleness()).await;
    }

    /// The instance once it is built, or has failed.
    pub(super) async fn built(&self, id: &str) -> Instance {
        for _ in 0..PATIENCE {
            match self.compute.get(id).await.expect("a read is answered") {
                Some(instance) if instance.state != InstanceState::Building => return instance,
                Some(_) | None => self.harness.pass(SECOND).await,
            }
        }
        panic!("instance {id} is neither active nor in error after {PATIENCE} s");
    }

    /// Deletes until the instance is gone.
    pub(super) async fn delete(&self, id: &str) {
        for _ in 0..PATIENCE {
            match self.compute.delete(id).await.expect("a deletion is answered") {
                Deletion::Gone => return,
                Deletion::Underway => self.harness.pass(SECOND).await,
            }
        }
        panic!("instance {id} is not gone after {PATIENCE} s");
    }

    pub(super) async fn ids(&self, filter: Filter<'_>) -> Vec<String> {
        let instances = list_all(&*self.compute, filter).await.expect("a list is answered");
        let mut ids: Vec<String> = instances.into_iter().map(|instance| instance.id).collect();
        ids.sort_unstable();
        ids
    }

    /// Every instance of this check that reads show.
    pub(super) async fn all(&self) -> Vec<String> {
        self.ids(Filter::Action(self.action)).await
    }

    /// Sweeps until only the claimed instances are left, and says which those are.
    pub(super) async fn sweep(&self, claimed: &[String]) -> Vec<String> {
        for _ in 0..PATIENCE {
            self.catch_up().await;
            let unclaimed = sweep(&*self.compute, self.action, claimed).await.expect("a sweep is answered");
            if unclaimed.is_empty() {
                return self.all().await;
            }
            self.harness.pass(SECOND).await;
        }
        panic!("unclaimed instances are left after {PATIENCE} s");
    }

    pub(super) async fn close(self) {
        assert_eq!(self.sweep(&[]).await, Vec::<String>::new());
    }

    /// Creates where there may be no room: the instance if it comes to run, else the error, whichever of
    /// the two ways the backend has to say so.
    pub(super) async fn attempt(&self, request: &CreateRequest) -> Result<Instance, Refused> {
        let instance = self.compute.create(request).await.map_err(Refused::AtOnce)?;
        let instance = self.built(&instance.id).await;
        match &instance.state {
            InstanceState::Active => Ok(instance),
            InstanceState::Error { message } => {
                Err(Refused::Later { message: message.clone(), id: instance.id })
            }
            state => panic!("a new instance ended up as {state:?}"),
        }
    }
}

/// How a backend says that there is no room.
#[derive(Debug)]
pub(super) enum Refused {
    /// The creation was refused.
    AtOnce(ComputeError),
    /// It was accepted, and the instance failed.
    Later { message: String, id: String },
}
