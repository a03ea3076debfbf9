//! `GET /v1/clusters/{id}/policies` (spec api-common §13, api-resources K).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::fields::query::ListQuery;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::PolicyId;
use coppice_domain::policy::{Binding, Policy};
use coppice_engine::Env;
use coppice_support::{find, passes, store_failed};
use serde_json::Value;

const ENDPOINT: Endpoint = Endpoint { rule: "cluster_policies:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/clusters/{id}/policies", "List the policies attached to a cluster", ENDPOINT)
        .lists(&lists::CLUSTER_POLICIES)
        .ok(Shown::Many("cluster_policies", views::CLUSTER_POLICY));

/// The policies attached to a cluster.
pub(crate) async fn list(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::CLUSTER_POLICIES.parse(&call.query, call.microversion)?;
    let cluster = find::<Cluster>(&env.store, &call.caller, &id).await?;
    let bindings = selected(env.store.bindings(cluster.id).await.map_err(store_failed)?, &query);
    let ids: Vec<PolicyId> = bindings.iter().map(|binding| binding.policy_id).collect();
    let policies = env.store.get_many::<Policy>(&ids).await.map_err(store_failed)?;
    Ok(call.respond().list("cluster_policies", shown(&bindings, &policies, &cluster.name, &query))?)
}

/// The bindings that `query` asks for, as far as they say themselves, in its order; else by id.
fn selected(mut bindings: Vec<Binding>, query: &ListQuery) -> Vec<Binding> {
    bindings.retain(|binding| {
        passes(query, "enabled", &binding.enabled.to_string())
            && passes(query, "policy_type", &binding.policy_type)
    });
    // There is one key to sort by. Ascending, what is disabled comes first.
    let descending = query.sort.first().map(|(_, descending)| *descending);
    bindings.sort_by_key(|binding| {
        (descending.is_some_and(|descending| binding.enabled != descending), binding.id)
    });
    bindings
}

/// The representations of the bindings whose policies have the name asked for. A policy that is gone was
/// detached before, while the request looked.
fn shown(bindings: &[Binding], policies: &[Policy], cluster_name: &str, query: &ListQuery) -> Vec<Value> {
    let bound = bindings.iter().filter_map(|binding| {
        policies.iter().find(|policy| policy.id == binding.policy_id).map(|policy| (binding, policy))
    });
    bound
        .filter(|(_, policy)| passes(query, "policy_name", &policy.name))
        .map(|(binding, policy)| views::cluster_policy(binding, cluster_name, &policy.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{binding, policy};
    use coppice_api::fields::parse_query;

    fn asked(query: &str) -> Vec<String> {
        let query = lists::CLUSTER_POLICIES.parse(&parse_query(query), MIN).unwrap();
        let (mut bindings, mut policies) = (Vec::new(), Vec::new());
        for (number, kind, enabled) in
            [(3, "deletion-1.1", true), (1, "scaling-1.0", false), (2, "scaling-1.0", true)]
        {
            policies.push(policy(number));
            let policy_type = format!("senlin.policy.{kind}");
            bindings.push(Binding { policy_type, enabled, ..binding(number) });
        }
        bindings.push(binding(9));
        let shown = shown(&selected(bindings, &query), &policies, "c", &query);
        shown.iter().map(|view| view["policy_name"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn bindings_are_filtered_and_sorted_as_asked_and_come_by_id_otherwise() {
        for (query, names) in [
            ("", &["p1", "p2", "p3"][..]),
            ("enabled=True", &["p2", "p3"]),
            ("enabled=false", &["p1"]),
            ("policy_type=senlin.policy.scaling-1.0", &["p1", "p2"]),
            ("policy_type=senlin.policy.scaling", &[]),
            ("policy_type=senlin.policy.scaling-1.0&enabled=true", &["p2"]),
            ("policy_name=p3", &["p3"]),
            ("policy_name=P3", &[]),
            ("policy_name=p1&policy_name=p2", &["p2"]),
            ("sort=enabled", &["p1", "p2", "p3"]),
            ("sort=enabled:desc", &["p2", "p3", "p1"]),
            ("sort=enabled:desc,enabled", &["p2", "p3", "p1"]),
            ("enabled=&policy_type=&policy_name=&sort=", &["p1", "p2", "p3"]),
        ] {
            assert_eq!(asked(query), names, "{query}");
        }
    }
}
