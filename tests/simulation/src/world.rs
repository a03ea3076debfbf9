//! The scheduler: it owns time, order and faults, and polls one task at a time.

use crate::bugs::Bug;
use crate::check;
use crate::check::pools;
use crate::cloud::Cloud;
use crate::faults::Faults;
use crate::gate::{Class, Fate, Gate, TaskId, Waiting};
use crate::letter_story::read_all;
use crate::log::Log;
use crate::post::Post;
use crate::queue::Queue;
use crate::rehearsal::{Script, Scripted};
use crate::service::Service;
use crate::story::{Book, Client};
use crate::table::{Request, TABLE, Table};
use crate::time::{SeededIds, SimClock, seconds};
use crate::watch::is_terminal;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig};
use coppice_compute::balancer::{Balancer, PartRequest};
use coppice_compute::simulated::balancer::{BalancerConfig, ExistingBalancer, SimulatedBalancer};
use coppice_compute::simulated::{Departure, InstanceStore, MemoryStore, Record, Simulated, SimulatedConfig};
use coppice_compute::{Compute, CreateRequest, InstanceState};
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::Receiver;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::dispatch::{Outcome, handle};
use coppice_engine::{Env, Settings, Worker, reconciler};
use coppice_store::{Store, StoreError};
use futures::FutureExt;
use futures::task::noop_waker;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use uuid::Uuid;

/// How a task ended.
enum Ended {
    Client,
    Delivery(Result<Outcome, StoreError>),
    Reconciler(Result<reconciler::Report, StoreError>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Client,
    Delivery { worker: usize },
    Reconciler { worker: usize },
}

struct Task {
    role: Role,
    future: Pin<Box<dyn Future<Output = Ended> + Send>>,
    born: Timestamp,
    stalled_until: Timestamp,
}

/// What may happen next.
enum Choice {
    Effect(Waiting),
    Message(u64),
    Reconcile,
    LateWrite(usize),
    LateCreation(usize),
}

/// A creation that takes effect late.
enum Creation {
    Instance(CreateRequest),
    Part(PartRequest),
}

/// One simulated world.
pub(crate) struct World {
    pub(crate) table: Table,
    pub(crate) book: Arc<Mutex<Book>>,
    pub(crate) instances: Arc<MemoryStore>,
    /// The load balancing service, past the gate.
    pub(crate) balancer: Arc<dyn Balancer>,
    pub(crate) post: Arc<Post>,
    pub(crate) clock: SimClock,
    pub(crate) log: Log,
    pub(crate) deployment: String,
    rng: ChaCha8Rng,
    faults: Faults,
    gate: Gate,
    queue: Queue,
    cloud: Cloud,
    service: Service,
    workers: Vec<Worker>,
    tasks: BTreeMap<TaskId, Task>,
    next_task: TaskId,
    next_reconciliation: Timestamp,
    late_writes: Vec<(Timestamp, Request)>,
    late_creations: Vec<(Timestamp, Creation)>,
    steps: u64,
    script: Option<Script>,
    /// Instances that were there one moment and not the next, and nobody had asked for it.
    pub(crate) vanished: BTreeSet<String>,
    /// Whether instances may fail to build.
    pub(crate) unlucky: bool,
}

/// Deliveries at once.
const CONCURRENCY: usize = 6;
/// A process that runs longer than this is ended by its platform, held up or not.
const LONGEST_RUN: Duration = seconds(600);
/// How long a settled world may take to fall silent.
const PATIENCE: Duration = seconds(12 * 3600);
/// Searches for what nobody claims at the end.
const SEARCHES: usize = 3;
/// The same where there are load balancers: those are rid of one part at a time.
const SEARCHES_BEHIND: usize = 6;
/// Most steps of one seed.
const MOST_STEPS: u64 = 60_000;

impl World {
    pub(crate) fn new(seed: u64, bug: Option<Bug>, verbose: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut choose = |choices: &[f64]| choices[rng.random_range(0..choices.len())];
        let config = SimulatedConfig {
            seed,
            tokens: choose(&[0.0, 1.0]) > 0.5,
            build_seconds: choose(&[0.0, 3.0, 40.0, 400.0]),
            delete_seconds: choose(&[0.0, 2.0, 30.0]),
            fail_rate: choose(&[0.0, 0.0, 0.0, 0.2]),
            staleness_seconds: choose(&[0.0, 0.0, 5.0, 60.0]),
            ..SimulatedConfig::default()
        };
        let config = SimulatedConfig { balancer: balancer(&config), ..config };
        let skew = choose(&[0.0, 2.0, 10.0, 300.0]);
        let build_seconds = config.build_seconds as u64;
        let settings = Settings {
            max_clusters_per_project: if rng.random_bool(0.3) { 1 } else { 100 },
            max_actions_per_batch: if rng.random_bool(0.2) { 2 } else { 0 },
            ..Settings::default()
        };
        let (mut world, client_envs) = Self::assembled(seed, rng, &config, skew, settings, bug, verbose);
        let faults = Faults::draw(&mut world.rng);
        let now = world.clock.now();
        world.log.line(now, || format!("seed {seed}: {config:?}, skew {skew} s, {faults:?}, bug {bug:?}"));
        world.people(client_envs, build_seconds);
        world.faults = faults;
        world
    }

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

    /// Lets what was asked for be done.
    pub(crate) fn settle(&mut self) {
        while !self.quiet() && !self.broken() && self.steps < MOST_STEPS {
            self.step();
        }
    }

    /// Counts effects from now on, and disturbs one of them.
    pub(crate) fn follow(&mut self, script: Script) {
        self.script = Some(script);
    }

    /// The effects there were since they are counted, and whether the one to be disturbed was among them.
    pub(crate) fn effects(&self) -> (Vec<String>, bool) {
        let script = self.script.as_ref();
        script.map(|script| (script.effects.clone(), script.fired)).unwrap_or_default()
    }

    /// Creates the table.
    fn prepare(&mut self, store: &Store) {
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

    fn people(&mut self, envs: [Env; 4], build_seconds: u64) {
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

    fn spawn(&mut self, role: Role, future: Pin<Box<dyn Future<Output = Ended> + Send>>) {
        let id = self.next_task;
        self.next_task += 1;
        let born = self.clock.now();
        self.tasks.insert(id, Task { role, future, born, stalled_until: born });
        self.poll(id);
    }

    /// Runs a task up to its next effect.
    fn poll(&mut self, id: TaskId) {
        self.gate.running(id);
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let waker = noop_waker();
        let Poll::Ready(ended) = task.future.as_mut().poll(&mut Context::from_waker(&waker)) else { return };
        let role = task.role;
        self.tasks.remove(&id);
        let now = self.clock.now();
        match (role, ended) {
            (Role::Delivery { worker }, Ended::Delivery(outcome)) => {
                self.log.line(now, || format!("task {id} (worker {worker}) ended: {outcome:?}"));
            }
            (_, Ended::Reconciler(report)) => self.log.line(now, || format!("task {id} ended: {report:?}")),
            (_, _) => self.log.line(now, || format!("task {id} ended")),
        }
    }

    fn let_through(&mut self, waiting: &Waiting, fate: Fate) {
        let sent = self.queue.upcoming();
        self.gate.grant(waiting.number, fate);
        self.poll(waiting.task);
        if fate == Fate::LastWords {
            self.kill(waiting.task, "with its last words");
        }
        let now = self.clock.now();
        for request in std::mem::take(&mut self.table.state().late) {
            let delay = self.rng.random_range(1..=20_000);
            self.late_writes.push((now.plus(Duration::from_millis(delay)), request));
        }
        let instances = self.cloud.take_late().into_iter().map(Creation::Instance);
        let parts = self.service.take_late().into_iter().map(Creation::Part);
        for creation in instances.chain(parts) {
            let delay = self.rng.random_range(1..=60_000);
            self.late_creations.push((now.plus(Duration::from_millis(delay)), creation));
        }
        for message in sent..self.queue.upcoming() {
            self.mishandle(message);
        }
    }

    /// What the queue does to a new message.
    fn mishandle(&mut self, message: u64) {
        let now = self.clock.now();
        if self.rng.random_bool(self.faults.message_doubled) {
            for _ in 0..self.rng.random_range(1..=4) {
                let delay = Duration::from_millis(self.rng.random_range(0..=900_000));
                self.queue.double(message, delay);
            }
            self.log.line(now, || format!("message {message} doubled"));
        }
        if self.rng.random_bool(self.faults.message_delayed) {
            let delay = Duration::from_millis(self.rng.random_range(0..=900_000));
            self.queue.delay(message, delay);
            self.log.line(now, || format!("message {message} delayed by {delay:?}"));
        }
        if self.rng.random_bool(self.faults.message_lost) {
            self.queue.lose(message);
            self.log.line(now, || format!("message {message} lost"));
        }
    }

    fn kill(&mut self, id: TaskId, how: &str) {
        // Dropping the future takes its effects off the gate.
        if self.tasks.remove(&id).is_some() {
            self.log.line(self.clock.now(), || format!("task {id} died {how}"));
        }
    }

    fn choices(&mut self) -> Vec<Choice> {
        let now = self.clock.now();
        let table = self.table.state();
        let ended = |action: &coppice_domain::ids::ActionId| {
            table.history.get(&format!("X#{action}"), "A").is_some_and(|item| is_terminal(&item))
        };
        let mut choices: Vec<Choice> = self
            .gate
            .waiting()
            .into_iter()
            .filter(|waiting| match &waiting.class {
                Class::Pause(until) => *until <= now,
                Class::Await(action, until) => *until <= now || ended(action),
                _ => self.tasks.get(&waiting.task).is_some_and(|task| task.stalled_until <= now),
            })
            .map(Choice::Effect)
            .collect();
        drop(table);
        let busy = self.tasks.values().filter(|task| matches!(task.role, Role::Delivery { .. })).count();
        if busy < CONCURRENCY {
            choices.extend(self.queue.visible(now).into_iter().map(Choice::Message));
        }
        if self.next_reconciliation <= now {
            choices.push(Choice::Reconcile);
        }
        let due = |(number, at): (usize, Timestamp)| (at <= now).then_some(number);
        let writes = self.late_writes.iter().map(|(at, _)| *at).enumerate().filter_map(due);
        choices.extend(writes.map(Choice::LateWrite));
        let creations = self.late_creations.iter().map(|(at, _)| *at).enumerate().filter_map(due);
        choices.extend(creations.map(Choice::LateCreation));
        choices
    }

    /// When something can happen next, if nothing can now.
    fn next_moment(&self) -> Option<Timestamp> {
        let pauses = self.gate.waiting().into_iter().map(|waiting| match waiting.class {
            Class::Pause(until) | Class::Await(_, until) => until,
            _ => self.tasks.get(&waiting.task).map_or(self.clock.now(), |task| task.stalled_until),
        });
        let late = self.late_writes.iter().map(|(at, _)| *at);
        let creations = self.late_creations.iter().map(|(at, _)| *at);
        let busy = self.tasks.values().filter(|task| matches!(task.role, Role::Delivery { .. })).count();
        let message = self.queue.next().filter(|_| busy < CONCURRENCY);
        pauses.chain(late).chain(creations).chain(message).chain([self.next_reconciliation]).min()
    }

    /// Lets one thing happen, or time pass until something can.
    fn step(&mut self) {
        self.steps += 1;
        self.misfortune();
        let mut choices = self.choices();
        if choices.is_empty() {
            if let Some(moment) = self.next_moment() {
                self.clock.advance_to(moment);
            }
            return;
        }
        let place = self.rng.random_range(0..choices.len());
        let choice = choices.swap_remove(place);
        self.clock.advance(Duration::from_micros(self.rng.random_range(100..30_000)));
        let now = self.clock.now();
        match choice {
            Choice::Effect(waiting) => {
                let mortal = self.tasks.get(&waiting.task).is_some_and(|task| task.role != Role::Client);
                let waits = matches!(waiting.class, Class::Pause(_) | Class::Await(..));
                let stall = if mortal { self.faults.stall } else { self.faults.stall / 4.0 };
                if !waits && self.rng.random_bool(stall) {
                    self.hold_up(waiting.task);
                    return;
                }
                let scripted = self.script.as_mut().and_then(|script| script.fate(&waiting, mortal));
                if scripted == Some(Scripted::Death) {
                    self.kill(waiting.task, "with this unsaid");
                    return;
                }
                let fate = match scripted {
                    Some(Scripted::Fate(fate)) => fate,
                    _ => self.faults.fate(waiting.class, mortal, &mut self.rng),
                };
                self.log.line(now, || format!("task {} {fate:?}: {}", waiting.task, waiting.label));
                self.let_through(&waiting, fate);
            }
            Choice::Message(number) => self.deliver(number),
            Choice::Reconcile => self.reconcile(),
            Choice::LateWrite(place) => {
                let (_, request) = self.late_writes.swap_remove(place);
                self.log.line(now, || format!("late effect: {}", crate::table::label(&request)));
                self.gate.running(0);
                self.table.perform(&request);
            }
            Choice::LateCreation(place) => {
                let (_, creation) = self.late_creations.swap_remove(place);
                self.gate.running(0);
                match creation {
                    Creation::Instance(request) => {
                        self.log.line(now, || {
                            format!("late effect: create instance for node {}", request.tags.node.short())
                        });
                        let _ = self.cloud.perform_create(&request).now_or_never();
                    }
                    Creation::Part(request) => {
                        self.log.line(now, || format!("late effect: create {}", request.name));
                        let _ = self.service.perform_create(&request).now_or_never();
                    }
                }
            }
        }
    }

    fn deliver(&mut self, number: u64) {
        let again = self.rng.random_bool(self.faults.message_doubled / 4.0);
        let place = self.rng.random_range(0..self.workers.len());
        let Some(message) = self.queue.receive(number, again) else { return };
        let worker = self.workers[place].clone();
        let id = self.next_task;
        self.log.line(self.clock.now(), || {
            format!("task {id} is worker {place} with action {} seq {}", message.action.short(), message.seq)
        });
        let (role, queue) = (Role::Delivery { worker: place }, self.queue.clone());
        self.spawn(
            role,
            Box::pin(async move {
                let outcome = handle(&worker, message.action, message.seq).await;
                queue.answer(number, &message, &outcome).await;
                Ended::Delivery(outcome)
            }),
        );
    }

    fn reconcile(&mut self) {
        self.next_reconciliation = self.clock.now().plus(seconds(60));
        let place = self.rng.random_range(0..self.workers.len());
        let worker = self.workers[place].clone();
        let id = self.next_task;
        self.log
            .line(self.clock.now(), || format!("task {id} is a reconciler by the clock of worker {place}"));
        let role = Role::Reconciler { worker: place };
        self.spawn(role, Box::pin(async move { Ended::Reconciler(reconciler::run(&worker).await) }));
    }

    /// Holds a process up before its next effect, often until others have taken over from it.
    fn hold_up(&mut self, id: TaskId) {
        let now = self.clock.now();
        let span = Duration::from_millis(self.rng.random_range(1_000..280_000));
        if let Some(task) = self.tasks.get_mut(&id) {
            task.stalled_until = now.plus(span);
            self.log.line(now, || format!("task {id} is held up for {span:?}"));
        }
    }

    /// Deaths and leaps of time.
    fn misfortune(&mut self) {
        let now = self.clock.now();
        let mortals: Vec<TaskId> =
            self.tasks.iter().filter(|(_, task)| task.role != Role::Client).map(|(id, _)| *id).collect();
        for id in &mortals {
            if self.tasks.get(id).is_some_and(|task| now.since(task.born) > LONGEST_RUN) {
                self.kill(*id, "of old age");
            }
        }
        if !mortals.is_empty() && self.rng.random_bool(self.faults.death) {
            let victim = mortals[self.rng.random_range(0..mortals.len())];
            self.kill(victim, "suddenly");
        }
        if self.rng.random_bool(self.faults.vanish) {
            self.vanish();
        }
        if self.rng.random_bool(self.faults.leap) {
            let span = Duration::from_millis(self.rng.random_range(1_000..150_000));
            self.clock.advance(span);
            self.log.line(now, || format!("time leaps by {span:?}"));
        }
    }

    /// Makes an instance that runs vanish, as those of clouds do.
    fn vanish(&mut self) {
        let now = self.clock.now();
        let records = check::records(self);
        let running: Vec<Record> = records
            .into_iter()
            .filter(|record| {
                record.departure.is_none() && record.state_at(now) == Some(InstanceState::Active)
            })
            .collect();
        let Some(was) = running.get(self.rng.random_range(0..running.len().max(1))) else { return };
        let departure = Some(Departure { accepted_at: now, gone_at: now });
        let gone = Record { version: was.version + 1, departure, ..was.clone() };
        if self.instances.replace(was, &gone).now_or_never().is_some_and(|replaced| replaced == Ok(true)) {
            self.log.line(now, || format!("instance {} vanishes", was.id));
            self.vanished.insert(was.id.clone());
        }
    }

    fn quiet(&self) -> bool {
        let actions_ended = {
            let table = self.table.state();
            table.history.of_kind("X#").all(|(key, item)| key.1 != "A" || is_terminal(item))
        };
        actions_ended
            && self.tasks.is_empty()
            && self.queue.is_empty()
            && self.late_writes.is_empty()
            && self.late_creations.is_empty()
    }

    fn broken(&self) -> bool {
        !self.table.state().watch.violations().is_empty()
    }

    /// Tells the whole story, then lets everything settle. An error is a world that does not.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        while self.tasks.values().any(|task| task.role == Role::Client) && !self.broken() {
            self.step();
            if self.steps > MOST_STEPS {
                return Err(format!("the story is not over after {MOST_STEPS} steps"));
            }
        }
        // Requests that were acknowledged may still be under way: faults go on for a while.
        let grace = self.clock.now().plus(Duration::from_secs(self.rng.random_range(0..900)));
        while self.clock.now() < grace && !self.broken() && !self.quiet() && self.steps < MOST_STEPS {
            self.step();
        }
        self.faults = Faults::default();
        for task in self.tasks.values_mut() {
            task.stalled_until = Timestamp::from_micros(0);
        }
        self.log.line(self.clock.now(), || "faults end".to_owned());
        self.end_schedules();
        self.read_letters();
        let deadline = self.clock.now().plus(PATIENCE);
        let searches = if pools::parts(self).is_empty() { SEARCHES } else { SEARCHES_BEHIND };
        for _ in 0..searches {
            while !self.quiet() && !self.broken() {
                self.step();
                if self.clock.now() > deadline || self.steps > MOST_STEPS {
                    return Err(format!("nothing settles: {}", self.unsettled()));
                }
            }
            // Long enough for the search for unclaimed instances to run, and to see everything.
            self.clock.advance(seconds(1_200));
            self.reconcile();
        }
        while !self.quiet() && !self.broken() && self.steps < MOST_STEPS {
            self.step();
        }
        Ok(())
    }

    /// Deletes what would go on for ever: a world with it does not come to rest.
    fn end_schedules(&mut self) {
        let endless: Vec<ReceiverId> = check::by_id(&self.table.state().history, "R")
            .into_iter()
            .filter(|(_, item)| {
                crate::history::text(item, "schedule").is_some_and(|text| text.contains("cron"))
            })
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        let store = self.workers[0].env.store.clone();
        self.client(async move {
            for id in endless {
                // What was sent before the faults ended may still change its name.
                while let Ok(Some(receiver)) = store.get::<Receiver>(id).await {
                    if store.receiver_delete(&receiver).await.is_ok() {
                        break;
                    }
                }
            }
        });
    }

    /// Has every message receiver told that there are letters.
    fn read_letters(&mut self) {
        let receivers = check::by_id(&self.table.state().history, "R");
        let receivers =
            receivers.iter().filter(|(_, item)| crate::history::text(item, "type") == Some("message"));
        let receivers: Vec<ReceiverId> = receivers.filter_map(|(id, _)| id.parse().ok()).collect();
        if receivers.is_empty() {
            return;
        }
        let with = (self.workers[0].env.clone(), self.post.clone());
        self.client(read_all(with, (self.gate.clone(), self.clock.clone()), receivers));
    }

    fn unsettled(&self) -> String {
        let table = self.table.state();
        let open = table.history.of_kind("X#").filter(|(key, item)| key.1 == "A" && !is_terminal(item));
        let open: Vec<String> = open
            .map(|(key, item)| {
                let text = |name| crate::history::text(item, name).unwrap_or("-");
                format!("{} {} {} ({})", key.0, text("kind"), text("status"), text("status_reason"))
            })
            .collect();
        format!(
            "{} after {} steps; tasks {}, queue empty: {}",
            open.join("; "),
            self.steps,
            self.tasks.len(),
            self.queue.is_empty()
        )
    }

    /// What clients were told.
    pub(crate) fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many steps were taken.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }
}

/// A load balancing service that is as slow, as unreliable and as stale as the cloud beside it. Users have
/// something in it already.
pub(crate) fn balancer(cloud: &SimulatedConfig) -> BalancerConfig {
    let (id, name) = ("theirs".to_owned(), "mine".to_owned());
    BalancerConfig {
        seed: cloud.seed,
        provision_seconds: cloud.build_seconds / 4.0,
        change_seconds: cloud.delete_seconds / 4.0,
        delete_seconds: cloud.delete_seconds / 2.0,
        fail_rate: cloud.fail_rate,
        staleness_seconds: cloud.staleness_seconds,
        existing: vec![ExistingBalancer { id, name, pools: vec!["pool-1".to_owned()] }],
        ..BalancerConfig::default()
    }
}

fn client(table: &Table) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://dynamodb.test")
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .identity_cache(IdentityCache::no_cache())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .http_client(table.clone())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
