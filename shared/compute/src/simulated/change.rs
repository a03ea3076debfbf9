//! Changes of simulated instances.

use super::behaviour::{keys, number};
use super::config;
use super::record::{Changed, Power, Record};
use crate::change::{Alteration, Change, Progress};
use crate::error::ComputeError;
use coppice_domain::cluster::JsonMap;
use coppice_domain::time::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// How many changes an instance remembers: repeats of older ones are done again, which is harmless.
const REMEMBERED: usize = 4;

/// What a change at `now` makes of a record, and what its caller is told.
pub(super) fn changed(
    record: &Record,
    change: &Change,
    now: Timestamp,
) -> Result<(Record, Progress), ComputeError> {
    let progress = |done_at| if done_at <= now { Progress::Done } else { Progress::Underway };
    if let Some(known) = record.changes.iter().find(|known| known.token == change.token) {
        return Ok((record.clone(), progress(known.done_at)));
    }
    if now < record.ready_at || record.changing_at(now) {
        return Err(ComputeError::Throttled { retry_after: None });
    }
    let name = change.what.name();
    if fails(record, name) {
        return Err(ComputeError::Invalid(format!(
            "Cannot '{name}' instance {}: it is set to fail.",
            record.id
        )));
    }
    let mut after = record.clone();
    match &change.what {
        Alteration::Operate { operation, .. } => operate(&mut after, operation)?,
        Alteration::Update { name, spec, metadata, .. } => {
            after.name.clone_from(name);
            after.spec.clone_from(spec);
            after.metadata.clone_from(metadata);
        }
        Alteration::Label { set, remove } => {
            after.metadata.retain(|key, _| !remove.contains(key));
            after.metadata.extend(set.clone());
        }
    }
    let done_at = now.plus(span(record, &change.what));
    after.changes.push(Changed { token: change.token.clone(), accepted_at: now, done_at });
    let surplus = after.changes.len().saturating_sub(REMEMBERED);
    after.changes.drain(..surplus);
    Ok((after, progress(done_at)))
}

/// How long a change takes. Labels are written at once.
fn span(record: &Record, what: &Alteration) -> Duration {
    match what {
        Alteration::Label { .. } => Duration::ZERO,
        Alteration::Operate { .. } => record.change,
        Alteration::Update { spec, stop_within, .. } => {
            let stops = record.power == Power::Active && must_be_off(&record.spec, spec);
            let shutdown = if stops { shutdown(record) } else { Duration::ZERO };
            record.change + shutdown.min(stop_within.unwrap_or(Duration::MAX))
        }
    }
}

/// Whether an instance is shut down to become like this: for another image or size, or to lose a network
/// (spec engine-nodes §5.4).
fn must_be_off(before: &JsonMap, after: &JsonMap) -> bool {
    let networks =
        |spec: &JsonMap| spec.get("networks").and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = networks(after);
    ["image", "flavor"].iter().any(|key| before.get(*key) != after.get(*key))
        || networks(before).iter().any(|network| !kept.contains(network))
}

/// How long the instance takes to shut down in order.
fn shutdown(record: &Record) -> Duration {
    own(record, keys::SHUTDOWN_SECONDS).and_then(number).and_then(config::span).unwrap_or_default()
}

fn operate(record: &mut Record, operation: &str) -> Result<(), ComputeError> {
    match operation {
        "reboot" | "rebuild" => {
            record.error = None;
            record.power = Power::Active;
        }
        "start" | "unpause" | "resume" | "unrescue" => record.power = Power::Active,
        "stop" => record.power = Power::Shutoff,
        "pause" => record.power = Power::Paused,
        "suspend" => record.power = Power::Suspended,
        "rescue" => record.power = Power::Rescue,
        "change_password" | "lock" | "unlock" | "evacuate" | "restart" | "abandon" => {}
        other => {
            return Err(ComputeError::Invalid(format!("The compute backend does not know '{other}'.")));
        }
    }
    Ok(())
}

/// Whether the instance's metadata names this change among those that fail.
fn fails(record: &Record, name: &str) -> bool {
    own(record, keys::FAIL_CHANGES)
        .and_then(Value::as_str)
        .is_some_and(|names| names.split(',').any(|each| each.trim() == name))
}

/// What the instance's metadata, or its spec's, says under this key.
fn own<'a>(record: &'a Record, key: &str) -> Option<&'a Value> {
    record.metadata.get(key).or_else(|| record.spec.get("metadata")?.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Token;
    use crate::testing::request;
    use serde_json::json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn record() -> Record {
        let mut record =
            Record::accepted("i".to_owned(), 0, &request(1, 1), at(10), Duration::ZERO, Duration::ZERO);
        record.change = Duration::from_secs(5);
        record
    }

    fn operation(token: &str, name: &str) -> Change {
        let what = Alteration::Operate { operation: name.to_owned(), params: JsonMap::new() };
        Change { token: Token::read_back(token), what }
    }

    #[test]
    fn a_change_is_done_once_and_repeats_tell_how_it_goes() {
        let stop = operation("t", "stop");
        let (stopping, progress) = changed(&record(), &stop, at(20)).unwrap();
        assert_eq!(progress, Progress::Underway);
        let (again, progress) = changed(&stopping, &stop, at(24)).unwrap();
        assert_eq!((&again, progress), (&stopping, Progress::Underway));
        assert_eq!(changed(&stopping, &stop, at(25)).unwrap().1, Progress::Done);
        let refusal = changed(&stopping, &operation("u", "start"), at(24)).unwrap_err();
        assert_eq!(refusal, ComputeError::Throttled { retry_after: None });
        let (started, _) = changed(&stopping, &operation("u", "start"), at(25)).unwrap();
        assert_eq!((stopping.power, started.power), (Power::Shutoff, Power::Active));
    }

    #[test]
    fn what_is_set_to_fail_or_unknown_is_refused_and_changes_nothing() {
        let mut record = record();
        record.metadata.insert(keys::FAIL_CHANGES.to_owned(), json!("reboot, update"));
        for name in ["reboot", "fly"] {
            assert!(matches!(changed(&record, &operation("t", name), at(20)), Err(ComputeError::Invalid(_))));
        }
        assert!(changed(&record, &operation("t", "stop"), at(20)).is_ok());
    }

    #[test]
    fn labels_are_set_and_removed_at_once_and_the_rest_is_left_alone() {
        let mut record = record();
        record.metadata = json!({"a": 1, "b": 2}).as_object().unwrap().clone();
        let set = json!({"c": 3}).as_object().unwrap().clone();
        let label = Alteration::Label { set, remove: vec!["a".to_owned()] };
        let change = Change { token: Token::read_back("t"), what: label };
        let (after, progress) = changed(&record, &change, at(20)).unwrap();
        assert_eq!(progress, Progress::Done);
        assert_eq!(serde_json::Value::from(after.metadata), json!({"b": 2, "c": 3}));
    }

    #[test]
    fn an_instance_that_must_be_off_shuts_down_in_order_until_its_time_is_up() {
        let spec = |value: serde_json::Value| value.as_object().cloned().unwrap();
        let before = json!({"flavor": "1", "image": "i", "networks": [{"network": "a"}]});
        let mut running = Record { spec: spec(before.clone()), ..record() };
        running.metadata.insert(keys::SHUTDOWN_SECONDS.to_owned(), json!("100"));
        let ends = |record: &Record, after: &serde_json::Value, stop_within: Option<u64>| {
            let stop_within = stop_within.map(Duration::from_secs);
            let (name, metadata) = ("n".to_owned(), record.metadata.clone());
            let what = Alteration::Update { name, spec: spec(after.clone()), metadata, stop_within };
            let change = Change { token: Token::read_back("t"), what };
            changed(record, &change, at(20)).unwrap().0.changes[0].done_at
        };
        let (larger, another) = (json!({"flavor": "2"}), json!({"image": "j"}));
        let (fewer, more) =
            (json!({"networks": []}), json!({"networks": [{"network": "a"}, {"network": "b"}]}));
        for (change, stop_within, end) in [
            (&larger, None, 125),
            (&larger, Some(30), 55),
            (&larger, Some(300), 125),
            (&larger, Some(0), 25),
            (&another, Some(30), 55),
            (&fewer, Some(30), 55),
            (&more, Some(30), 25),
            (&json!({}), Some(30), 25),
        ] {
            let mut after = before.clone();
            after.as_object_mut().unwrap().extend(spec(change.clone()));
            assert_eq!(ends(&running, &after, stop_within), at(end), "{change} within {stop_within:?}");
        }
        running.power = Power::Shutoff;
        assert_eq!(ends(&running, &json!({"flavor": "2"}), None), at(25), "it is off");
    }

    #[test]
    fn a_rebuilt_instance_is_not_in_error_any_more() {
        let failed = Record { error: Some("broken".to_owned()), ..record() };
        assert_eq!(changed(&failed, &operation("t", "rebuild"), at(20)).unwrap().0.error, None);
        assert!(changed(&failed, &operation("t", "stop"), at(20)).unwrap().0.error.is_some());
    }
}
