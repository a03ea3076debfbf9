//! What rounds come to, and what is said about it.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn node(number: u64) -> NodeId {
    NodeId::new(Uuid::from_u128(number.into()))
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(0).plus(Duration::from_secs(seconds))
}

fn round(members: u64, sick: u64, ailing: u64, spared: u64) -> Round {
    let mut round = Round { members, ailing, spared, complete: true, ..Round::new(at(0)) };
    (0..sick).for_each(|number| round.found_sick(node(number), &"very sick ".repeat(20)));
    round
}

const OFF: Limits = Limits { share: None, recoveries: None };
const ON: Limits = Limits { share: Some(40), recoveries: Some(10) };

#[test]
fn the_sick_are_recovered_as_far_as_the_breaker_lets_them() {
    for (limits, round, recent, recovered, obstacle) in [
        (OFF, round(10, 0, 0, 0), 0, 0, None),
        (OFF, round(10, 6, 0, 0), 0, 6, None),
        (ON, round(10, 4, 0, 0), 0, 4, None),
        (ON, round(10, 5, 0, 0), 0, 0, Some(Obstacle::Breaker)),
        // Those that are being recovered are sick, too.
        (ON, round(10, 2, 3, 0), 3, 0, Some(Obstacle::Breaker)),
        (ON, round(10, 0, 5, 0), 5, 0, None),
        (ON, round(100, 12, 0, 0), 4, 6, None),
        (ON, round(100, 1, 0, 0), 10, 0, Some(Obstacle::Breaker)),
        (OFF, round(10, 0, 0, 2), 0, 0, Some(Obstacle::Grace)),
        (OFF, round(10, 1, 0, 2), 0, 1, None),
        (OFF, round(500, 200, 0, 0), 0, MOST_SICK, None),
    ] {
        let outcome = round.outcome(&limits, recent);
        match &outcome {
            Outcome::Recover(decided) => assert_eq!((decided.count, obstacle), (recovered, None)),
            Outcome::Rest(found) => {
                assert_eq!((found.as_ref().map(|(found, _)| *found), 0), (obstacle, recovered));
            }
        }
    }
}

#[test]
fn what_is_left_over_by_the_limit_is_said() {
    let Outcome::Recover(all) = round(100, 10, 0, 0).outcome(&ON, 0) else { panic!() };
    assert_eq!(all.limited, None);
    let Outcome::Recover(some) = round(100, 10, 0, 0).outcome(&ON, 5) else { panic!() };
    assert!(some.limited.unwrap().contains("only 5 more"));
}

#[test]
fn an_obstacle_is_told_once_and_when_the_breaker_lets_go() {
    let mut watch = Watch::new(at(0), true);
    let breaker = || Some((Obstacle::Breaker, "6 of 10.".to_owned()));
    let told = watch.tell(breaker()).unwrap();
    assert_eq!((told.text.as_str(), told.shown), ("Sick members are not recovered: 6 of 10.", true));
    assert_eq!(watch.tell(breaker()), None);
    assert_eq!(watch.tell(Some((Obstacle::Breaker, "7 of 10.".to_owned()))), None);
    let cleared = watch.tell(None).unwrap();
    assert_eq!((cleared.text.as_str(), cleared.cleared), ("Sick members are recovered again.", true));
    assert_eq!(watch.tell(None), None);
    let grace = watch.tell(Some((Obstacle::Grace, String::new()))).unwrap();
    assert!(!grace.shown);
    // That others are not left alone any more need not be said: they are recovered.
    assert_eq!(watch.tell(None), None);
    // A limit that takes the breaker's place does not leave the cluster saying what is over.
    watch.tell(breaker());
    assert!(watch.tell(Some((Obstacle::Limited, String::new()))).unwrap().shown);
}

#[test]
fn a_recovery_is_one_action_a_round() {
    let cluster = ClusterId::new(Uuid::from_u128(1));
    let (first, second) = (Round::new(at(60)), Round::new(at(120)));
    assert_eq!(first.recovery(cluster, node(1)), Round::new(at(60)).recovery(cluster, node(1)));
    assert_ne!(first.recovery(cluster, node(1)), first.recovery(cluster, node(2)));
    assert_ne!(first.recovery(cluster, node(1)), second.recovery(cluster, node(1)));
    let other = ClusterId::new(Uuid::from_u128(2));
    assert_ne!(first.recovery(cluster, node(1)), first.recovery(other, node(1)));
}

#[test]
fn a_rest_is_until_the_next_point_of_the_grid() {
    let watch = Watch { round: Some(Round::new(at(60))), ..Watch::new(at(0), true) };
    assert_eq!(watch.due, Some(at(0)));
    let rested = watch.rested(Duration::from_secs(60), at(75));
    assert_eq!((rested.due, rested.round), (Some(at(120)), None));
    assert_eq!(Watch::new(at(0), false).due, None);
}

proptest! {
    /// No record grows with its cluster.
    #[test]
    fn it_stays_small_and_is_read_back(sick in 0..2000_u64, waiting in 0..MOST_WAITING) {
        let mut round = round(5000, sick, 3, 4);
        round.waiting = (0..waiting).map(|n| (node(n as u64), Exam { mode: 2, polls: 30 })).collect();
        let watch = Watch { round: Some(round), ..Watch::new(at(1), true) };
        let text = serde_json::to_string(&watch).unwrap();
        prop_assert!(text.len() < 20_000, "{}", text.len());
        prop_assert_eq!(serde_json::from_str::<Watch>(&text).unwrap(), watch);
    }
}
