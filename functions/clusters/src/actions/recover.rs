//! The action `recover` (spec api-resources I10).

use super::accept;
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::recovery::{self, Recovered};
use coppice_engine::Env;
use coppice_support::find;

/// Starts repairing the nodes that are not well.
pub(super) async fn recover(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let cluster = find::<Cluster>(&env.store, &call.caller, reference).await?;
    let inputs = recovery::inputs(data, Recovered::Cluster)?;
    accept(env, call, &cluster, ActionKind::ClusterRecover, inputs).await
}
