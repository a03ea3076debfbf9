//! From what the modes found to whether a node is well (spec engine-receivers-health-events §2.2, §2.3).

use super::detection::Conditional;
use crate::time::Timestamp;
use std::time::Duration;

/// What one mode found, and why: a text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The node is well, or nothing speaks against it.
    Healthy(String),
    /// It is not.
    Sick(String),
}

impl Finding {
    /// Whether the node is well by it.
    #[must_use]
    pub const fn is_healthy(&self) -> bool {
        matches!(self, Self::Healthy(_))
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Healthy(reason) | Self::Sick(reason) => reason,
        }
    }
}

/// What all modes together mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The node is well.
    Healthy,
    /// It would count as sick, but it changed a moment ago.
    Spared {
        /// What was found.
        reason: String,
    },
    /// It is to be recovered.
    Sick {
        /// What was found.
        reason: String,
    },
}

/// Whether a node is left alone still: it last changed (else began) no longer ago than `grace`.
#[must_use]
pub fn in_grace(last_change: Timestamp, grace: Duration, now: Timestamp) -> bool {
    now.since(last_change) <= grace
}

/// Whether a node is well by what the modes found, in the policy's order, and whether it is left alone
/// (see [`in_grace`]). Where nothing was looked at, nothing is sick.
#[must_use]
pub fn verdict(conditional: Conditional, findings: &[Finding], spared: bool) -> Verdict {
    let sick: Vec<&str> =
        findings.iter().filter(|finding| !finding.is_healthy()).map(Finding::reason).collect();
    let needed = match conditional {
        Conditional::AnyFailed => 1,
        Conditional::AllFailed => findings.len().max(1),
    };
    if sick.len() < needed {
        return Verdict::Healthy;
    }
    let reason = sick.join(" ");
    if spared { Verdict::Spared { reason } } else { Verdict::Sick { reason } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn findings(of: &[bool]) -> Vec<Finding> {
        let text = |place: usize| format!("Reason {place}.");
        of.iter()
            .enumerate()
            .map(
                |(place, well)| {
                    if *well { Finding::Healthy(text(place)) } else { Finding::Sick(text(place)) }
                },
            )
            .collect()
    }

    fn sick(reason: &str) -> Verdict {
        Verdict::Sick { reason: reason.to_owned() }
    }

    #[test]
    fn any_takes_one_and_all_takes_every_one() {
        let (any, all) = (Conditional::AnyFailed, Conditional::AllFailed);
        for (conditional, found, expected) in [
            (any, &[][..], Verdict::Healthy),
            (any, &[true], Verdict::Healthy),
            (any, &[false], sick("Reason 0.")),
            (any, &[true, true], Verdict::Healthy),
            (any, &[true, false], sick("Reason 1.")),
            (any, &[false, true], sick("Reason 0.")),
            (any, &[false, false], sick("Reason 0. Reason 1.")),
            (all, &[], Verdict::Healthy),
            (all, &[true], Verdict::Healthy),
            (all, &[false], sick("Reason 0.")),
            (all, &[true, true], Verdict::Healthy),
            (all, &[true, false], Verdict::Healthy),
            (all, &[false, true], Verdict::Healthy),
            (all, &[false, false], sick("Reason 0. Reason 1.")),
        ] {
            assert_eq!(verdict(conditional, &findings(found), false), expected, "{conditional:?} {found:?}");
        }
    }

    #[test]
    fn a_node_that_changed_a_moment_ago_is_spared_and_a_healthy_one_stays_healthy() {
        let spared = Verdict::Spared { reason: "Reason 0.".to_owned() };
        assert_eq!(verdict(Conditional::AnyFailed, &findings(&[false]), true), spared);
        assert_eq!(verdict(Conditional::AnyFailed, &findings(&[true]), true), Verdict::Healthy);
    }

    #[test]
    fn grace_ends_after_its_last_moment() {
        let changed = Timestamp::from_micros(1_000_000);
        for (grace, later, spared) in [(300, 0, true), (300, 300, true), (300, 301, false), (0, 0, true)] {
            let now = changed.plus(Duration::from_secs(later));
            assert_eq!(in_grace(changed, Duration::from_secs(grace), now), spared, "{later} of {grace}");
        }
        assert!(!in_grace(changed, Duration::ZERO, changed.plus(Duration::from_micros(1))));
        // A change in the future: clocks differ.
        assert!(in_grace(changed.plus(Duration::from_secs(9)), Duration::ZERO, changed));
    }

    proptest! {
        #[test]
        fn another_sick_finding_never_heals(found in proptest::collection::vec(any::<bool>(), 1..6), place: usize) {
            for conditional in [Conditional::AnyFailed, Conditional::AllFailed] {
                let before = verdict(conditional, &findings(&found), false);
                let mut worse = found.clone();
                let place = place % worse.len();
                worse[place] = false;
                let after = verdict(conditional, &findings(&worse), false);
                prop_assert!(before == Verdict::Healthy || after != Verdict::Healthy);
            }
        }
    }
}
