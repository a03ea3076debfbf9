//! Rehearsals: one action, undisturbed first, and then again and again with one of its effects disturbed. The
//! effects are counted where they pass the gate; nobody lists them.

use crate::check;
use crate::gate::{Class, Fate, Waiting};
use crate::stage::{Stage, set_up};
use crate::world::{World, balancer};
use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::action::ActionKind;
use coppice_engine::Settings;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What is done to an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// Whoever asks for it dies before.
    Before,
    /// It takes effect, and whoever asked for it dies before the answer.
    After,
    /// It takes effect twice.
    Twice,
}

impl Disturbance {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Before, Self::After, Self::Twice];
}

/// What the scheduler is told to do with an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripted {
    Fate(Fate),
    Death,
}

/// Counts effects, and disturbs the one whose turn it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    /// What the effects were, in order.
    pub(crate) effects: Vec<String>,
    disturbed: Option<(usize, Disturbance)>,
    /// Whether the effect that is to be disturbed was reached.
    pub(crate) fired: bool,
}

impl Script {
    pub(crate) const fn new(disturbed: Option<(usize, Disturbance)>) -> Self {
        Self { effects: Vec::new(), disturbed, fired: false }
    }

    /// What is to become of this effect; none for what changes nothing. A client does not die: it is not
    /// answered, and asks again.
    pub(crate) fn fate(&mut self, waiting: &Waiting, mortal: bool) -> Option<Scripted> {
        let changes = matches!(
            waiting.class,
            Class::Write | Class::Transaction | Class::CloudWrite | Class::Ring | Class::Queue
        );
        if !changes {
            return None;
        }
        let place = self.effects.len();
        self.effects.push(waiting.label.clone());
        let (_, how) = self.disturbed.filter(|(disturbed, _)| *disturbed == place)?;
        self.fired = true;
        Some(match how {
            Disturbance::Before if mortal => Scripted::Death,
            Disturbance::Before => Scripted::Fate(Fate::Unsent),
            Disturbance::After if mortal => Scripted::Fate(Fate::LastWords),
            Disturbance::After => Scripted::Fate(Fate::AnswerLost),
            Disturbance::Twice => Scripted::Fate(Fate::Twice),
        })
    }
}

/// What came of a rehearsal.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The effects there were.
    pub effects: Vec<String>,
    /// Whether the effect that was to be disturbed was.
    pub fired: bool,
    /// How the actions of the kind ended.
    pub ended: Vec<String>,
    /// What was wrong.
    pub violations: Vec<String>,
    /// The end of the log.
    pub tail: Vec<String>,
}

/// Lets a client ask for an action of this kind in a small world, with one effect disturbed or none. `tokens`:
/// whether the backend can tell repeated creations apart.
#[must_use]
pub fn rehearse(kind: ActionKind, tokens: bool, disturbed: Option<(usize, Disturbance)>) -> Rehearsed {
    rehearsed(kind, tokens, false, disturbed)
}

/// The same in a world in which the cluster is behind a load balancer, or comes to be.
#[must_use]
pub fn rehearse_behind(kind: ActionKind, disturbed: Option<(usize, Disturbance)>) -> Rehearsed {
    rehearsed(kind, true, true, disturbed)
}

fn rehearsed(
    kind: ActionKind,
    tokens: bool,
    behind: bool,
    disturbed: Option<(usize, Disturbance)>,
) -> Rehearsed {
    let config = SimulatedConfig {
        seed: 1,
        tokens,
        build_seconds: 3.0,
        delete_seconds: 2.0,
        ..SimulatedConfig::default()
    };
    let config = SimulatedConfig { balancer: balancer(&config), ..config };
    let rng = ChaCha8Rng::seed_from_u64(1);
    let (mut world, [env, ..]) = World::assembled(1, rng, &config, 0.0, Settings::default(), None, false);
    let stage = Stage::new(env, world.instances.clone(), behind);
    let mut violations = Vec::new();
    let asked = set_up(&mut world, &stage, kind);
    world.follow(Script::new(disturbed));
    world.client(stage.ask(asked));
    if let Err(unsettled) = world.run() {
        violations.push(unsettled);
    }
    violations.extend(check::check(&world));
    let ended = check::ended(&world, kind);
    let (effects, fired) = world.effects();
    Rehearsed { effects, fired, ended, violations, tail: world.log.tail(crate::TAIL).to_vec() }
}
