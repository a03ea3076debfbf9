//! Every action, disturbed at each of its effects: whoever is at it dies before or after, or the effect happens
//! twice. The table that is printed has no hole.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and the table is for people"
)]

use coppice_domain::action::ActionKind;
use coppice_simulation::{Disturbance, Rehearsed, rehearse, rehearse_behind};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// One cell's worth of work: an action, disturbed at one effect in one way.
type Cell = (usize, usize, Disturbance);

fn complaint(kind: ActionKind, rehearsed: &Rehearsed, undisturbed: &[String]) -> Option<String> {
    let mut wrong = rehearsed.violations.clone();
    if rehearsed.ended != undisturbed {
        wrong.push(format!("{} ended as {:?}, not {undisturbed:?}", kind.name(), rehearsed.ended));
    }
    (!wrong.is_empty()).then(|| format!("{}\n{}", wrong.join("\n"), rehearsed.tail.join("\n")))
}

/// What an action does in its world, undisturbed or disturbed.
type Rehearse = dyn Fn(ActionKind, Option<(usize, Disturbance)>) -> Rehearsed + Sync;

/// Kinds that concern what stands in front of a cluster: one that builds it, and one whose nodes leave it.
const BEHIND: [ActionKind; 2] = [ActionKind::ClusterAttachPolicy, ActionKind::ClusterScaleIn];

#[test]
fn an_action_survives_whatever_happens_at_any_of_its_effects() {
    // Both moods of the backend have their share.
    without_a_hole(ActionKind::ALL, &|kind, disturbed| {
        rehearse(kind, disturbed.is_none_or(|(effect, _)| effect % 2 == 0), disturbed)
    });
}

#[test]
fn an_action_on_a_cluster_behind_a_balancer_survives_it_too() {
    without_a_hole(&BEHIND, &|kind, disturbed| rehearse_behind(kind, disturbed));
}

fn without_a_hole(kinds: &[ActionKind], rehearse: &Rehearse) {
    let undisturbed: Vec<Rehearsed> = kinds.iter().map(|kind| rehearse(*kind, None)).collect();
    let mut cells: Vec<Cell> = Vec::new();
    for (number, (kind, rehearsed)) in kinds.iter().zip(&undisturbed).enumerate() {
        assert!(rehearsed.violations.is_empty(), "{}: {:?}", kind.name(), rehearsed.violations);
        let succeeded =
            !rehearsed.ended.is_empty() && rehearsed.ended.iter().all(|status| status == "SUCCEEDED");
        assert!(succeeded, "{} ended as {:?} undisturbed", kind.name(), rehearsed.ended);
        let effects = 0..rehearsed.effects.len();
        cells.extend(effects.flat_map(|effect| Disturbance::ALL.map(|how| (number, effect, how))));
    }
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let survived: BTreeSet<usize> = thread::scope(|scope| {
        let work = || {
            let mut survived = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some((number, effect, how)) = cells.get(place).copied() else { return survived };
                let kind = kinds[number];
                let rehearsed = rehearse(kind, Some((effect, how)));
                if let Some(complaint) = complaint(kind, &rehearsed, &undisturbed[number].ended) {
                    let what = &undisturbed[number].effects[effect];
                    println!("{} {how:?} effect {effect} ({what}): {complaint}", kind.name());
                    continue;
                }
                survived.push(place);
            }
        };
        let lanes: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_default()).collect()
    });
    println!("{:<24} {:>7} {:>7} {:>7} {:>7}", "action", "effects", "before", "after", "twice");
    for (number, (kind, rehearsed)) in kinds.iter().zip(&undisturbed).enumerate() {
        let count = |how: Disturbance| {
            let own = cells.iter().enumerate().filter(|(_, cell)| cell.0 == number && cell.2 == how);
            own.filter(|(place, _)| survived.contains(place)).count()
        };
        let [before, after, twice] = Disturbance::ALL.map(count);
        let effects = rehearsed.effects.len();
        println!("{:<24} {effects:>7} {before:>7} {after:>7} {twice:>7}", kind.name());
        assert_eq!([before, after, twice], [effects; 3], "{} has a hole", kind.name());
    }
}
