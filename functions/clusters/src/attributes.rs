//! `GET /v1/clusters/{id}/attrs/{path}` (spec api-resources J2): one value of each node.

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MAX};
use coppice_api::operation::{Operation, Shown};
use coppice_api::views::{self, UNKNOWN_PROFILE};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::jsonpath;
use coppice_domain::node::Node;
use coppice_domain::pyrepr::number;
use coppice_engine::{Env, inspect};
use coppice_support::{cluster_view, profile_names, store_failed};
use futures::stream::{self, StreamExt};
use serde_json::Value;

const ENDPOINT: Endpoint =
    Endpoint { rule: "clusters:collect", since: Feature::ClusterAttributes.since(), body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/clusters/{id}/attrs/{path}", "Show one value of each node of a cluster", ENDPOINT)
        .ok(Shown::Many("cluster_attributes", views::ATTRIBUTE));

/// What the backend knows of a node, under this key, is asked for only by a path that speaks of it.
const DETAILS: &str = "details";
/// Calls of the backend under way at once.
const AT_ONCE: usize = 16;

/// What the path leads to in each node's representation, of those where it leads anywhere.
pub(crate) async fn collect(
    State(env): State<Env>,
    Path((id, path)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let text = path.trim_matches(number::is_space);
    let path = parse(text)?;
    let view = cluster_view(&env.store, &call.caller, &id).await?;
    let members: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
    let nodes = env.store.get_many::<Node>(&members).await.map_err(store_failed)?;
    let profiles: Vec<ProfileId> = nodes.iter().map(|node| node.profile_id).collect();
    let names = profile_names(&env.store, &profiles).await?;
    let detailed = text.contains(DETAILS);
    let look_ups: Vec<_> = nodes
        .iter()
        .map(|node| {
            let profile = names.get(&node.profile_id).map_or(UNKNOWN_PROFILE, String::as_str);
            // The same at every microversion: what a path finds does not depend on who asks.
            let view = views::node(node, profile, MAX);
            let (env, path) = (&env, &path);
            async move {
                let document = if detailed { with_details(env, node, view).await } else { view };
                path.first(&document).map(|value| views::attribute(node.id, &value))
            }
        })
        .collect();
    let found: Vec<Option<Value>> = stream::iter(look_ups).buffered(AT_ONCE).collect().await;
    Ok(call.respond().list("cluster_attributes", found.into_iter().flatten().collect())?)
}

fn parse(text: &str) -> Result<jsonpath::Path, Fault> {
    if text.is_empty() || text == "None" {
        return Err(Fault::http("Required path attribute is missing."));
    }
    jsonpath::Path::parse(text)
        .map_err(|error| Fault::bad_request(format!("Invalid attribute path - {error}")))
}

async fn with_details(env: &Env, node: &Node, mut view: Value) -> Value {
    if let Some(physical_id) = &node.physical_id {
        view[DETAILS] = inspect::details(env, physical_id).await;
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_needed_and_must_be_one() {
        for (text, fault) in [
            ("", Fault::http("Required path attribute is missing.")),
            ("None", Fault::http("Required path attribute is missing.")),
            ("a b", Fault::bad_request("Invalid attribute path - 2 near token b (ID).")),
            ("$.[", Fault::bad_request("Invalid attribute path - incomplete.")),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
        assert!(parse("$.name").is_ok());
    }
}
