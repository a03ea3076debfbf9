//! A node's health by its instance's state (spec engine-nodes §5.5).

use crate::error::ComputeError;
use crate::instance::{Instance, InstanceState};
use coppice_domain::cluster::JsonMap;
use coppice_domain::health::Finding;
use coppice_domain::node::NodeStatus;
use serde_json::Value;

/// What a list or a read tells of a node's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// All there is to know.
    Settled(Finding),
    /// The instance does not run, and only its details tell whether somebody paused it or it went down: see
    /// [`look_closer`].
    LookCloser,
}

/// A node that has no instance: well only while it is being made.
#[must_use]
pub fn without_instance(status: NodeStatus) -> Finding {
    if status == NodeStatus::Creating {
        healthy("The node is being created.")
    } else {
        sick("The node has no instance.")
    }
}

/// What a node's instance tells, as a read has shown it; none if the read does not show it. `fresh` is an
/// instance that was accepted within the backend's staleness: it may not show yet.
#[must_use]
pub fn glance(found: Option<&Instance>, fresh: bool) -> Glance {
    Glance::Settled(match found.map(|instance| &instance.state) {
        None if fresh => healthy("The node's instance does not show yet."),
        None => sick("The node's instance does not exist."),
        Some(InstanceState::Error { message }) if message.is_empty() => {
            sick("The node's instance is in error.")
        }
        Some(InstanceState::Error { message }) => {
            Finding::Sick(format!("The node's instance is in error: {message}"))
        }
        Some(InstanceState::Stopped) => return Glance::LookCloser,
        Some(InstanceState::Building) => healthy("The node's instance is being built."),
        Some(InstanceState::Active) => healthy("The node's instance is active."),
        // Gone soon, and then it does not exist.
        Some(InstanceState::Deleting) => healthy("The node's instance is being deleted."),
    })
}

/// What the details of an instance tell (see [`Compute::details`](crate::Compute::details)): those that are
/// shut off, deleted or in error are not well; those that were paused, suspended or shelved are.
#[must_use]
pub fn look_closer(details: Option<&JsonMap>) -> Finding {
    let Some(details) = details else { return sick("The node's instance does not exist.") };
    let status = details.get("status").and_then(Value::as_str).unwrap_or("UNKNOWN");
    let text = format!("The node's instance is {status}.");
    if ["ERROR", "SHUTOFF", "DELETED"].contains(&status) {
        Finding::Sick(text)
    } else {
        Finding::Healthy(text)
    }
}

/// What follows when the backend did not tell: nothing, the node counts as well.
#[must_use]
pub fn untold(error: &ComputeError) -> Finding {
    Finding::Healthy(format!("The node's instance could not be looked at: {error}"))
}

fn healthy(reason: &str) -> Finding {
    Finding::Healthy(reason.to_owned())
}

fn sick(reason: &str) -> Finding {
    Finding::Sick(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::time::Timestamp;
    use serde_json::json;

    fn instance(state: InstanceState) -> Instance {
        let created_at = Timestamp::from_micros(0);
        Instance { id: "i".to_owned(), name: "n".to_owned(), state, tags: None, created_at }
    }

    #[test]
    fn an_instance_in_error_or_gone_is_not_well_and_one_that_stopped_is_looked_at_closer() {
        let error = |message: &str| InstanceState::Error { message: message.to_owned() };
        for (state, expected) in [
            (InstanceState::Building, healthy("The node's instance is being built.")),
            (InstanceState::Active, healthy("The node's instance is active.")),
            (InstanceState::Deleting, healthy("The node's instance is being deleted.")),
            (error(""), sick("The node's instance is in error.")),
            (error("No host."), sick("The node's instance is in error: No host.")),
        ] {
            for fresh in [true, false] {
                assert_eq!(glance(Some(&instance(state.clone())), fresh), Glance::Settled(expected.clone()));
            }
        }
        assert_eq!(glance(Some(&instance(InstanceState::Stopped)), false), Glance::LookCloser);
        let gone = Glance::Settled(sick("The node's instance does not exist."));
        assert_eq!(glance(None, false), gone);
        let unseen = Glance::Settled(healthy("The node's instance does not show yet."));
        assert_eq!(glance(None, true), unseen);
    }

    #[test]
    fn details_tell_what_went_down_from_what_was_put_to_sleep() {
        for (status, well) in [
            ("ERROR", false),
            ("SHUTOFF", false),
            ("DELETED", false),
            ("PAUSED", true),
            ("SUSPENDED", true),
            ("ACTIVE", true),
            ("BUILD", true),
            ("UNKNOWN", true),
        ] {
            let details = json!({ "status": status });
            let found = look_closer(details.as_object());
            assert_eq!(found.reason(), format!("The node's instance is {status}."));
            assert_eq!(found.is_healthy(), well, "{status}");
        }
        assert!(look_closer(Some(&JsonMap::new())).is_healthy());
        assert!(!look_closer(None).is_healthy());
    }

    #[test]
    fn without_an_instance_a_node_is_well_only_while_it_is_created() {
        for status in NodeStatus::ALL {
            assert_eq!(without_instance(status).is_healthy(), status == NodeStatus::Creating, "{status:?}");
        }
    }

    #[test]
    fn a_backend_that_does_not_tell_makes_nobody_sick() {
        for error in [
            ComputeError::Transient("No answer.".to_owned()),
            ComputeError::Throttled { retry_after: None },
            ComputeError::Denied("No.".to_owned()),
        ] {
            assert!(untold(&error).is_healthy());
        }
    }
}
