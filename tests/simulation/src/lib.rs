//! The simulation: the real engine and the real store, in one thread, without sockets, under a seeded
//! scheduler that owns time, order and faults. A seed that fails can be replayed to the letter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "test code: it fails by panicking and reports by printing"
)]

mod adopt_story;
mod bugs;
mod check;
mod cloud;
mod faults;
mod gate;
mod health;
mod history;
mod letter_story;
mod log;
mod node_story;
mod policy_story;
mod post;
mod queue;
mod receiver_story;
mod records;
mod region_story;
mod rehearsal;
mod service;
mod stage;
mod story;
mod table;
mod time;
mod watch;
mod world;

pub use bugs::Bug;
pub use rehearsal::{Disturbance, Rehearsed, rehearse, rehearse_behind};

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What came of one seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Everything that was wrong; empty when nothing was.
    pub violations: Vec<String>,
    /// The end of the log.
    pub tail: Vec<String>,
    /// A digest of the whole log: equal for two runs of one seed.
    pub digest: String,
    /// How many steps the scheduler took.
    pub steps: u64,
    /// How often what happened: actions by kind and end, nodes by status.
    pub tally: BTreeMap<String, u64>,
}

/// How to run a seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A bug to plant.
    pub bug: Option<Bug>,
    /// Whether to print the log as it is written.
    pub verbose: bool,
}

/// How many lines of the log a report holds.
const TAIL: usize = 60;

/// Runs one seed.
#[must_use]
pub fn run(seed: u64, options: Options) -> Report {
    let mut world = world::World::new(seed, options.bug, options.verbose);
    let mut violations = Vec::new();
    match world.run() {
        Err(unsettled) => {
            violations.push(unsettled);
            violations.extend(world.table.state().watch.violations().iter().cloned());
        }
        Ok(()) if !world.table.state().watch.violations().is_empty() => {
            violations.extend(world.table.state().watch.violations().iter().cloned());
        }
        Ok(()) => violations.extend(check::check(&world)),
    }
    Report {
        seed,
        violations,
        tail: world.log.tail(TAIL).to_vec(),
        digest: world.log.digest(),
        steps: world.steps(),
        tally: check::tally(&world),
    }
}

/// Runs seeds on every core. `heard` is told what came of each, in no order.
pub fn run_each(seeds: &[u64], options: Options, heard: impl Fn(Report) + Sync) {
    let next = AtomicUsize::new(0);
    let lane = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            heard(run(*seed, options));
        }
    };
    // What is printed on the way is of one seed after another.
    let lanes = if options.verbose { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
}

impl Report {
    /// Whether nothing was wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.violations.is_empty()
    }

    /// What people need to find the cause.
    #[must_use]
    pub fn explain(&self) -> String {
        format!(
            "seed {}: {}\nthe end of the log:\n{}\nreplay: cargo run -p coppice-simulation -- --seed {} --verbose",
            self.seed,
            self.violations.join("\n  "),
            self.tail.join("\n"),
            self.seed
        )
    }
}
