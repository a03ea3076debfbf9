//! Actions and events: what was asked for, how it stands, and what happened (spec api-resources O, P).

mod clusters;
mod create;
pub mod events;
mod list;
mod show;
mod update;

use axum::Router;
use axum::routing::get;
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new()
        .route("/actions", get(list::list).post(create::create))
        .route("/actions/{id}", get(show::show).patch(update::update))
        .route("/events", get(events::list::list))
        .route("/events/{id}", get(events::show::show))
}
