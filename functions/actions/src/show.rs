//! `GET /v1/actions/{id}` (spec api-resources O).

use crate::kept;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{MIN, Microversion};
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::action::Action;
use coppice_engine::Env;
use coppice_store::Store;
use coppice_support::{find_among, store_failed};
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "actions:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/actions/{id}", "Show an action", ENDPOINT).ok(Shown::One("action", views::ACTION));

/// One action, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let kept = kept::action(&env);
    let action = find_among::<Action>(&env.store, &call.caller, &id, &kept).await?;
    let view = view(&env.store, &action, call.microversion).await?;
    Ok(call.respond().ok(&json!({ "action": view })))
}

/// The representation of `action`, with what it waits for.
pub(crate) async fn view(
    store: &Store,
    action: &Action,
    microversion: Microversion,
) -> Result<Value, Failure> {
    let links = store.action_links(action).await.map_err(store_failed)?;
    let links = views::ActionLinks {
        depends_on: &links.depends_on,
        depended_by: &links.depended_by,
        owner: links.owner,
    };
    Ok(views::action(action, links, microversion))
}
