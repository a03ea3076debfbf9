//! Looking at one node by one mode after the other (spec engine-receivers-health-events §2.2): where that
//! stands, and what is looked at next. It may be left and gone on with later.

use super::detection::{Conditional, Detection};
use super::finding::Finding;
use super::poll::Polled;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where looking at a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exam {
    /// Which of the policy's modes is next. Those before it did not settle anything.
    pub mode: usize,
    /// How often that mode has polled.
    pub polls: u64,
}

/// What follows from what a mode found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next mode is asked.
    Mode(Exam),
    /// The same mode is asked again, no sooner than this from now.
    Again(Exam, Duration),
    /// It is settled by this finding.
    Settled(Finding),
}

/// What follows from what the mode that `exam` stands at has found. One that finds a node sick settles it where
/// one is enough, one that finds it well where all must find it sick, and the last one always.
#[must_use]
pub fn proceed(detection: &Detection, exam: Exam, polled: Polled) -> Next {
    let finding = match polled {
        Polled::Again { after, .. } => return Next::Again(Exam { polls: exam.polls + 1, ..exam }, after),
        Polled::Settled(finding) => finding,
    };
    let settles = match detection.conditional {
        Conditional::AnyFailed => !finding.is_healthy(),
        Conditional::AllFailed => finding.is_healthy(),
    };
    if settles || exam.mode + 1 >= detection.modes.len() {
        return Next::Settled(finding);
    }
    Next::Mode(Exam { mode: exam.mode + 1, polls: 0 })
}

#[cfg(test)]
mod tests {
    use super::super::detection::Mode;
    use super::super::finding::{Verdict, verdict};
    use super::*;
    use proptest::prelude::*;

    fn finding(well: bool) -> Finding {
        if well { Finding::Healthy("well".to_owned()) } else { Finding::Sick("sick".to_owned()) }
    }

    fn detection(conditional: Conditional, modes: usize) -> Detection {
        let span = Duration::from_secs(60);
        Detection { interval: span, grace: span, conditional, modes: vec![Mode::NodeStatus; modes] }
    }

    #[test]
    fn a_mode_that_polls_again_keeps_its_place() {
        let detection = detection(Conditional::AnyFailed, 2);
        let again = || Polled::Again { after: Duration::from_secs(7), reason: String::new() };
        let first = Exam { mode: 1, polls: 0 };
        let Next::Again(second, after) = proceed(&detection, first, again()) else { panic!() };
        assert_eq!((second, after), (Exam { mode: 1, polls: 1 }, Duration::from_secs(7)));
    }

    proptest! {
        /// One after the other comes to what all together mean.
        #[test]
        fn it_comes_to_the_verdict(found in proptest::collection::vec(any::<bool>(), 1..6), any: bool) {
            let conditional = if any { Conditional::AnyFailed } else { Conditional::AllFailed };
            let detection = detection(conditional, found.len());
            let mut exam = Exam::default();
            let settled = loop {
                match proceed(&detection, exam, Polled::Settled(finding(found[exam.mode]))) {
                    Next::Mode(next) => exam = next,
                    Next::Settled(finding) => break finding,
                    Next::Again(..) => prop_assert!(false),
                }
            };
            let all: Vec<Finding> = found.into_iter().map(finding).collect();
            prop_assert_eq!(settled.is_healthy(), verdict(conditional, &all, false) == Verdict::Healthy);
        }
    }
}
