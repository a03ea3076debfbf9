//! `DELETE /v1/clusters/{id}` (spec api-resources H3).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, Rules, Unknown, coerce_with, flag};
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Object, Operation, Parameter, Payload, Shown};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{ClusterStatus, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::pyrepr;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked};
use coppice_store::ClusterView;
use coppice_support::{cluster_view, refused, requester};
use serde_json::Value;

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:delete", since: MIN, body: Body::Optional };
const FORCE: &str = "force";
const FIELDS: &[Field] = &[Field::new(FORCE, Kind::Boolean).nullable().since(Feature::ForceDelete)];

const QUERY: &[Parameter] = &[Parameter::flag(FORCE).since(Feature::ForceDelete)];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::delete("/clusters/{id}", "Delete a cluster and its nodes by an action", ENDPOINT)
        .reads(QUERY)
        .takes(Payload::Plain(Object::lenient(FIELDS)))
        .accepted(Shown::Null)
        .refuses(&[FaultKind::ActionInProgress, FaultKind::ResourceInUse, FaultKind::ResourceIsLocked]);

/// Starts the deletion of a cluster. What it is doing is ended by the engine; nothing has to be waited
/// for.
pub(crate) async fn delete(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let force = forced(&call)?;
    let view = cluster_view(&env.store, &call.caller, &id).await?;
    deletable(&view, &id, force, env.settings.delete_with_dependency)?;
    let requester = requester(&call);
    let action = accept::cluster_action(
        &env,
        &view.cluster,
        Asked::new(ActionKind::ClusterDelete, JsonMap::new()),
        requester,
    )
    .await
    .map_err(refused)?;
    Ok(call.respond().accepted(&Value::Null, action))
}

/// Whether the request forces the deletion, by query or else by body. Microversions before 1.8 check the
/// value and do nothing with it.
fn forced(call: &Call) -> Result<bool, Fault> {
    let query = call.query.iter().rev().find(|(key, _)| key == FORCE);
    if let Some((_, text)) = query {
        let force = flag::parse(FORCE, text)?;
        return Ok(force && call.microversion.has(Feature::ForceDelete));
    }
    let Some(body) = &call.body else { return Ok(false) };
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, body, call.microversion, rules)?;
    Ok(asked.boolean(FORCE).value().unwrap_or(false))
}

/// Refuses to delete a cluster that is being changed, or that policies are attached to or receivers act on,
/// unless forced; and one that hosts profiles in any case. With `cascade`, policies and receivers go with it.
fn deletable(view: &ClusterView, reference: &str, force: bool, cascade: bool) -> Result<(), Fault> {
    let status = view.cluster.status;
    let changing = matches!(
        status,
        ClusterStatus::Creating
            | ClusterStatus::Updating
            | ClusterStatus::Deleting
            | ClusterStatus::Recovering
    );
    if changing && !force {
        return Err(Fault::new(
            FaultKind::ActionInProgress,
            format!("The cluster '{reference}' is in status {}.", status.name()),
        ));
    }
    let mut reasons = Vec::new();
    if let Some(profiles) = view.cluster.dependents.get("profiles").filter(|hosted| pyrepr::truth(hosted)) {
        reasons.push(format!("still referenced by profile(s): {}.", pyrepr::repr(profiles)));
    }
    if !force && !cascade {
        if !view.bindings.is_empty() {
            reasons.push("there is still policy(s) attached to it.".to_owned());
        }
        if !view.receivers.is_empty() {
            reasons.push("there is still receiver(s) associated with it.".to_owned());
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let text = format!("The cluster '{reference}' cannot be deleted: {}", reasons.join("\n"));
    Err(Fault::new(FaultKind::ResourceInUse, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{binding, call, cluster};
    use coppice_api::microversion::MAX;
    use coppice_domain::cluster::Cluster;
    use coppice_domain::ids::ReceiverId;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn force_comes_by_query_or_body_and_counts_from_1_8() {
        for (query, body, microversion, expected) in [
            (None, None, MAX, Ok(false)),
            (Some("True"), None, MAX, Ok(true)),
            (Some("True"), None, MIN, Ok(false)),
            (Some("false"), Some(json!({"force": true})), MAX, Ok(false)),
            (None, Some(json!({"force": true, "other": 1})), MAX, Ok(true)),
            (None, Some(json!({"force": true})), MIN, Ok(false)),
            (None, Some(json!({"force": null})), MAX, Ok(false)),
            (None, Some(json!({})), MAX, Ok(false)),
            (Some("yes"), None, MIN, Err("Invalid value 'yes' specified for 'force'")),
            (Some(""), None, MAX, Err("Invalid value '' specified for 'force'")),
            (None, Some(json!({"force": "true"})), MIN, Err("'true' is not of type 'boolean', 'null'")),
        ] {
            let query = query.map(|text: &str| vec![(FORCE, text)]).unwrap_or_default();
            let call = call(&query, body.clone(), microversion);
            let got = forced(&call).map_err(|fault| fault.message);
            assert_eq!(got, expected.map_err(str::to_owned), "{query:?} {body:?}");
        }
    }

    fn view(cluster: Cluster) -> ClusterView {
        let (members, bindings, receivers) = (Vec::new(), Vec::new(), Vec::new());
        ClusterView { cluster, members, bindings, receivers, member_ends: 0, placings: 0 }
    }

    #[test]
    fn a_cluster_that_is_changing_or_hosts_profiles_stays() {
        let refusal = |cluster: &Cluster, force| {
            deletable(&view(cluster.clone()), "c1", force, false).map_err(|fault| (fault.kind, fault.message))
        };
        for status in ClusterStatus::ALL {
            let busy = ["CREATING", "UPDATING", "DELETING", "RECOVERING"].contains(&status.name());
            let cluster = Cluster { status, ..cluster() };
            assert_eq!(refusal(&cluster, true), Ok(()));
            let text = format!("The cluster 'c1' is in status {}.", status.name());
            let expected = if busy { Err((FaultKind::ActionInProgress, text)) } else { Ok(()) };
            assert_eq!(refusal(&cluster, false), expected);
        }
        let mut host = cluster();
        host.dependents.insert("profiles".to_owned(), json!(["a", "b"]));
        let text = "The cluster 'c1' cannot be deleted: still referenced by profile(s): ['a', 'b'].";
        assert_eq!(refusal(&host, true), Err((FaultKind::ResourceInUse, text.to_owned())));
        host.dependents.insert("profiles".to_owned(), json!([]));
        assert_eq!(refusal(&host, false), Ok(()));
    }

    #[test]
    fn a_cluster_with_policies_or_receivers_goes_by_force_or_where_the_deployment_cascades() {
        let receiver = ReceiverId::new(Uuid::from_u128(5));
        let in_use = ClusterView { bindings: vec![binding(3)], receivers: vec![receiver], ..view(cluster()) };
        let refused = |view: &ClusterView| deletable(view, "c1", false, false).unwrap_err().message;
        assert_eq!(
            refused(&in_use),
            "The cluster 'c1' cannot be deleted: there is still policy(s) attached to it.\n\
             there is still receiver(s) associated with it."
        );
        let acted_on = ClusterView { bindings: Vec::new(), ..in_use.clone() };
        assert_eq!(
            refused(&acted_on),
            "The cluster 'c1' cannot be deleted: there is still receiver(s) associated with it."
        );
        assert_eq!(deletable(&in_use, "c1", true, false), Ok(()));
        assert_eq!(deletable(&in_use, "c1", false, true), Ok(()));
    }
}
