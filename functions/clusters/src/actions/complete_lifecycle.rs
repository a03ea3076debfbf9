//! The action `complete_lifecycle` (spec api-resources I11): it starts none, but lets one go on. The path's
//! cluster is not looked at.

use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_domain::action::Action;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_engine::{Env, lifecycle};
use coppice_support::{find_exactly, store_failed};
use serde_json::{Value, json};

const TOKEN: &str = "lifecycle_action_token";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[Field::new(TOKEN, Kind::String).required()];

/// Lets the action go on that the token names, if it waits for that.
pub(super) async fn complete_lifecycle(env: &Env, call: &Call, data: &JsonMap) -> Result<Response, Failure> {
    let asked = asked(call, data)?;
    let token = asked.text(TOKEN).value().unwrap_or_default();
    let action = find_exactly::<Action>(&env.store, &call.caller, token).await?;
    lifecycle::complete(env, &action).await.map_err(store_failed)?;
    Ok(call.respond().accepted(&json!({ "action": action.id }), action.id))
}

/// A token that is missing is read as null; other keys are left aside.
fn asked(call: &Call, data: &JsonMap) -> Result<Coerced, Fault> {
    let token = data.get(TOKEN).cloned().unwrap_or(Value::Null);
    let data = JsonMap::from_iter([(TOKEN.to_owned(), token)]);
    coerce(FIELDS, &data, call.microversion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;
    use coppice_api::microversion::MAX;

    #[test]
    fn there_must_be_a_token() {
        let none = "Field `lifecycle_action_token' cannot be None";
        for (data, text) in [
            (json!({}), none),
            (json!({TOKEN: null}), none),
            (json!({TOKEN: 3}), "3 is not of type 'string'"),
            (json!({TOKEN: []}), "A string is required in field lifecycle_action_token, not a list"),
        ] {
            let refused = asked(&call(&[], None, MAX), data.as_object().unwrap());
            assert_eq!(refused, Err(Fault::http(text)), "{data}");
        }
        let data = json!({TOKEN: "t", "more": 1});
        let taken = asked(&call(&[], None, MAX), data.as_object().unwrap()).unwrap();
        assert_eq!(taken.text(TOKEN).value(), Some("t"));
    }
}
