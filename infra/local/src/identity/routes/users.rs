//! `/v3/users`.

use super::super::directory::User;
use super::super::{DevIdentity, Session};
use super::fault::Fault;
use super::{Shared, caller};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::collections::HashMap;

/// `GET /v3/users`: every user, or the one of a name, for administrators.
pub(super) async fn list(
    State(identity): Shared,
    Query(filters): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    if !caller(&identity, &headers)?.is_admin() {
        return Err(Fault::forbidden("identity:list_users"));
    }
    let users = identity.directory.users().iter();
    let users = users.filter(|user| filters.get("name").is_none_or(|name| name == user.name()));
    Ok(Json(identity.list_json("users", "users", users.map(|user| identity.user_json(user)).collect())))
}

/// `GET /v3/users/{id}`: one user, for themselves and administrators.
pub(super) async fn show(
    State(identity): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    let session = caller(&identity, &headers)?;
    let user = find(&identity, &session, &id, "identity:get_user")?;
    Ok(Json(json!({"user": identity.user_json(user)})))
}

/// The user of that id: 403 unless it is the caller or the caller is an administrator, 404 if there is
/// none.
pub(super) fn find<'a>(
    identity: &'a DevIdentity,
    session: &Session<'a>,
    id: &str,
    rule: &str,
) -> Result<&'a User, Fault> {
    if session.user.id().to_string() == id {
        return Ok(session.user);
    }
    if !session.is_admin() {
        return Err(Fault::forbidden(rule));
    }
    let user = identity.directory.users().iter().find(|user| user.id().to_string() == id);
    user.ok_or_else(|| Fault::not_found(&format!("Could not find user: {id}.")))
}
