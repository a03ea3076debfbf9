//! `GET /v1/nodes/{id}` (spec api-resources L2).

use crate::profile::shown;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::flag;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Parameter, Shown};
use coppice_api::views;
use coppice_domain::fault::Fault;
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_engine::inspect;
use coppice_support::find;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:get", since: MIN, body: Body::None };

const SHOW_DETAILS: &str = "show_details";
const QUERY: &[Parameter] = &[Parameter::flag(SHOW_DETAILS)];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/nodes/{id}", "Show a node", ENDPOINT).reads(QUERY).ok(Shown::One("node", views::NODE));

/// One node, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let details = wants_details(&call.query)?;
    let node = find::<Node>(&env.store, &call.caller, &id).await?;
    let mut view = shown(&env, &call, &node).await?;
    if let Some(physical_id) = node.physical_id.as_deref().filter(|_| details) {
        view["details"] = inspect::details(&env, physical_id).await;
    }
    Ok(call.respond().ok(&json!({ "node": view })))
}

/// Whether the backend's view of the node is wanted too. Other parameters do not matter.
fn wants_details(query: &[(String, String)]) -> Result<bool, Fault> {
    let given = query.iter().rev().find(|(key, _)| key == SHOW_DETAILS);
    given.map_or(Ok(false), |(_, text)| flag::parse(SHOW_DETAILS, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_asked_for_with_true_in_any_case() {
        let query =
            |text: &str| vec![("x".to_owned(), "y".to_owned()), (SHOW_DETAILS.to_owned(), text.to_owned())];
        assert_eq!(wants_details(&[]), Ok(false));
        assert_eq!(wants_details(&query("True")), Ok(true));
        assert_eq!(wants_details(&query("false")), Ok(false));
        assert_eq!(
            wants_details(&query("yes")),
            Err(Fault::http("Invalid value 'yes' specified for 'show_details'"))
        );
    }
}
