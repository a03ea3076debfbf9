//! What one poll of a node's URL means (spec engine-receivers-health-events §2.3).

use super::detection::UrlPoll;
use super::finding::Finding;
use super::pattern::contains;
use crate::node::NodeStatus;
use std::time::Duration;

/// Why a poll brought no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollFailure {
    /// It is no URL that can be polled. Says nothing about the node.
    #[error("'{url}' cannot be polled: {problem}.")]
    BadUrl {
        /// The text.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It leads to where this service does not go. Says nothing about the node.
    #[error("'{host}' must not be polled: {problem}.")]
    Forbidden {
        /// The host in the URL.
        host: String,
        /// Why not.
        problem: String,
    },
    /// Nobody was reached, or the exchange broke off.
    #[error("The URL could not be reached: {0}.")]
    Unreachable(String),
    /// There was no whole answer in time.
    #[error("The URL did not answer within {} s.", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The answer's status is none of success. Redirects are not followed.
    #[error("The URL answered with status {0}.")]
    Status(u16),
    /// The body is too long.
    #[error("The URL's answer is longer than {0} bytes.")]
    TooLong(usize),
}

/// What follows from a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// It is settled.
    Settled(Finding),
    /// The node is polled again, no sooner than this; what was found so far is beside.
    Again {
        /// How long from now.
        after: Duration,
        /// What was found.
        reason: String,
    },
}

/// What follows from the `attempt`th poll (from 1) of a node in this status.
///
/// A node that is not ACTIVE is not judged, and neither is one that this service does not go to or whose policy
/// has no URL (RHE-12), or a pattern that cannot be used: recovering it would change nothing about that.
#[must_use]
pub fn polled(
    poll: &UrlPoll,
    status: NodeStatus,
    attempt: u64,
    answer: &Result<String, PollFailure>,
) -> Polled {
    let reason = match (status, answer) {
        (NodeStatus::Active, Ok(body)) => match contains(&poll.expected, body) {
            Ok(true) => return healthy("The URL answers as expected."),
            Ok(false) => format!("The URL's answer does not contain '{}'.", poll.expected),
            Err(unusable) => return healthy(&format!("{unusable}.")),
        },
        (NodeStatus::Active, Err(failure @ (PollFailure::Forbidden { .. } | PollFailure::BadUrl { .. }))) => {
            return healthy(&failure.to_string());
        }
        (NodeStatus::Active, Err(failure)) if !poll.failure_is_sickness => {
            return healthy(&failure.to_string());
        }
        (NodeStatus::Active, Err(failure)) => failure.to_string(),
        (other, _) => return healthy(&format!("The node is {}.", other.name())),
    };
    if attempt < poll.attempts {
        return Polled::Again { after: poll.pause, reason };
    }
    Polled::Settled(Finding::Sick(reason))
}

fn healthy(reason: &str) -> Polled {
    Polled::Settled(Finding::Healthy(reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(expected: &str, failure_is_sickness: bool, attempts: u64) -> UrlPoll {
        UrlPoll {
            url: "http://n.example".to_owned(),
            verify: true,
            failure_is_sickness,
            expected: expected.to_owned(),
            attempts,
            pause: Duration::from_secs(7),
        }
    }

    fn body(text: &str) -> Result<String, PollFailure> {
        Ok(text.to_owned())
    }

    fn sick(reason: &str) -> Polled {
        Polled::Settled(Finding::Sick(reason.to_owned()))
    }

    fn failures() -> [PollFailure; 4] {
        [
            PollFailure::Unreachable("connection refused".to_owned()),
            PollFailure::TimedOut(Duration::from_millis(1500)),
            PollFailure::Status(503),
            PollFailure::TooLong(4),
        ]
    }

    fn no_url() -> PollFailure {
        PollFailure::BadUrl { url: "x".to_owned(), problem: "it is none".to_owned() }
    }

    fn forbidden() -> PollFailure {
        PollFailure::Forbidden { host: "internal".to_owned(), problem: "it is loopback".to_owned() }
    }

    #[test]
    fn a_body_is_held_against_the_pattern() {
        let last = |expected, text| polled(&poll(expected, true, 1), NodeStatus::Active, 1, &body(text));
        assert_eq!(last("", ""), healthy("The URL answers as expected."));
        assert_eq!(last("up", "it is up"), healthy("The URL answers as expected."));
        assert_eq!(last("up", "it is down"), sick("The URL's answer does not contain 'up'."));
    }

    #[test]
    fn a_failure_is_sickness_only_where_the_policy_says_so() {
        for failure in failures() {
            let answer = Err(failure.clone());
            let said = polled(&poll("", true, 1), NodeStatus::Active, 1, &answer);
            assert_eq!(said, sick(&failure.to_string()));
            let said = polled(&poll("", false, 1), NodeStatus::Active, 1, &answer);
            assert_eq!(said, healthy(&failure.to_string()));
        }
    }

    /// RHE-12: a policy without options has no URL.
    #[test]
    fn rhe_12_what_says_nothing_about_the_node_never_makes_it_sick() {
        let said = polled(&poll("", true, 1), NodeStatus::Active, 1, &Err(no_url()));
        assert_eq!(said, healthy("'x' cannot be polled: it is none."));
        let said = polled(&poll("", true, 1), NodeStatus::Active, 1, &Err(forbidden()));
        assert_eq!(said, healthy("'internal' must not be polled: it is loopback."));
        let said = polled(&poll("(", true, 1), NodeStatus::Active, 1, &body("anything"));
        assert!(matches!(said, Polled::Settled(Finding::Healthy(_))), "{said:?}");
    }

    #[test]
    fn a_node_that_is_not_active_is_not_judged() {
        let statuses = NodeStatus::ALL.into_iter().filter(|status| *status != NodeStatus::Active);
        for status in statuses {
            let said = polled(&poll("up", true, 1), status, 1, &body("down"));
            assert_eq!(said, healthy(&format!("The node is {}.", status.name())));
        }
    }

    #[test]
    fn a_node_is_sick_only_after_the_last_attempt_and_well_after_any() {
        for attempts in 1..5 {
            let poll = poll("up", true, attempts);
            for attempt in 1..=attempts + 1 {
                let said = polled(&poll, NodeStatus::Active, attempt, &body("down"));
                if attempt < attempts {
                    let reason = "The URL's answer does not contain 'up'.".to_owned();
                    assert_eq!(said, Polled::Again { after: Duration::from_secs(7), reason });
                } else {
                    assert_eq!(said, sick("The URL's answer does not contain 'up'."));
                }
                let said = polled(&poll, NodeStatus::Active, attempt, &body("up"));
                assert_eq!(said, healthy("The URL answers as expected."));
            }
        }
    }

    #[test]
    fn every_failure_says_what_happened() {
        let texts: Vec<String> = [no_url()].iter().chain(&failures()).map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "'x' cannot be polled: it is none.",
                "The URL could not be reached: connection refused.",
                "The URL did not answer within 1.5 s.",
                "The URL answered with status 503.",
                "The URL's answer is longer than 4 bytes.",
            ]
        );
    }
}
