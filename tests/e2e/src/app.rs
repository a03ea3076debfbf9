//! The whole system in one process.

use crate::answer::Answer;
use crate::ask::Ask;
use crate::bell::Bell;
use crate::ids::SeededIds;
use crate::people;
use crate::ticking::Ticking;
use axum::Router;
use axum::body::Body;
use coppice_api::identity::Identity;
use coppice_compute::Compute;
use coppice_compute::simulated::balancer::SimulatedBalancer;
use coppice_compute::simulated::{DynamoStore, Simulated};
use coppice_compute::testing::{ManualClock, ScriptedProber};
use coppice_engine::Env;
use coppice_engine::testing::MemoryMailboxes;
use coppice_local::services::{SIMULATED_TABLE, Services, TABLE};
use coppice_local::system::{Options, System};
use coppice_store::{Store, Usage};
use http::{Method, Request};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

/// The seed of every id a test sees.
const SEED: u64 = 20_260_101;

/// The system under test, on services of its own that live in memory.
pub struct TestApp {
    /// The system: its services, store and worker.
    pub system: System,
    /// The time: it moves by what is asked, and by a microsecond whenever it is read.
    pub clock: ManualClock,
    /// Who rang, and was not answered yet.
    pub bell: Arc<Bell>,
    /// The queues of message receivers.
    pub mailboxes: Arc<MemoryMailboxes>,
    router: Router,
}

impl TestApp {
    /// Lets this prober fetch users' URLs for health checks.
    pub fn probing(&mut self, prober: ScriptedProber) -> Arc<ScriptedProber> {
        let prober = Arc::new(prober);
        self.system.worker.env.prober = Arc::clone(&prober) as _;
        prober
    }

    /// The system with its default settings.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// The system with these settings.
    ///
    /// # Panics
    /// When it cannot be put together.
    pub async fn with(options: Options) -> Self {
        let clock = ManualClock::default();
        let identity = people::identity(Arc::new(clock.clone()));
        Self::with_identity(options, clock, identity).await
    }

    /// The system behind another identity provider.
    ///
    /// # Panics
    /// When it cannot be put together.
    pub async fn with_identity(options: Options, clock: ManualClock, identity: Arc<dyn Identity>) -> Self {
        Self::assembled(Self::services().await, options, clock, identity, |env, _| env)
    }

    /// The system with parts of its own: `arrange` is given those that every test has, and those that the
    /// system has outside tests.
    ///
    /// # Panics
    /// When it cannot be put together.
    pub async fn arranged(options: Options, arrange: impl FnOnce(Env, Env) -> Env) -> Self {
        let clock = ManualClock::default();
        let identity = people::identity(Arc::new(clock.clone()));
        Self::assembled(Self::services().await, options, clock, identity, arrange)
    }

    /// The system with these settings, on services that the caller has prepared.
    ///
    /// # Panics
    /// When it cannot be put together.
    #[must_use]
    pub fn on(services: Services, options: Options) -> Self {
        let clock = ManualClock::default();
        let identity = people::identity(Arc::new(clock.clone()));
        Self::assembled(services, options, clock, identity, |env, _| env)
    }

    /// Services that live in memory.
    ///
    /// # Panics
    /// When they cannot be opened.
    pub async fn services() -> Services {
        let url = "http://127.0.0.1:8778".to_owned();
        Services::open(None, url).await.expect("services in memory open")
    }

    fn assembled(
        services: Services,
        options: Options,
        clock: ManualClock,
        identity: Arc<dyn Identity>,
        arrange: impl FnOnce(Env, Env) -> Env,
    ) -> Self {
        let simulated = options.simulated.clone();
        let mut system = System::new(services, options).expect("the options are valid");
        let bell = Arc::new(Bell::new(clock.clone()));
        let mailboxes = Arc::new(MemoryMailboxes::default());
        // The backend tells the same time as everything else.
        let instances = DynamoStore::new(system.services.aws.dynamodb.clone(), SIMULATED_TABLE);
        let balancer = simulated.balancer.clone();
        let backend = Simulated::new(simulated, Arc::new(instances.clone()), Arc::new(clock.clone()));
        let compute: Arc<dyn Compute> = Arc::new(backend.expect("the simulated cloud's settings are valid"));
        let balancer = SimulatedBalancer::new(
            balancer,
            Arc::new(instances),
            Arc::clone(&compute),
            Arc::new(clock.clone()),
        );
        let env = Env {
            doorbell: Arc::clone(&bell) as _,
            mailboxes: Arc::clone(&mailboxes) as _,
            balancer: Arc::new(balancer.expect("the simulated service's settings are valid")),
            compute,
            prober: Arc::new(ScriptedProber::answering("")),
            clock: Arc::new(Ticking(clock.clone())),
            ids: Arc::new(SeededIds::new(SEED)),
            ..system.env.clone()
        };
        system.env = arrange(env, system.env);
        system.worker.env = system.env.clone();
        let router = system.api(identity);
        Self { system, clock, bell, mailboxes, router }
    }

    /// A request to read.
    #[must_use]
    pub fn get(&self, target: &str) -> Ask<'_> {
        self.request(Method::GET, target)
    }

    /// A request to make something, or to start an action.
    #[must_use]
    pub fn post(&self, target: &str) -> Ask<'_> {
        self.request(Method::POST, target)
    }

    /// A request to change something.
    #[must_use]
    pub fn patch(&self, target: &str) -> Ask<'_> {
        self.request(Method::PATCH, target)
    }

    /// A request to delete something.
    #[must_use]
    pub fn delete(&self, target: &str) -> Ask<'_> {
        self.request(Method::DELETE, target)
    }

    /// Any request.
    #[must_use]
    pub fn request(&self, method: Method, target: &str) -> Ask<'_> {
        Ask::new(self, method, target)
    }

    /// Answers a request as it stands; no time passes by itself.
    ///
    /// # Panics
    /// When the answer's body breaks off.
    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body ends").to_bytes().to_vec();
        Answer::new(parts.status, parts.headers, body)
    }

    /// The resource table.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.system.env.store
    }

    /// What the resource table has cost so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.store().meter().usage()
    }

    /// Every item of the resource table: what a request that is refused must leave as it was.
    ///
    /// # Panics
    /// When the table cannot be read.
    pub async fn items(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut items = BTreeMap::new();
        let mut from = None;
        loop {
            let scan = self.system.services.aws.dynamodb.scan().table_name(TABLE).consistent_read(true);
            let page = scan.set_exclusive_start_key(from).send().await.expect("the table can be read");
            for item in page.items.unwrap_or_default() {
                let item: BTreeMap<String, String> =
                    item.into_iter().map(|(name, value)| (name, format!("{value:?}"))).collect();
                items.insert(format!("{} {}", item["pk"], item["sk"]), item);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return items;
            }
        }
    }
}
