//! Receivers and a request for tests.

use coppice_api::call::Call;
use coppice_api::microversion::Microversion;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ClusterId, ReceiverId};
use coppice_domain::receiver::{Receiver, ReceiverType, actor};
use coppice_domain::time::Timestamp;
use coppice_support::owner;
use serde_json::{Value, json};
use uuid::Uuid;

/// A webhook `r` of user `u` in project `p`, which scales a cluster out by one.
pub(crate) fn webhook() -> Receiver {
    Receiver {
        id: ReceiverId::new(Uuid::from_u128(1)),
        name: "r".to_owned(),
        kind: ReceiverType::Webhook,
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        roles: vec!["member".to_owned()],
        cluster_id: Some(ClusterId::new(Uuid::from_u128(2))),
        action: Some(ActionKind::ClusterScaleOut),
        actor: actor("u", "p"),
        params: Some(JsonMap::from_iter([("count".to_owned(), json!(1))])),
        channel: JsonMap::from_iter([("alarm_url".to_owned(), json!("http://localhost"))]),
        schedule: None,
        next_run: None,
        protection: None,
        created_at: Timestamp::from_micros(0),
        updated_at: None,
    }
}

/// A message receiver of the same name and user.
pub(crate) fn message() -> Receiver {
    Receiver { kind: ReceiverType::Message, cluster_id: None, action: None, ..webhook() }
}

/// A call of the webhook.
pub(crate) fn call(body: Option<Value>, microversion: Microversion) -> Call {
    Call {
        caller: owner(&webhook()),
        microversion,
        additions: false,
        query: Vec::new(),
        body: body.and_then(|body| body.as_object().cloned()),
        origin: "http://localhost".to_owned(),
        mount: "v1".to_owned(),
        request_id: "req-0".to_owned(),
    }
}
