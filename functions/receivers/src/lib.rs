//! Receivers and their webhooks (spec api-resources M, N).

mod channel;
mod create;
mod delete;
mod list;
mod messages;
mod notify;
mod owner;
mod show;
#[cfg(test)]
mod testing;
mod update;
pub mod webhooks;

use axum::Router;
use axum::routing::{get, post};
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new()
        .route("/receivers", get(list::list).post(create::create))
        .route("/receivers/{id}", get(show::show).patch(update::update).delete(delete::delete))
        .route("/receivers/{id}/notify", post(notify::notify))
        .route("/webhooks/{id}/trigger", post(webhooks::trigger::trigger))
}
