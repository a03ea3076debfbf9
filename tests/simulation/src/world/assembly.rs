//! Who takes part: the processes, and the people with their stories.

use super::*;

impl World {
    /// A world in which nobody does anything yet and nothing goes wrong, and what clients work with.
    pub(crate) fn assembled(
        seed: u64,
        mut rng: ChaCha8Rng,
        config: &SimulatedConfig,
        skew: f64,
        settings: Settings,
        bug: Option<Bug>,
        verbose: bool,
    ) -> (Self, [Env; 4]) {
        let (gate, clock) = (Gate::default(), SimClock::new());
        let table = Table::new(gate.clone(), bug);
        let instances = Arc::new(MemoryStore::default());
        let backend: Arc<dyn Compute> = Arc::new(
            Simulated::new(config.clone(), instances.clone(), Arc::new(clock.clone()))
                .expect("a valid configuration"),
        );
        let balancer = SimulatedBalancer::new(
            config.balancer.clone(),
            instances.clone(),
            backend.clone(),
            Arc::new(clock.clone()),
        );
        let balancer: Arc<dyn Balancer> = Arc::new(balancer.expect("a valid configuration"));
        let service = Service::new(gate.clone(), balancer.clone());
        let cloud = Cloud::new(gate.clone(), table.clone(), backend, instances.clone());
        let queue = Queue::new(gate.clone(), clock.clone());
        let post = Arc::new(Post::new(gate.clone(), clock.clone(), table.clone(), bug));
        let deployment = settings.deployment.clone();
        let store = Store::new(client(&table), TABLE);
        let ids = Arc::new(SeededIds::new(seed));
        let (doorbell, settings) = (Arc::new(queue.clone()), Arc::new(settings));
        let mut env = || {
            let micros = (rng.random_range(-1.0..=1.0) * skew * 1e6) as i64;
            Env {
                store: store.clone(),
                doorbell: doorbell.clone(),
                mailboxes: Arc::<Post>::clone(&post),
                compute: Arc::new(cloud.clone()),
                balancer: Arc::new(service.clone()),
                prober: Arc::new(cloud.clone()),
                clock: Arc::new(clock.skewed(micros)),
                ids: ids.clone(),
                settings: settings.clone(),
            }
        };
        let workers = (0..3).map(|number| Worker { env: env(), id: Uuid::from_u128(number + 1) }).collect();
        let client_envs = [env(), env(), env(), env()];
        let log = Log::new(verbose);
        let start = clock.now();
        let mut world = Self {
            table,
            book: Arc::default(),
            instances,
            post,
            clock,
            log,
            deployment,
            rng,
            faults: Faults::default(),
            gate,
            queue,
            cloud,
            service,
            balancer,
            workers,
            tasks: BTreeMap::new(),
            next_task: 1,
            next_reconciliation: start,
            late_writes: Vec::new(),
            late_creations: Vec::new(),
            steps: 0,
            script: None,
            vanished: BTreeSet::new(),
            unlucky: config.fail_rate > 0.0,
        };
        world.prepare(&store);
        (world, client_envs)
    }

    /// Lets a client do something, from its beginning to its end or its first effect.
    pub(crate) fn client(&mut self, story: impl Future<Output = ()> + Send + 'static) {
        self.spawn(
            Role::Client,
            Box::pin(async move {
                story.await;
                Ended::Client
            }),
        );
    }

    /// Creates the table.
    pub(super) fn prepare(&mut self, store: &Store) {
        let store = store.clone();
        self.spawn(
            Role::Client,
            Box::pin(async move {
                store.ensure_table().await.expect("the table is created");
                Ended::Client
            }),
        );
        while !self.tasks.is_empty() {
            for waiting in self.gate.waiting() {
                self.let_through(&waiting, Fate::Done);
            }
        }
    }

    pub(super) fn people(&mut self, envs: [Env; 4], build_seconds: u64) {
        let clients = self.rng.random_range(1..=4_usize);
        let clusters = self.rng.random_range(1..=3_usize);
        let nodes = if self.rng.random_bool(0.03) { 40 } else { self.rng.random_range(1..=6) };
        for (number, env) in envs.into_iter().take(clients).enumerate() {
            let client = Client {
                env,
                gate: self.gate.clone(),
                post: self.post.clone(),
                cloud: self.cloud.clone(),
                book: self.book.clone(),
                rng: ChaCha8Rng::seed_from_u64(self.rng.random()),
                project: ["red", "blue"][number % 2].to_owned(),
                requests: self.rng.random_range(2..=6),
                clusters,
                nodes,
                build_seconds,
            };
            self.spawn(
                Role::Client,
                Box::pin(async move {
                    let mut client = client;
                    client.create_profile().await;
                    client.tell().await;
                    Ended::Client
                }),
            );
        }
    }
}
