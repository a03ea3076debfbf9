//! Clusters: what they are, their actions, operations on their nodes, and their policies
//! (spec api-resources H, I, J, K).

pub mod actions;
mod attributes;
mod create;
mod delete;
mod list;
mod ops;
pub mod policies;
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
        .route("/clusters/{id}/policies", get(policies::list::list))
        .route("/clusters/{id}/policies/{policy_id}", get(policies::show::show))
}
