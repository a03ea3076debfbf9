//! `GET /v1/receivers` (spec api-common §13, api-resources M).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::fields::query::ListQuery;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::receiver::Receiver;
use coppice_engine::Env;
use coppice_support::{filtered, list as list_all, passes};

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/receivers", "List receivers", ENDPOINT)
    .lists(&lists::RECEIVERS)
    .ok(Shown::Many("receivers", views::RECEIVER));

/// The receivers in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let listing = if call.additions { &lists::ALL_RECEIVERS } else { &lists::RECEIVERS };
    let query = listing.parse(&call.query, call.microversion)?;
    let wanted = |receiver: &Receiver| wanted(&query, receiver);
    let receivers = list_all(&env.store, &call.caller, &query, &wanted).await?;
    let shown = receivers.iter().map(|receiver| views::receiver(receiver, call.additions)).collect();
    Ok(call.respond().list("receivers", shown)?)
}

/// Whether a receiver passes every filter. One without a cluster or an action passes no filter by it, be it
/// by nothing.
fn wanted(query: &ListQuery, receiver: &Receiver) -> bool {
    let set = |filter: &str, value: Option<&str>| match value {
        Some(value) => passes(query, filter, value),
        None => filtered(query, filter).is_none(),
    };
    let cluster = receiver.cluster_id.map(|id| id.to_string());
    passes(query, "name", &receiver.name)
        && passes(query, "type", receiver.kind.name())
        && set("cluster_id", cluster.as_deref())
        && passes(query, "user", &receiver.user)
        && set("action", receiver.action.map(ActionKind::name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{message, webhook};
    use coppice_api::fields::parse_query;
    use coppice_api::microversion::{Feature, MAX};

    #[test]
    fn a_receiver_passes_all_filters_or_is_left_out() {
        let (webhook, message) = (webhook(), message());
        let cluster = webhook.cluster_id.unwrap();
        for (text, webhooks, messages) in [
            ("", true, true),
            ("name=r", true, true),
            ("name=R", false, false),
            ("type=webhook", true, false),
            ("type=webhook&type=message", true, true),
            ("action=CLUSTER_SCALE_OUT", true, false),
            ("action=CLUSTER_SCALE_OUT&action=CLUSTER_CHECK&user=u", true, false),
            ("action=CLUSTER_CHECK", false, false),
            (&*format!("cluster_id={cluster}"), true, false),
            ("cluster_id=c", false, false),
            ("cluster_id=", false, false),
            ("user=u", true, true),
            ("user=v", false, false),
        ] {
            let query = lists::RECEIVERS.parse(&parse_query(text), MAX).unwrap();
            let got = (wanted(&query, &webhook), wanted(&query, &message));
            assert_eq!(got, (webhooks, messages), "{text}");
        }
        let query = lists::RECEIVERS.parse(&parse_query("user=v"), MIN).unwrap();
        assert!(wanted(&query, &webhook), "before {:?}", Feature::ReceiverUserFilter);
    }
}
