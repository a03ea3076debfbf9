//! A queue's attributes: what they may be, and how they are shown.

use super::fault::{Code, Fault};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The account every queue belongs to.
pub(super) const ACCOUNT: &str = "000000000000";

/// The greatest size of a message, attributes included, and of a batch: 1 MiB.
pub(super) const GREATEST_SIZE: u64 = 1024 * 1024;

/// The greatest visibility timeout: 12 hours, in seconds.
pub(super) const GREATEST_VISIBILITY: u64 = 43_200;

/// The name by which policies refer to a queue.
pub(super) fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}")
}

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redrive {
    /// The dead-letter queue's name.
    pub(super) target: String,
    arn: String,
    /// How often a message is received before it moves, 1 to 1000.
    pub(super) most_receives: u32,
}

/// The attributes of a queue that can be set. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    visibility_timeout: u64,
    delay: u64,
    receive_wait: u64,
    retention: u64,
    pub(super) greatest_size: u64,
    pub(super) redrive: Option<Redrive>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            visibility_timeout: 30,
            delay: 0,
            receive_wait: 0,
            retention: 4 * 24 * 60 * 60,
            greatest_size: GREATEST_SIZE,
            redrive: None,
        }
    }
}

impl Settings {
    /// Sets one attribute from its text.
    pub(super) fn set(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        if name == "RedrivePolicy" {
            self.redrive = Redrive::parse(text)?;
            return Ok(());
        }
        if name == "FifoQueue" || name == "ContentBasedDeduplication" {
            let what = format!("FIFO queues (attribute {name}) are");
            return Err(Fault::not_served(&what, "Create a standard queue: leave the attribute out."));
        }
        let (field, allowed) = self.number(name).ok_or_else(|| unknown(name))?;
        let number = text.parse().ok().filter(|number| allowed.contains(number)).ok_or_else(|| {
            let (least, most) = (allowed.start(), allowed.end());
            let message = format!(
                "Invalid value for the parameter {name}: {text}. Give a whole number from {least} to {most}."
            );
            Fault::new(Code::InvalidAttributeValue, message)
        })?;
        *field = number;
        Ok(())
    }

    fn number(&mut self, name: &str) -> Option<(&mut u64, RangeInclusive<u64>)> {
        Some(match name {
            "VisibilityTimeout" => (&mut self.visibility_timeout, 0..=GREATEST_VISIBILITY),
            "DelaySeconds" => (&mut self.delay, 0..=900),
            "ReceiveMessageWaitTimeSeconds" => (&mut self.receive_wait, 0..=20),
            "MessageRetentionPeriod" => (&mut self.retention, 60..=14 * 24 * 60 * 60),
            "MaximumMessageSize" => (&mut self.greatest_size, 1024..=GREATEST_SIZE),
            _ => return None,
        })
    }

    /// The attributes by name.
    pub(super) fn shown(&self) -> BTreeMap<&'static str, String> {
        let mut shown = BTreeMap::from([
            ("VisibilityTimeout", self.visibility_timeout.to_string()),
            ("DelaySeconds", self.delay.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.receive_wait.to_string()),
            ("MessageRetentionPeriod", self.retention.to_string()),
            ("MaximumMessageSize", self.greatest_size.to_string()),
        ]);
        if let Some(redrive) = &self.redrive {
            shown.insert("RedrivePolicy", redrive.shown());
        }
        shown
    }

    pub(super) fn visibility_timeout(&self) -> Duration {
        Duration::from_secs(self.visibility_timeout)
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_secs(self.delay)
    }

    pub(super) fn receive_wait(&self) -> Duration {
        Duration::from_secs(self.receive_wait)
    }

    pub(super) fn retention(&self) -> Duration {
        Duration::from_secs(self.retention)
    }
}

/// The refusal of an attribute that no queue has.
pub(super) fn unknown(name: &str) -> Fault {
    Fault::new(Code::InvalidAttributeName, format!("Unknown Attribute {name}."))
}

impl Redrive {
    /// An empty text removes the policy.
    fn parse(text: &str) -> Result<Option<Self>, Fault> {
        if text.is_empty() {
            return Ok(None);
        }
        let refuse = |reason: &str| Fault::parameter("RedrivePolicy", text, reason);
        let policy: Value =
            serde_json::from_str(text).map_err(|_| refuse("Redrive policy is not valid JSON."))?;
        let arn = policy["deadLetterTargetArn"].as_str().unwrap_or_default();
        let target = arn.strip_prefix("arn:").and_then(|rest| rest.rsplit(':').next());
        let target = target.filter(|name| !name.is_empty());
        let target = target.ok_or_else(|| refuse("deadLetterTargetArn must be the ARN of a queue."))?;
        // The service takes the count as a number and as its text.
        let most = &policy["maxReceiveCount"];
        let most = most.as_u64().or_else(|| most.as_str().and_then(|text| text.parse().ok()));
        let most = most.filter(|most| (1..=1000).contains(most)).and_then(|most| u32::try_from(most).ok());
        let most_receives = most.ok_or_else(|| refuse("maxReceiveCount must be from 1 to 1000."))?;
        Ok(Some(Self { target: target.to_owned(), arn: arn.to_owned(), most_receives }))
    }

    fn shown(&self) -> String {
        json!({ "deadLetterTargetArn": self.arn, "maxReceiveCount": self.most_receives }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_within_their_bounds_only() {
        for (name, least, most) in [
            ("VisibilityTimeout", 0, 43_200),
            ("DelaySeconds", 0, 900),
            ("ReceiveMessageWaitTimeSeconds", 0, 20),
            ("MessageRetentionPeriod", 60, 1_209_600),
            ("MaximumMessageSize", 1024, 1_048_576),
        ] {
            let mut settings = Settings::default();
            for good in [least, most] {
                settings.set(name, &good.to_string()).unwrap();
                assert_eq!(settings.shown()[name], good.to_string());
            }
            for bad in [(least - 1).to_string(), (most + 1).to_string(), String::new(), "x".to_owned()] {
                assert_eq!(
                    settings.set(name, &bad).unwrap_err().code,
                    Code::InvalidAttributeValue,
                    "{name} {bad}"
                );
            }
        }
    }

    #[test]
    fn a_redrive_policy_takes_its_count_as_number_or_text_and_is_shown_as_a_number() {
        for count in ["3", "\"3\""] {
            let mut settings = Settings::default();
            let text = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{count}}}"#, arn("dead"));
            settings.set("RedrivePolicy", &text).unwrap();
            let redrive = settings.redrive.clone().unwrap();
            assert_eq!((redrive.target.as_str(), redrive.most_receives), ("dead", 3));
            assert!(settings.shown()["RedrivePolicy"].contains(r#""maxReceiveCount":3"#));
            settings.set("RedrivePolicy", "").unwrap();
            assert_eq!(settings, Settings::default());
        }
    }

    #[test]
    fn a_redrive_policy_without_a_queue_or_a_possible_count_is_refused() {
        let dead = arn("dead");
        for text in [
            "no".to_owned(),
            "{}".to_owned(),
            r#"{"deadLetterTargetArn":"dead","maxReceiveCount":1}"#.to_owned(),
            format!(r#"{{"deadLetterTargetArn":"{dead}"}}"#),
            format!(r#"{{"deadLetterTargetArn":"{dead}","maxReceiveCount":0}}"#),
            format!(r#"{{"deadLetterTargetArn":"{dead}","maxReceiveCount":1001}}"#),
        ] {
            let refused = Settings::default().set("RedrivePolicy", &text).unwrap_err();
            assert_eq!(refused.code, Code::InvalidParameterValue, "{text}");
        }
    }
}
