//! Receivers that act on one cluster: webhooks, and schedules, which this service adds.

use crate::channel::{alarm_url, channel};
use crate::owner::without_admin;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::Coerced;
use coppice_api::limits::callable;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;
use coppice_domain::receiver::schedule::SCHEDULED_ACTIONS;
use coppice_domain::receiver::{Receiver, ReceiverType, Schedule, actor};
use coppice_domain::time::Timestamp;
use coppice_engine::Env;
use coppice_engine::receivers::no_cluster;
use coppice_store::{FindError, ReceiverWrite};
use coppice_support::{scope, store_failed};

/// Makes a webhook.
pub(super) async fn webhook(
    env: &Env,
    call: &Call,
    asked: &Coerced,
    receiver: Receiver,
) -> Result<Receiver, Failure> {
    let (reference, action) = named(asked, ReceiverType::Webhook)?;
    let mut receiver = of_cluster(env, call, reference, receiver).await?;
    let own = receiver.params.clone().unwrap_or_default();
    let url = alarm_url(env.settings.receiver_url.as_deref(), &call.origin, receiver.id, &own);
    callable("the webhook's URL", &url)?;
    receiver.channel = channel("alarm_url", url);
    recorded(env, reference, Receiver { kind: ReceiverType::Webhook, action: Some(action), ..receiver }).await
}

/// Makes a receiver with a schedule, which nobody can call.
pub(super) async fn scheduled(
    env: &Env,
    call: &Call,
    asked: &Coerced,
    receiver: Receiver,
) -> Result<Receiver, Failure> {
    let (reference, action) = named(asked, ReceiverType::Schedule)?;
    let given = asked.map("schedule").value();
    let given =
        given.ok_or_else(|| Fault::bad_request("A schedule is required for creating schedule receiver."))?;
    let (schedule, next_run) = timed(given, env.now())?;
    let receiver = of_cluster(env, call, reference, receiver).await?;
    let receiver = Receiver {
        kind: ReceiverType::Schedule,
        action: Some(action),
        schedule: Some(schedule),
        next_run,
        ..receiver
    };
    recorded(env, reference, receiver).await
}

/// A schedule as it is asked for at `now`, and its first run.
pub(crate) fn timed(given: &JsonMap, now: Timestamp) -> Result<(Schedule, Option<Timestamp>), Fault> {
    let schedule = Schedule::parse(given, now).map_err(Fault::bad_request)?;
    let next_run = schedule.next(now);
    Ok((schedule, next_run))
}

/// Checks what a schedule may do to its cluster.
pub(crate) fn schedulable(action: ActionKind) -> Result<(), Fault> {
    if SCHEDULED_ACTIONS.contains(&action) {
        return Ok(());
    }
    let names = pyrepr::repr_list(SCHEDULED_ACTIONS.map(ActionKind::name));
    Err(Fault::bad_request(format!("Action name must be any of {names} for a schedule receiver.")))
}

/// The cluster that the request names, and what is to be done to it: anything, for a webhook, but making it.
fn named(asked: &Coerced, kind: ReceiverType) -> Result<(&str, ActionKind), Fault> {
    let required =
        |what: &str| Fault::bad_request(format!("{what} is required for creating {} receiver.", kind.name()));
    let cluster = asked.text("cluster_id").value().ok_or_else(|| required("Cluster identity"))?;
    let action = asked.text("action").value().and_then(ActionKind::parse);
    let action = action.ok_or_else(|| required("Action name"))?;
    if kind == ReceiverType::Schedule {
        schedulable(action)?;
    } else if action == ActionKind::ClusterCreate {
        return Err(Fault::bad_request("Action name cannot be any of ['CLUSTER_CREATE']."));
    }
    Ok((cluster, action))
}

/// The receiver with its cluster: of its owner, or of an administrator for them.
async fn of_cluster(
    env: &Env,
    call: &Call,
    reference: &str,
    receiver: Receiver,
) -> Result<Receiver, Failure> {
    let cluster: Cluster =
        env.store.find(scope(&call.caller), reference).await.map_err(|error| match error {
            FindError::NotFound => Failure::from(no_cluster(reference)),
            FindError::Ambiguous => Fault::multiple_choices(reference).into(),
            FindError::Store(error) => store_failed(error),
        })?;
    if !call.caller.is_admin() && call.caller.user_id != cluster.user {
        return Err(Fault::forbidden().into());
    }
    Ok(Receiver {
        roles: without_admin(&receiver.roles),
        cluster_id: Some(cluster.id),
        actor: actor(&cluster.user, &cluster.project),
        ..receiver
    })
}

async fn recorded(env: &Env, reference: &str, receiver: Receiver) -> Result<Receiver, Failure> {
    match env.store.receiver_create(&receiver).await.map_err(store_failed)? {
        ReceiverWrite::Done => Ok(receiver),
        ReceiverWrite::ClusterGone | ReceiverWrite::Gone => Err(no_cluster(reference).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::create::RECEIVER;
    use coppice_api::fields::coerce;
    use coppice_api::microversion::MIN;
    use serde_json::{Value, json};

    fn action(kind: ReceiverType, body: &Value) -> Result<ActionKind, String> {
        let mut body = body.clone();
        (body["name"], body["type"], body["cluster_id"]) = ("r".into(), kind.name().into(), "c".into());
        let asked = coerce(&RECEIVER.known(true), body.as_object().unwrap(), MIN).unwrap();
        named(&asked, kind).map(|(_, action)| action).map_err(|fault| fault.message)
    }

    #[test]
    fn a_webhook_does_anything_but_make_its_cluster() {
        for (body, expected) in [
            (json!({}), Err("Action name is required for creating webhook receiver.")),
            (json!({"action": "CLUSTER_CREATE"}), Err("Action name cannot be any of ['CLUSTER_CREATE'].")),
            (json!({"action": "CLUSTER_DELETE"}), Ok(ActionKind::ClusterDelete)),
            (json!({"action": "CLUSTER_OPERATION"}), Ok(ActionKind::ClusterOperation)),
        ] {
            assert_eq!(action(ReceiverType::Webhook, &body), expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn a_schedule_does_what_can_be_done_again() {
        let other = "Action name must be any of ['CLUSTER_RESIZE', 'CLUSTER_SCALE_OUT', 'CLUSTER_SCALE_IN', \
                     'CLUSTER_CHECK', 'CLUSTER_RECOVER', 'CLUSTER_OPERATION'] for a schedule receiver.";
        for (body, expected) in [
            (json!({}), Err("Action name is required for creating schedule receiver.")),
            (json!({"action": "CLUSTER_DELETE"}), Err(other)),
            (json!({"action": "CLUSTER_RESIZE"}), Ok(ActionKind::ClusterResize)),
        ] {
            assert_eq!(action(ReceiverType::Schedule, &body), expected.map_err(str::to_owned));
        }
    }
}
