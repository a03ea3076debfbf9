//! Nodes (spec api-resources L).

mod actions;
mod adopt;
mod adopt_preview;
mod create;
mod delete;
mod list;
mod members;
mod operations;
mod profile;
mod show;
mod start;
#[cfg(test)]
mod testing;
mod update;

use axum::Router;
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::operation::{Endpoints, Operation};
use coppice_api::raw::RawError;
use coppice_engine::Env;

/// The route of what is one path below `/nodes`.
const BY_NAME: &str = "/nodes/{id}";

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
        .serve(adopt::OPERATION, adoption)
        .and(adopt_preview::OPERATION)
        .serve(show::OPERATION, show::show)
        .serve(update::OPERATION, update::update)
        .serve(delete::OPERATION, delete::delete)
        .serve(actions::OPERATION, actions::create)
        .serve(operations::OPERATION, operations::create)
}

/// `POST /v1/nodes/adopt` and `/v1/nodes/adopt-preview`. There is no other path below `/nodes` to POST to;
/// with other methods these are names of nodes.
async fn adoption(
    State(env): State<Env>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    match id.as_str() {
        "adopt" => adopt::adopt(&env, &Call::from_request(request, &env).await?).await,
        "adopt-preview" => adopt_preview::preview(&env, &Call::from_request(request, &env).await?).await,
        _ => Ok(RawError::not_found().respond(request.headers())),
    }
}
