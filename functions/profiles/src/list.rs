//! `GET /v1/profiles` (spec api-common §13, api-resources E).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_support::{list as list_all, passes};

const ENDPOINT: Endpoint = Endpoint { rule: "profiles:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/profiles", "List profiles", ENDPOINT)
    .lists(&lists::PROFILES)
    .ok(Shown::Many("profiles", views::PROFILE));

/// The profiles in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::PROFILES.parse(&call.query, call.microversion)?;
    let wanted = |profile: &Profile| {
        passes(&query, "name", &profile.name) && passes(&query, "type", &profile.type_name)
    };
    let profiles = list_all(&env.store, &call.caller, &query, &wanted).await?;
    Ok(call.respond().list("profiles", profiles.iter().map(views::profile).collect())?)
}
