//! Clusters, their actions, and operations on their nodes (spec api-resources H, I, J).

pub mod actions;
mod attributes;
mod create;
mod delete;
mod list;
mod ops;
mod show;
#[cfg(test)]
mod testing;
mod update;

use axum::Router;
use axum::routing::{get, post};
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new()
        .route("/clusters", get(list::list).post(create::create))
        .route("/clusters/{id}", get(show::show).patch(update::update).delete(delete::delete))
        .route("/clusters/{id}/actions", post(actions::create))
        .route("/clusters/{id}/attrs/{path}", get(attributes::collect))
        .route("/clusters/{id}/ops", post(ops::create))
}
