//! The actions `scale_out` and `scale_in` (spec api-resources I5).

use super::given;
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, Rules, Unknown, coerce_with};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::resize::{ScaleDirection, check_scale_request};
use coppice_engine::Env;
use coppice_engine::accept::{Asked, cluster_scaling};
use coppice_support::{bound_cluster, refused, requester};
use serde_json::json;

const COUNT: &str = "count";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[Field::new(COUNT, Kind::NonNegativeInt).nullable()];

/// Starts scaling by a count, or by what a policy says and else one.
pub(super) async fn scale(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
    direction: ScaleDirection,
) -> Result<Response, Failure> {
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, &given(data, &[COUNT]), call.microversion, rules)?;
    let count = asked.integer(COUNT).value();
    let bound = bound_cluster(&env.store, &call.caller, reference).await?;
    check_scale_request(direction, &bound.cluster.sizes, count, env.settings.max_nodes_per_cluster)
        .map_err(Fault::bad_request)?;
    let inputs = count.map(|count| (COUNT.to_owned(), json!(count))).into_iter().collect();
    let kind = match direction {
        ScaleDirection::Out => ActionKind::ClusterScaleOut,
        ScaleDirection::In => ActionKind::ClusterScaleIn,
    };
    let requester = requester(call);
    let action = cluster_scaling(env, bound, Asked::new(kind, inputs), requester).await.map_err(refused)?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}
