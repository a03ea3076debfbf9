//! The scheduler: it owns time, order and faults, and polls one task at a time.

mod assembly;
mod ending;
mod tasks;
mod trouble;

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
