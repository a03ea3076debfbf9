//! `GET /v1/policies` (spec api-common §13, api-resources G).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_support::{list as list_all, passes};

const ENDPOINT: Endpoint = Endpoint { rule: "policies:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/policies", "List policies", ENDPOINT)
    .lists(&lists::POLICIES)
    .ok(Shown::Many("policies", views::LISTED_POLICY));

/// The policies in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::POLICIES.parse(&call.query, call.microversion)?;
    let wanted =
        |policy: &Policy| passes(&query, "name", &policy.name) && passes(&query, "type", &policy.type_name);
    let policies = list_all(&env.store, &call.caller, &query, &wanted).await?;
    Ok(call.respond().list("policies", policies.iter().map(views::listed_policy).collect())?)
}
