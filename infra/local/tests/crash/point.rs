//! Where to kill: chosen by a seed from the effects that a run without accident has.

use coppice_local::halt::{HaltAt, Side};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

/// How often each effect happens.
pub(crate) type Effects = BTreeMap<String, u32>;

/// The clouds that cases run on: with tokens and without, instances ready at once and after a while.
pub(crate) const CLOUDS: [&str; 4] = [
    r#"{"tokens": true, "build_seconds": 0}"#,
    r#"{"tokens": false, "build_seconds": 0}"#,
    r#"{"tokens": true, "build_seconds": 0.3}"#,
    r#"{"tokens": false, "build_seconds": 0.3}"#,
];

/// What the sweep adds in a process that starts with somebody else's unfinished work.
const AFTER_A_CRASH: [&str; 2] = ["rearm:action", "send:message"];
/// Not of the resize, or not in every run of it.
const BESIDE_THE_POINT: [&str; 4] = ["update:watermark", "rearm:action", "renew:action", "hide:message"];
/// As often as the worker happens to look before the cloud is ready.
const AS_TIME_HAS_IT: [&str; 4] = ["claim:action", "park:action", "send:message", "delete:message"];
/// Most effects happen once for each node that is made.
const NEW_NODES: u32 = 27;
/// A process that finishes somebody else's work has fewer effects left.
const EARLY: u32 = 4;

/// What a seed decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The cloud, as an index.
    pub(crate) cloud: usize,
    /// Where each process is killed, in turn.
    pub(crate) kills: Vec<HaltAt>,
}

impl Choice {
    /// Kills at an earlier occurrence of the first effect instead, if there is one.
    pub(crate) fn come_earlier(&mut self) -> bool {
        let Some(first) = self.kills.first_mut().filter(|first| first.occurrence > 1) else { return false };
        first.occurrence /= 2;
        true
    }
}

/// Chooses from the effects of an undisturbed run on each cloud.
pub(crate) fn choose(seed: u64, effects: &[Effects]) -> Choice {
    let mut rng = StdRng::seed_from_u64(seed);
    let cloud = rng.random_range(0..effects.len());
    let known: Vec<(&str, u32)> = effects[cloud]
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .filter(|(name, _)| !BESIDE_THE_POINT.contains(name))
        .map(|(name, count)| (name, certain(name, count)))
        .collect();
    let mut kills = vec![point(&mut rng, &known)];
    if seed.is_multiple_of(3) {
        let left: Vec<(&str, u32)> = known
            .iter()
            .map(|(name, count)| (*name, (*count).min(EARLY)))
            .filter(|(name, _)| !matches!(*name, "accept:action" | "step:action"))
            .chain(AFTER_A_CRASH.map(|name| (name, 2)))
            .collect();
        kills.push(point(&mut rng, &left));
    }
    Choice { cloud, kills }
}

/// How often an effect happens at least, in any run: a slow machine adds some, when a worker outlives its
/// lease.
fn certain(effect: &str, count: u32) -> u32 {
    if AS_TIME_HAS_IT.contains(&effect) || count < NEW_NODES { 1 } else { count - count % NEW_NODES }
}

fn point(rng: &mut StdRng, effects: &[(&str, u32)]) -> HaltAt {
    let (effect, count) = effects.choose(rng).copied().unwrap_or(("finish:action", 1));
    let occurrence = rng.random_range(1..=count);
    let side = if rng.random() { Side::Before } else { Side::After };
    HaltAt { effect: effect.to_owned(), occurrence, side }
}

#[test]
fn a_seed_always_chooses_alike() {
    let effects: Vec<Effects> = CLOUDS.map(|_| Effects::from([("put:instance".to_owned(), 27)])).into();
    assert_eq!(choose(3, &effects), choose(3, &effects));
    assert_eq!(choose(3, &effects).kills.len(), 2);
}

#[test]
fn a_point_that_is_not_reached_comes_earlier_until_it_is_the_first() {
    let point = HaltAt { effect: "put:instance".to_owned(), occurrence: 5, side: Side::After };
    let mut choice = Choice { cloud: 0, kills: vec![point] };
    let mut tried = vec![choice.kills[0].occurrence];
    while choice.come_earlier() {
        tried.push(choice.kills[0].occurrence);
    }
    assert_eq!(tried, [5, 2, 1]);
}

#[test]
fn effects_beyond_one_a_node_are_not_counted_on() {
    for (effect, count, certain_count) in
        [("put:instance", 27, 27), ("update:node", 61, 54), ("step:action", 2, 1), ("send:message", 40, 1)]
    {
        assert_eq!(certain(effect, count), certain_count, "{effect}");
    }
}
