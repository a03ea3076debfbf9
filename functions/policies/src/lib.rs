//! Policies and their types (spec api-resources F, G).

mod create;
mod delete;
mod list;
mod show;
pub mod types;
mod update;
mod validate;

use axum::Router;
use axum::routing::get;
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new()
        .route("/policies", get(list::list).post(create::create))
        // POST serves `/policies/validate` alone; with other methods `validate` is a policy's name.
        .route(
            "/policies/{id}",
            get(show::show).patch(update::update).delete(delete::delete).post(validate::validate),
        )
        .route("/policy-types", get(types::list::list))
        .route("/policy-types/{type}", get(types::show::show))
}
