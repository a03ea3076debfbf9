//! The parts of a deployment, as its list of services shows them (spec api-resources A9).
//!
//! The reference's services are processes that report every minute that they live. Here nothing runs while
//! nobody asks, except the reconciler, which a schedule runs: its pulse is the whole deployment's.

use crate::ids::derive;
use crate::time::Timestamp;
use std::time::Duration;
use uuid::Uuid;

/// The part whose pulse tells whether a deployment lives.
pub const RECONCILER: &str = "reconciler";

/// The functions of a deployment.
pub const FUNCTIONS: &[&str] = &[
    "actions",
    "announcer",
    "clusters",
    "meta",
    "nodes",
    "policies",
    "profiles",
    "receivers",
    RECONCILER,
    "triggers",
    "worker",
];

/// A function of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The deployment.
    pub deployment: String,
    /// The function.
    pub function: &'static str,
    /// When the deployment last showed that it lives.
    pub pulse: Option<Timestamp>,
    /// Whether that was recent enough.
    pub up: bool,
}

impl Service {
    /// The functions of `deployment` at `now`, whose last pulse was `pulse`. They count as down once it is
    /// more than `down_after` away, and until there is one.
    pub fn all(
        deployment: &str,
        pulse: Option<Timestamp>,
        now: Timestamp,
        down_after: Duration,
    ) -> impl Iterator<Item = Self> {
        let up = pulse.is_some_and(|pulse| now.since(pulse).max(pulse.since(now)) <= down_after);
        FUNCTIONS.iter().map(move |function| Self { deployment: deployment.to_owned(), function, pulse, up })
    }

    /// Its id: always the same for the same function of the same deployment.
    #[must_use]
    pub fn id(&self) -> Uuid {
        derive(Uuid::nil(), &self.deployment, self.function.as_bytes())
    }

    /// The name of its program.
    #[must_use]
    pub fn binary(&self) -> String {
        format!("coppice-{}", self.function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const DOWN_AFTER: Duration = Duration::from_secs(180);

    fn all(deployment: &str, pulse: Option<Timestamp>, now: Timestamp) -> Vec<Service> {
        Service::all(deployment, pulse, now, DOWN_AFTER).collect()
    }

    #[test]
    fn every_function_is_up_while_the_pulse_is_recent() {
        let pulse = Timestamp::from_micros(1_000_000_000_000);
        for (now, up) in [
            (pulse, true),
            (pulse.plus(DOWN_AFTER), true),
            (pulse.minus(DOWN_AFTER), true),
            (pulse.plus(DOWN_AFTER).plus(Duration::from_micros(1)), false),
            (pulse.minus(DOWN_AFTER).minus(Duration::from_micros(1)), false),
        ] {
            assert!(all("d", Some(pulse), now).iter().all(|service| service.up == up), "{now:?}");
        }
        assert!(all("d", None, pulse).iter().all(|service| !service.up));
    }

    #[test]
    fn ids_differ_by_function_and_deployment_and_stay() {
        let now = Timestamp::from_micros(0);
        let ids = |deployment| all(deployment, None, now).iter().map(Service::id).collect::<Vec<_>>();
        assert_eq!(ids("d"), ids("d"));
        let both: HashSet<Uuid> = ids("d").into_iter().chain(ids("e")).collect();
        assert_eq!(both.len(), 2 * FUNCTIONS.len());
        assert_eq!(all("d", None, now)[0].binary(), "coppice-actions");
    }
}
