//! How a webhook's calls are protected: by signatures, and by a limit on how many there are. An addition of this
//! service: the reference's webhooks are open to whoever knows their URL.

use super::signing::Signing;
use crate::cluster::JsonMap;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// The protection of a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// What its calls are signed with; none if they need no signature.
    pub signing: Option<Signing>,
    /// How many calls it takes; none for any number.
    pub rate: Option<Rate>,
}

/// At most so many calls in so many seconds. The bucket holds `calls`, and fills evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many calls.
    pub calls: i64,
    /// In how many seconds.
    pub seconds: i64,
}

/// The protection that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whether calls are to be signed.
    pub signing: bool,
    /// How many there may be.
    pub rate: Option<Rate>,
}

/// Why something is no protection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAProtection {
    /// A key that protections do not have.
    #[error("A protection has no '{0}'")]
    Unknown(String),
    /// Neither true nor false.
    #[error("The protection's 'signing' is not a boolean")]
    Signing,
    /// Not a map, or not of these two.
    #[error("The protection's 'rate' is not a map of 'calls' and 'seconds'")]
    Rate,
    /// No such number.
    #[error("The rate's '{0}' is not a whole number from 1 to {1}")]
    Number(&'static str, i64),
}

const MOST_CALLS: i64 = 10_000;
const MOST_SECONDS: i64 = 86_400;

impl Wanted {
    /// Reads a protection as requests have it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(given: &JsonMap) -> Result<Self, NotAProtection> {
        if let Some(unknown) = given.keys().find(|key| !["signing", "rate"].contains(&key.as_str())) {
            return Err(NotAProtection::Unknown(unknown.clone()));
        }
        let signing = match given.get("signing") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(signing)) => *signing,
            Some(_) => return Err(NotAProtection::Signing),
        };
        let rate = match given.get("rate") {
            None | Some(Value::Null) => None,
            Some(Value::Object(rate)) if rate.len() == 2 => Some(Rate {
                calls: number(rate, "calls", MOST_CALLS)?,
                seconds: number(rate, "seconds", MOST_SECONDS)?,
            }),
            Some(_) => return Err(NotAProtection::Rate),
        };
        Ok(Self { signing, rate })
    }

    /// The protection, with the secret that there is already, or else a new one; none if nothing is asked for.
    #[must_use]
    pub fn protection(self, before: Option<&Protection>, new: impl FnOnce() -> Secret) -> Option<Protection> {
        let kept = before.and_then(|before| before.signing.clone());
        let signing = self.signing.then(|| kept.unwrap_or_else(|| Signing::new(new())));
        (signing.is_some() || self.rate.is_some()).then_some(Protection { signing, rate: self.rate })
    }
}

fn number(rate: &JsonMap, key: &'static str, most: i64) -> Result<i64, NotAProtection> {
    let given = rate.get(key).ok_or(NotAProtection::Rate)?;
    given.as_i64().filter(|number| (1..=most).contains(number)).ok_or(NotAProtection::Number(key, most))
}

impl Rate {
    /// Whether a call at `now` is taken from the bucket that is full again at `full_at`: when it is full again
    /// after it, or else how long to wait.
    ///
    /// # Errors
    /// The wait, when the bucket is empty.
    pub fn admit(self, full_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Duration> {
        let per_call = self.window() / u32::try_from(self.calls).unwrap_or(u32::MAX).max(1);
        let full_at = full_at.map_or(now, |full_at| full_at.max(now)).plus(per_call);
        let wait = full_at.since(now).saturating_sub(self.window());
        // A bucket that divides unevenly is full a little before its time.
        if wait.is_zero() { Ok(full_at) } else { Err(wait) }
    }

    /// The time in which there may be so many calls.
    #[must_use]
    pub fn window(self) -> Duration {
        Duration::from_secs(self.seconds.unsigned_abs())
    }

    /// The number of the window in which `now` is: refusals are told of once in each.
    #[must_use]
    pub const fn window_of(self, now: Timestamp) -> i64 {
        now.seconds().div_euclid(if self.seconds > 0 { self.seconds } else { 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn a_full_bucket_takes_as_many_calls_at_once_and_then_one_as_often_as_it_fills() {
        let rate = Rate { calls: 3, seconds: 60 };
        let mut full_at = None;
        for (at, taken) in [
            (0, Ok(())),
            (0, Ok(())),
            (0, Ok(())),
            (0, Err(20)),
            (19, Err(1)),
            (20, Ok(())),
            (20, Err(20)),
            (40, Ok(())),
            // Full again, and no fuller.
            (500, Ok(())),
            (500, Ok(())),
            (500, Ok(())),
            (500, Err(20)),
        ] {
            let admitted = rate.admit(full_at, second(at));
            assert_eq!(admitted.map(|_| ()).map_err(|wait| wait.as_secs()), taken, "{at}");
            full_at = admitted.ok().or(full_at);
        }
    }

    #[test]
    fn whatever_the_rate_no_window_has_more_calls_than_a_bucket_and_what_it_gains() {
        for (calls, seconds) in [(1, 1), (7, 60), (10_000, 1), (3, 86_400), (1000, 7)] {
            let rate = Rate { calls, seconds };
            let (mut full_at, mut taken) = (None, 0);
            while let Ok(next) = rate.admit(full_at, second(9)) {
                (full_at, taken) = (Some(next), taken + 1);
            }
            assert_eq!(taken, calls, "{rate:?}");
        }
    }

    #[test]
    fn what_is_no_protection_is_told_apart() {
        for (given, text) in [
            (json!({"secret": "x"}), "A protection has no 'secret'"),
            (json!({"signing": "yes"}), "The protection's 'signing' is not a boolean"),
            (json!({"rate": 3}), "The protection's 'rate' is not a map of 'calls' and 'seconds'"),
            (json!({"rate": {"calls": 3}}), "The protection's 'rate' is not a map of 'calls' and 'seconds'"),
            (
                json!({"rate": {"calls": 3, "minutes": 1}}),
                "The protection's 'rate' is not a map of 'calls' and 'seconds'",
            ),
            (
                json!({"rate": {"calls": 0, "seconds": 1}}),
                "The rate's 'calls' is not a whole number from 1 to 10000",
            ),
            (
                json!({"rate": {"calls": 1, "seconds": 1.5}}),
                "The rate's 'seconds' is not a whole number from 1 to 86400",
            ),
        ] {
            let error = Wanted::parse(given.as_object().unwrap()).unwrap_err();
            assert_eq!(error.to_string(), text, "{given}");
        }
    }

    #[test]
    fn a_secret_stays_while_calls_are_signed() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let wanted = |given: serde_json::Value| Wanted::parse(given.as_object().unwrap()).unwrap();
        let signed = wanted(json!({"signing": true})).protection(None, || secret("a")).unwrap();
        let limited = wanted(json!({"signing": true, "rate": {"calls": 1, "seconds": 2}}));
        let both = limited.protection(Some(&signed), || secret("b")).unwrap();
        assert_eq!((both.signing, both.rate), (signed.signing.clone(), Some(Rate { calls: 1, seconds: 2 })));
        assert_eq!(wanted(json!({"rate": null})).protection(Some(&signed), || secret("c")), None);
    }
}
