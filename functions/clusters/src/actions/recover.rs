//! The action `recover` (spec api-resources I10).

use super::accept;
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::recovery::{self, Recovered};
use coppice_engine::Env;
use coppice_support::find;

/// What it can be told.
pub(super) const FIELDS: &[Field] = &[
    Field::new("operation", Kind::Enum(&recovery::OPERATIONS)),
    Field::new("operation_params", Kind::Any),
    Field::new("check", Kind::Any),
    Field::new("check_capacity", Kind::Any),
];

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_described_is_taken_and_nothing_else() {
        let mut given = JsonMap::from_iter(FIELDS.iter().map(|field| (field.name.to_owned(), json!({}))));
        given.insert("operation".to_owned(), json!("REBUILD"));
        assert_eq!(recovery::inputs(&given, Recovered::Cluster).as_ref(), Ok(&given));
        given.insert("other".to_owned(), json!(1));
        assert!(recovery::inputs(&given, Recovered::Cluster).is_err());
    }
}
