//! `/v3/projects`, `/v3/auth/projects` and `/v3/users/{id}/projects`.

use super::super::directory::{Project, User};
use super::super::login::DOMAIN_ID;
use super::super::{DevIdentity, Session};
use super::fault::Fault;
use super::{Shared, caller, users};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::collections::HashMap;

/// `GET /v3/auth/projects`: the projects the caller could scope a token to.
pub(super) async fn mine(State(identity): Shared, headers: HeaderMap) -> Result<Json<Value>, Fault> {
    let session = caller(&identity, &headers)?;
    Ok(Json(list_of(&identity, "auth/projects", granted(&identity, session.user))))
}

/// `GET /v3/users/{id}/projects`: the projects a user has a role in, for that user and administrators.
pub(super) async fn of_user(
    State(identity): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    let session = caller(&identity, &headers)?;
    let user = users::find(&identity, &session, &id, "identity:list_user_projects")?;
    Ok(Json(list_of(&identity, &format!("users/{id}/projects"), granted(&identity, user))))
}

/// `GET /v3/projects`: every project that passes the filters, for administrators. Others get 403, upon
/// which the CLI asks for their own list.
pub(super) async fn list(
    State(identity): Shared,
    Query(filters): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    if !caller(&identity, &headers)?.is_admin() {
        return Err(Fault::forbidden("identity:list_projects"));
    }
    let projects = identity.directory.projects().iter().filter(|project| {
        filters.iter().all(|(key, value)| match key.as_str() {
            "name" => value == project.name(),
            "domain_id" | "parent_id" => value == DOMAIN_ID,
            "enabled" => !is_no(value),
            "is_domain" => is_no(value),
            _ => true,
        })
    });
    Ok(Json(list_of(&identity, "projects", projects)))
}

/// `GET /v3/projects/{id}`: one project, for those with a role in it and administrators.
pub(super) async fn show(
    State(identity): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    let session = caller(&identity, &headers)?;
    let project = identity.directory.projects().iter().find(|project| project.id().to_string() == id);
    match project {
        Some(project) if may_see(&session, project) => {
            Ok(Json(json!({"project": identity.project_json(project)})))
        }
        // Whether it exists is not everybody's business.
        Some(_) => Err(Fault::forbidden("identity:get_project")),
        None if session.is_admin() => Err(Fault::not_found(&format!("Could not find project: {id}."))),
        None => Err(Fault::forbidden("identity:get_project")),
    }
}

fn may_see(session: &Session<'_>, project: &Project) -> bool {
    session.is_admin() || session.user.roles_in(project.id()).is_some()
}

fn granted<'a>(identity: &'a DevIdentity, user: &'a User) -> impl Iterator<Item = &'a Project> {
    identity.directory.projects().iter().filter(|project| user.roles_in(project.id()).is_some())
}

fn list_of<'a>(identity: &DevIdentity, path: &str, projects: impl Iterator<Item = &'a Project>) -> Value {
    identity.list_json("projects", path, projects.map(|project| identity.project_json(project)).collect())
}

fn is_no(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "0" | "false")
}
