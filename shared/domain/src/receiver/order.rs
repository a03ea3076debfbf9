//! What a message on a receiver's queue asks for (spec engine-receivers-health-events §1.2).

use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::ids::{ActionId, ReceiverId, derive};
use crate::nesting::{MAX_DEPTH, nests_within};
use serde_json::Value;

/// An action that a message asks for: `{"cluster": …, "action": …, "params": …}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The cluster, by id, name or short id.
    pub cluster: String,
    /// What is to be done: an action on clusters.
    pub action: ActionKind,
    /// What the action is told.
    pub params: JsonMap,
}

/// Why a message asks for nothing. It never will, so there is no use in reading it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOrder {
    /// Not an object in JSON.
    #[error("the message is not a JSON object")]
    NoObject,
    /// No text, or an empty one, under `cluster`.
    #[error("the message names no cluster")]
    NoCluster,
    /// Not the name of an action on clusters under `action`.
    #[error("the message names no action on clusters")]
    NoAction,
    /// Neither an object nor nothing under `params`.
    #[error("the params of the message are not a map")]
    NoParams,
}

impl Order {
    /// Reads the text of a message.
    ///
    /// # Errors
    /// When it is no order.
    pub fn parse(text: &str) -> Result<Self, NotAnOrder> {
        let body = serde_json::from_str(text).ok().filter(|body| nests_within(body, MAX_DEPTH));
        let Some(Value::Object(mut body)) = body else { return Err(NotAnOrder::NoObject) };
        let cluster = match body.remove("cluster") {
            Some(Value::String(reference)) if !reference.is_empty() => reference,
            _ => return Err(NotAnOrder::NoCluster),
        };
        let action = body.get("action").and_then(Value::as_str).and_then(ActionKind::parse);
        let action = action.filter(|kind| kind.is_on_cluster()).ok_or(NotAnOrder::NoAction)?;
        let params = match body.remove("params") {
            None | Some(Value::Null) => JsonMap::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(NotAnOrder::NoParams),
        };
        Ok(Self { cluster, action, params })
    }
}

/// The action that a message on a receiver's queue always makes, however often it is received
/// (invariant 3).
#[must_use]
pub fn ordered(receiver: ReceiverId, message: &str) -> ActionId {
    ActionId::new(derive(receiver.uuid(), "message", message.as_bytes()))
}

/// The action that an event of this id always makes, however often it is delivered (invariant 3).
#[must_use]
pub fn occurred(receiver: ReceiverId, event: &str) -> ActionId {
    ActionId::new(derive(receiver.uuid(), "event", event.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_message_names_a_cluster_and_an_action_and_may_have_params() {
        for (text, params) in [
            (r#"{"cluster": "c", "action": "CLUSTER_SCALE_OUT"}"#, json!({})),
            (r#"{"cluster": "c", "action": "CLUSTER_SCALE_OUT", "params": null, "more": 1}"#, json!({})),
            (
                r#"{"cluster": "c", "action": "CLUSTER_SCALE_OUT", "params": {"count": 2}}"#,
                json!({"count": 2}),
            ),
        ] {
            let order = Order::parse(text).unwrap();
            assert_eq!((order.cluster.as_str(), order.action), ("c", ActionKind::ClusterScaleOut), "{text}");
            assert_eq!(Value::from(order.params), params, "{text}");
        }
    }

    #[test]
    fn what_is_no_order_is_told_apart() {
        for (text, why) in [
            ("", NotAnOrder::NoObject),
            ("hello", NotAnOrder::NoObject),
            ("[1]", NotAnOrder::NoObject),
            ("{}", NotAnOrder::NoCluster),
            (r#"{"action": "CLUSTER_CHECK"}"#, NotAnOrder::NoCluster),
            (r#"{"cluster": "", "action": "CLUSTER_CHECK"}"#, NotAnOrder::NoCluster),
            (r#"{"cluster": 3, "action": "CLUSTER_CHECK"}"#, NotAnOrder::NoCluster),
            (r#"{"cluster": "c"}"#, NotAnOrder::NoAction),
            (r#"{"cluster": "c", "action": null}"#, NotAnOrder::NoAction),
            (r#"{"cluster": "c", "action": "CLUSTER_FLY"}"#, NotAnOrder::NoAction),
            (r#"{"cluster": "c", "action": "NODE_CHECK"}"#, NotAnOrder::NoAction),
            (r#"{"cluster": "c", "action": "CLUSTER_CHECK", "params": [1]}"#, NotAnOrder::NoParams),
        ] {
            assert_eq!(Order::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_message_makes_one_action_and_another_another() {
        let (one, two) = (ReceiverId::new(Uuid::from_u128(1)), ReceiverId::new(Uuid::from_u128(2)));
        assert_eq!(ordered(one, "m"), ordered(one, "m"));
        assert_ne!(ordered(one, "m"), ordered(one, "n"));
        assert_ne!(ordered(one, "m"), ordered(two, "m"));
        assert_eq!(occurred(one, "m"), occurred(one, "m"));
        assert_ne!(occurred(one, "m"), ordered(one, "m"));
    }
}
