//! The action `check` (spec api-resources I9).

use super::accept;
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind};
use coppice_api::limits::storable;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::pyrepr;
use coppice_engine::Env;
use coppice_support::{find, store_failed};

/// Whether earlier checks are to be forgotten.
const DELETE_EARLIER: &str = "delete_check_action";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[Field::new(DELETE_EARLIER, Kind::Any)];

/// Starts looking how the nodes are. Whatever the request says is what the action is told.
pub(super) async fn check(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let cluster = find::<Cluster>(&env.store, &call.caller, reference).await?;
    storable("the request", data)?;
    if data.get(DELETE_EARLIER).is_some_and(pyrepr::truth) {
        // Before the new one is accepted, as the reference does; repeating it is harmless.
        let project = &call.caller.project_id;
        env.store.checks_delete(project, cluster.id).await.map_err(store_failed)?;
    }
    accept(env, call, &cluster, ActionKind::ClusterCheck, data.clone()).await
}
