//! Actions and events: what was asked for, how it stands, and what happened (spec api-resources O, P).

mod clusters;
mod create;
pub mod events;
mod kept;
mod list;
mod show;
mod update;

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
        .serve(events::list::OPERATION, events::list::list)
        .serve(events::show::OPERATION, events::show::show)
}
