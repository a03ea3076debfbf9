//! The secrets that calls of a webhook are signed with: the one that is in use, and earlier ones for a while.

use crate::ids::{ActionId, ReceiverId, derive};
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How far the time that a call states may be from the service's.
pub const REPLAY_WINDOW: Duration = Duration::from_secs(300);

/// How many earlier secrets are remembered: a rotation whose answer got lost is asked for again.
const MOST_EARLIER: usize = 8;

/// What the calls of a webhook are signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    secret: Secret,
    #[serde(default)]
    earlier: Vec<Earlier>,
}

/// A secret that was in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Earlier {
    secret: Secret,
    until: Timestamp,
}

impl Signing {
    /// With this secret.
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self { secret, earlier: Vec::new() }
    }

    /// The secret that is in use.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The secrets that count at `now`.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let earlier = self.earlier.iter().filter(move |earlier| earlier.until > now);
        std::iter::once(&self.secret).chain(earlier.map(|earlier| &earlier.secret))
    }

    /// The same with a new secret. Those in use count for `grace` more, or as long as they would have.
    #[must_use]
    pub fn rotated(&self, new: Secret, now: Timestamp, grace: Duration) -> Self {
        let until = now.plus(grace);
        let own = Earlier { secret: self.secret.clone(), until };
        let before = self.earlier.iter().filter(|earlier| earlier.until > now);
        let before = before.map(|earlier| Earlier { until: earlier.until.min(until), ..earlier.clone() });
        let earlier = std::iter::once(own).chain(before).take(MOST_EARLIER).filter(|each| each.until > now);
        Self { secret: new, earlier: earlier.collect() }
    }
}

/// Whether a call that says it was made at `stated` may be taken at `now`.
#[must_use]
pub fn timely(stated: Timestamp, now: Timestamp) -> bool {
    now.since(stated).max(stated.since(now)) <= REPLAY_WINDOW
}

/// The action of a signed call: whoever repeats the call to the letter gets this one again (invariant 3).
#[must_use]
pub fn signed(receiver: ReceiverId, signature: &[u8]) -> ActionId {
    ActionId::new(derive(receiver.uuid(), "signed", signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn texts(signing: &Signing, at: i64) -> Vec<&str> {
        signing.secrets(Timestamp::from_micros(at * 1_000_000)).map(Secret::reveal).collect()
    }

    #[test]
    fn an_earlier_secret_counts_for_its_grace() {
        let hour = Duration::from_secs(3600);
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let once = Signing::new(secret("a")).rotated(secret("b"), at(0), hour);
        assert_eq!(texts(&once, 3599), ["b", "a"]);
        assert_eq!(texts(&once, 3600), ["b"]);
        let twice = once.rotated(secret("c"), at(1800), hour);
        assert_eq!(texts(&twice, 1800), ["c", "b", "a"]);
        assert_eq!(texts(&twice, 3600), ["c", "b"]);
        // No grace for anyone.
        assert_eq!(texts(&twice.rotated(secret("d"), at(1800), Duration::ZERO), 1800), ["d"]);
        let many =
            (0..20).fold(once, |signing, number| signing.rotated(secret(&number.to_string()), at(1), hour));
        assert_eq!(texts(&many, 2).len(), 1 + MOST_EARLIER);
    }

    #[test]
    fn a_secret_is_not_shown_by_accident() {
        let signing =
            Signing::new(secret("quiet")).rotated(secret("still"), Timestamp::from_micros(0), REPLAY_WINDOW);
        let shown = format!("{signing:?}");
        assert!(!shown.contains("quiet") && !shown.contains("still"), "{shown}");
        let kept = serde_json::to_value(&signing).unwrap();
        assert_eq!(serde_json::from_value::<Signing>(kept).unwrap(), signing);
    }

    #[test]
    fn a_call_states_a_time_within_five_minutes() {
        let now = Timestamp::from_micros(1_000_000_000);
        for (stated, taken) in
            [(700_000_000, true), (699_999_999, false), (1_300_000_000, true), (1_300_000_001, false)]
        {
            assert_eq!(timely(Timestamp::from_micros(stated), now), taken, "{stated}");
        }
    }
}
