//! `GET /v1/actions` (spec api-common §13, api-resources O).

use crate::kept;
use crate::show::view;
use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::action::Action;
use coppice_engine::Env;
use coppice_support::{authorise_list, filtered, list as list_all, passes};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

const ENDPOINT: Endpoint = Endpoint { rule: "actions:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/actions", "List actions", ENDPOINT)
    .lists(&lists::ACTIONS)
    .ok(Shown::Many("actions", views::ACTION));

/// Reads under way at once to find out what unfinished actions wait for.
const AT_ONCE: usize = 16;

/// The actions in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::ACTIONS.parse(&call.query, call.microversion)?;
    authorise_list(&call.caller, &query)?;
    let clusters = match filtered(&query, "cluster_id") {
        Some(references) => match crate::clusters::resolve(&env.store, &call.caller, references).await? {
            Some(ids) => Some(ids),
            None => return Ok(call.respond().list("actions", Vec::new())?),
        },
        None => None,
    };
    let kept = kept::action(&env);
    let wanted = |action: &Action| {
        kept(action)
            && passes(&query, "name", &action.name)
            && passes(&query, "target", &action.target.to_string())
            && passes(&query, "action", action.kind.name())
            && passes(&query, "status", action.status.name())
            && clusters.as_ref().is_none_or(|ids| action.cluster_id.is_some_and(|id| ids.contains(&id)))
    };
    let actions = list_all(&env.store, &call.caller, &query, &wanted).await?;
    let views: Vec<_> = actions.iter().map(|action| view(&env.store, action, call.microversion)).collect();
    let shown: Vec<Value> = stream::iter(views).buffered(AT_ONCE).try_collect().await?;
    Ok(call.respond().list("actions", shown)?)
}
