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

/// An action in one of its worlds.
#[derive(Clone, Copy)]
struct Scene {
    kind: ActionKind,
    mood: Mood,
}

/// What distinguishes the worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// The backend can tell repeated creations apart.
    Tokens,
    /// It cannot.
    Tokenless,
    /// The cluster is behind a load balancer, or comes to be.
    Behind,
}

impl Scene {
    fn rehearse(self, disturbed: Option<(usize, Disturbance)>) -> Rehearsed {
        match self.mood {
            Mood::Tokens => rehearse(self.kind, true, disturbed),
            Mood::Tokenless => rehearse(self.kind, false, disturbed),
            Mood::Behind => rehearse_behind(self.kind, disturbed),
        }
    }

    fn name(self) -> String {
        match self.mood {
            Mood::Tokens => self.kind.name().to_owned(),
            Mood::Tokenless => format!("{}, no tokens", self.kind.name()),
            Mood::Behind => format!("{}, balanced", self.kind.name()),
        }
    }
}

/// One cell's worth of work: a scene, disturbed at one effect in one way.
type Cell = (usize, usize, Disturbance);

fn complaint(scene: Scene, rehearsed: &Rehearsed, undisturbed: &[String]) -> Option<String> {
    let mut wrong = rehearsed.violations.clone();
    if !rehearsed.fired {
        wrong.push("the effect was not reached, and nothing was disturbed".to_owned());
    }
    if rehearsed.ended != undisturbed {
        wrong.push(format!("{} ended as {:?}, not {undisturbed:?}", scene.name(), rehearsed.ended));
    }
    (!wrong.is_empty()).then(|| format!("{}\n{}", wrong.join("\n"), rehearsed.tail.join("\n")))
}

/// Kinds that concern what stands in front of a cluster: one that builds it, and one whose nodes leave it.
const BEHIND: [ActionKind; 2] = [ActionKind::ClusterAttachPolicy, ActionKind::ClusterScaleIn];

#[test]
fn an_action_survives_whatever_happens_at_any_of_its_effects() {
    without_a_hole(ActionKind::ALL.iter().map(|kind| Scene { kind: *kind, mood: Mood::Tokens }));
}

#[test]
fn an_action_that_makes_instances_survives_it_on_a_backend_without_tokens() {
    let scenes = ActionKind::ALL.iter().map(|kind| Scene { kind: *kind, mood: Mood::Tokenless });
    // To all others such a backend is the same.
    without_a_hole(scenes.filter(|scene| {
        scene.rehearse(None).effects.iter().any(|effect| effect.starts_with("create instance"))
    }));
}

#[test]
fn an_action_on_a_cluster_behind_a_balancer_survives_it_too() {
    without_a_hole(BEHIND.into_iter().map(|kind| Scene { kind, mood: Mood::Behind }));
}

fn without_a_hole(scenes: impl Iterator<Item = Scene>) {
    let scenes: Vec<Scene> = scenes.collect();
    assert!(!scenes.is_empty(), "nothing is rehearsed");
    let undisturbed: Vec<Rehearsed> = scenes.iter().map(|scene| scene.rehearse(None)).collect();
    let mut cells: Vec<Cell> = Vec::new();
    for (number, (scene, rehearsed)) in scenes.iter().zip(&undisturbed).enumerate() {
        assert!(rehearsed.violations.is_empty(), "{}: {:?}", scene.name(), rehearsed.violations);
        let succeeded =
            !rehearsed.ended.is_empty() && rehearsed.ended.iter().all(|status| status == "SUCCEEDED");
        assert!(succeeded, "{} ended as {:?} undisturbed", scene.name(), rehearsed.ended);
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
                let scene = scenes[number];
                let rehearsed = scene.rehearse(Some((effect, how)));
                if let Some(complaint) = complaint(scene, &rehearsed, &undisturbed[number].ended) {
                    let what = &undisturbed[number].effects[effect];
                    println!("{} {how:?} effect {effect} ({what}): {complaint}", scene.name());
                    continue;
                }
                survived.push(place);
            }
        };
        let lanes: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_default()).collect()
    });
    // A row for each effect: its cells stand together.
    let mut table = format!("{:<34} {:>7} {:>7} {:>7}  effect\n", "action", "before", "after", "twice");
    let mut holes = Vec::new();
    let marks: Vec<&str> =
        (0..cells.len()).map(|place| if survived.contains(&place) { "holds" } else { "HOLE" }).collect();
    for (row, marks) in cells.chunks(Disturbance::ALL.len()).zip(marks.chunks(Disturbance::ALL.len())) {
        let (number, effect, _) = row[0];
        let (name, what) = (scenes[number].name(), &undisturbed[number].effects[effect]);
        table += &format!("{name:<34} {:>7} {:>7} {:>7}  {effect}: {what}\n", marks[0], marks[1], marks[2]);
        if marks.contains(&"HOLE") {
            holes.push(format!("{name} {effect}: {what}"));
        }
    }
    println!("{table}{} scenes, {} effects, {} cells", scenes.len(), cells.len() / 3, cells.len());
    assert!(holes.is_empty(), "holes: {holes:?}");
}
