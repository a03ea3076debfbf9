//! `POST /v1/receivers` (spec api-resources M1).

use crate::channel::alarm_url;
use crate::owner::without_admin;
use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists::{CLUSTER_ACTIONS, RECEIVER_TYPES};
use coppice_api::fields::{Coerced, Field, Given, Kind, coerce};
use coppice_api::limits::{callable, storable};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::{Receiver, ReceiverType, actor};
use coppice_engine::{Env, MailboxError};
use coppice_store::{FindError, ReceiverWrite};
use coppice_support::{name_taken, scope, store_failed};
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("type", Kind::Enum(RECEIVER_TYPES)).required(),
    Field::new("cluster_id", Kind::String).nullable(),
    Field::new("action", Kind::Enum(CLUSTER_ACTIONS)).nullable(),
    // Taken, and of no effect: whom a receiver acts for is not for the request to say.
    Field::new("actor", Kind::JsonMap).nullable(),
    Field::new("params", Kind::JsonMap).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/receivers", "Create a receiver", ENDPOINT)
    .takes(Payload::Wrapped("receiver", Object::strict(FIELDS)))
    .created(Shown::One("receiver", views::RECEIVER))
    .refuses(&[FaultKind::Forbidden, FaultKind::EResourceCreation]);

/// Makes a receiver of either type.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.created("receiver")?, call.microversion)?;
    let params = params(&asked);
    storable("params", &params)?;
    let name = asked.text("name").value().unwrap_or_default();
    if env.settings.name_unique && name_taken::<Receiver>(&env.store, &call.caller, name).await? {
        return Err(Fault::bad_request(format!("A receiver named '{name}' already exists.")).into());
    }
    let receiver = if asked.text("type").value() == Some(ReceiverType::Message.name()) {
        message(&env, new(&env, &call, name, params)).await?
    } else {
        webhook(&env, &call, &asked, new(&env, &call, name, params)).await?
    };
    Ok(call.respond().created(&json!({ "receiver": views::receiver(&receiver) })))
}

/// The inputs as they are stored: none are an empty map, and null stays null.
fn params(asked: &Coerced) -> Option<JsonMap> {
    match asked.map("params") {
        Given::Absent => Some(JsonMap::new()),
        Given::Null => None,
        Given::Value(params) => Some(params.clone()),
    }
}

/// What receivers of both types have in common: a message receiver, without its channel.
fn new(env: &Env, call: &Call, name: &str, params: Option<JsonMap>) -> Receiver {
    let caller = &call.caller;
    Receiver {
        id: ReceiverId::new(env.ids.uuid()),
        name: name.to_owned(),
        kind: ReceiverType::Message,
        user: caller.user_id.clone(),
        project: caller.project_id.clone(),
        domain: caller.domain_id.clone(),
        roles: caller.roles.clone(),
        cluster_id: None,
        action: None,
        actor: actor(&caller.user_id, &caller.project_id),
        params,
        channel: JsonMap::new(),
        schedule: None,
        next_run: None,
        created_at: env.now(),
        updated_at: None,
    }
}

/// Makes a message receiver. Its queue comes first, so that what is recorded can be called. If it then is
/// not recorded the queue goes again; and if this process dies in between, an empty queue is left that nobody
/// was told of.
async fn message(env: &Env, mut receiver: Receiver) -> Result<Receiver, Failure> {
    let queue = Receiver::queue_name(receiver.id);
    receiver.channel = channel("queue_name", queue.clone());
    env.mailboxes.create(&queue).await.map_err(|error| not_made(&error))?;
    match env.store.receiver_create(&receiver).await {
        Ok(_) => Ok(receiver),
        Err(error) => {
            // It may have been recorded after all: then its queue is made again when it is notified.
            if let Err(left) = env.mailboxes.delete(&queue).await {
                tracing::warn!(queue, error = %left, "a queue without a receiver is left behind");
            }
            Err(store_failed(error))
        }
    }
}

fn not_made(error: &MailboxError) -> Failure {
    let text = "Failed in creating queue: the queue service did not answer.";
    Failure::because(Fault::new(FaultKind::EResourceCreation, text), error)
}

/// Makes a webhook: of the owner of its cluster, or of an administrator for them.
async fn webhook(env: &Env, call: &Call, asked: &Coerced, receiver: Receiver) -> Result<Receiver, Failure> {
    let reference = asked
        .text("cluster_id")
        .value()
        .ok_or_else(|| Fault::bad_request("Cluster identity is required for creating webhook receiver."))?;
    let action = action(asked)?;
    let cluster = cluster(env, call, reference).await?;
    if !call.caller.is_admin() && call.caller.user_id != cluster.user {
        return Err(Fault::forbidden().into());
    }
    let own = receiver.params.clone().unwrap_or_default();
    let url = alarm_url(env.settings.receiver_url.as_deref(), &call.origin, receiver.id, &own);
    callable("the webhook's URL", &url)?;
    let receiver = Receiver {
        kind: ReceiverType::Webhook,
        roles: without_admin(&receiver.roles),
        cluster_id: Some(cluster.id),
        action: Some(action),
        actor: actor(&cluster.user, &cluster.project),
        channel: channel("alarm_url", url),
        ..receiver
    };
    match env.store.receiver_create(&receiver).await.map_err(store_failed)? {
        ReceiverWrite::Done => Ok(receiver),
        ReceiverWrite::ClusterGone | ReceiverWrite::Gone => Err(no_cluster(reference).into()),
    }
}

/// What a webhook does: anything to its cluster but making it.
fn action(asked: &Coerced) -> Result<ActionKind, Fault> {
    let action = asked.text("action").value().and_then(ActionKind::parse);
    match action {
        None => Err(Fault::bad_request("Action name is required for creating webhook receiver.")),
        Some(ActionKind::ClusterCreate) => {
            Err(Fault::bad_request("Action name cannot be any of ['CLUSTER_CREATE']."))
        }
        Some(action) => Ok(action),
    }
}

async fn cluster(env: &Env, call: &Call, reference: &str) -> Result<Cluster, Failure> {
    env.store.find(scope(&call.caller), reference).await.map_err(|error| match error {
        FindError::NotFound => no_cluster(reference).into(),
        FindError::Ambiguous => Fault::multiple_choices(reference).into(),
        FindError::Store(error) => store_failed(error),
    })
}

/// The cluster that a receiver refers to is not there.
pub(crate) fn no_cluster(reference: &str) -> Fault {
    Fault::bad_request(format!("The referenced cluster '{reference}' could not be found."))
}

fn channel(name: &str, value: String) -> JsonMap {
    JsonMap::from_iter([(name.to_owned(), Value::from(value))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: Value) -> Coerced {
        let mut body = body;
        body["name"] = "r".into();
        body["type"] = "webhook".into();
        coerce(FIELDS, body.as_object().unwrap(), MIN).unwrap()
    }

    #[test]
    fn inputs_that_are_null_stay_null() {
        for (body, stored) in [
            (json!({}), json!({})),
            (json!({"params": {}}), json!({})),
            (json!({"params": null}), json!(null)),
            (json!({"params": {"count": 1}}), json!({"count": 1})),
        ] {
            assert_eq!(json!(params(&asked(body))), stored);
        }
    }

    #[test]
    fn a_webhook_does_anything_but_make_its_cluster() {
        for (body, expected) in [
            (json!({}), Err("Action name is required for creating webhook receiver.")),
            (json!({"action": "CLUSTER_CREATE"}), Err("Action name cannot be any of ['CLUSTER_CREATE'].")),
            (json!({"action": "CLUSTER_DELETE"}), Ok(ActionKind::ClusterDelete)),
            (json!({"action": "CLUSTER_OPERATION"}), Ok(ActionKind::ClusterOperation)),
        ] {
            let got = action(&asked(body)).map_err(|fault| fault.message);
            assert_eq!(got, expected.map_err(str::to_owned));
        }
    }
}
