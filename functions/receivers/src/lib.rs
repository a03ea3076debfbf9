//! Receivers and their webhooks (spec api-resources M, N).

mod channel;
mod create;
mod delete;
mod list;
pub mod messages;
mod notify;
mod owner;
mod protection;
pub mod queue;
mod secret;
mod show;
#[cfg(test)]
mod testing;
mod update;
pub mod webhooks;

use axum::Router;
use coppice_api::operation::{Endpoints, Operation};
use coppice_engine::Env;

/// What serves the endpoints of this function.
pub fn router() -> Router<Env> {
    endpoints().router()
}

/// What describes them.
#[must_use]
pub fn operations() -> Vec<Operation> {
    endpoints().operations()
}

fn endpoints() -> Endpoints<Env> {
    Endpoints::new()
        .serve(list::OPERATION, list::list)
        .serve(create::OPERATION, create::create)
        .serve(show::OPERATION, show::show)
        .serve(update::OPERATION, update::update)
        .serve(delete::OPERATION, delete::delete)
        .serve(notify::OPERATION, notify::notify)
        .serve(secret::OPERATION, secret::rotate)
        .serve(webhooks::trigger::OPERATION, webhooks::trigger::trigger)
}
