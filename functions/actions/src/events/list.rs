//! `GET /v1/events` (spec api-common §13, api-resources P).

use crate::kept;
use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::ids::ClusterId;
use coppice_engine::Env;
use coppice_support::{authorise_list, filtered, list as list_all, passes, store_failed};
use std::collections::{HashMap, HashSet};

const ENDPOINT: Endpoint = Endpoint { rule: "events:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/events", "List events", ENDPOINT)
    .lists(&lists::EVENTS)
    .ok(Shown::Many("events", views::EVENT));

/// The events in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::EVENTS.parse(&call.query, call.microversion)?;
    authorise_list(&call.caller, &query)?;
    let clusters = match filtered(&query, "cluster_id") {
        Some(references) => match crate::clusters::resolve(&env.store, &call.caller, references).await? {
            Some(ids) => Some(ids),
            None => return Ok(call.respond().list("events", Vec::new())?),
        },
        None => None,
    };
    let kept = kept::event(&env);
    let wanted = |event: &Event| {
        kept(event)
            && passes(&query, "oname", &event.oname)
            && passes(&query, "otype", &event.otype)
            && passes(&query, "oid", &event.oid.to_string())
            && passes(&query, "action", &event.action)
            && passes(&query, "level", event.level.name())
            && clusters.as_ref().is_none_or(|ids| event.cluster_id.is_some_and(|id| ids.contains(&id)))
    };
    let events = list_all(&env.store, &call.caller, &query, &wanted).await?;
    let clusters = clusters_of(&env, &events).await?;
    let shown = events.iter().map(|event| {
        let cluster = event.cluster_id.and_then(|id| clusters.get(&id));
        views::event(event, cluster)
    });
    Ok(call.respond().list("events", shown.collect())?)
}

/// The clusters these events concern, each read once; those that are gone are left out.
async fn clusters_of(env: &Env, events: &[Event]) -> Result<HashMap<ClusterId, Cluster>, Failure> {
    let ids: HashSet<ClusterId> = events.iter().filter_map(|event| event.cluster_id).collect();
    let ids: Vec<ClusterId> = ids.into_iter().collect();
    let clusters = env.store.get_many::<Cluster>(&ids).await.map_err(store_failed)?;
    Ok(clusters.into_iter().map(|cluster| (cluster.id, cluster)).collect())
}
