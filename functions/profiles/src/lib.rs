//! Profiles and their types (spec api-resources D, E).

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
        .route("/profiles", get(list::list).post(create::create))
        // POST serves `/profiles/validate` alone; with other methods `validate` is a profile's name.
        .route(
            "/profiles/{id}",
            get(show::show).patch(update::update).delete(delete::delete).post(validate::validate),
        )
        .route("/profile-types", get(types::list::list))
        .route("/profile-types/{type}", get(types::show::show))
        .route("/profile-types/{type}/ops", get(types::operations::list))
}
