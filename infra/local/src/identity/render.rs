//! Users, projects and tokens in the form of the Identity API v3.

use super::directory::{EntityId, Project, User};
use super::login::{DOMAIN_ID, DOMAIN_NAME};
use super::{DevIdentity, Session};
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};

impl DevIdentity {
    /// The body that describes a token, on its issue and on its validation.
    pub(super) fn token_json(&self, session: &Session<'_>, with_catalog: bool) -> Value {
        let claims = &session.claims;
        let audit_ids: Vec<String> =
            [Some(claims.audit_id), claims.parent].into_iter().flatten().map(|id| id.to_string()).collect();
        let mut token = json!({
            "methods": claims.methods.names(),
            "user": {
                "id": session.user.id().to_string(),
                "name": session.user.name(),
                "domain": domain(),
                "password_expires_at": null,
            },
            "audit_ids": audit_ids,
            "issued_at": moment(claims.issued_at),
            "expires_at": moment(claims.expires_at),
        });
        if let Some((project, roles)) = &session.scope {
            token["project"] =
                json!({"id": project.id().to_string(), "name": project.name(), "domain": domain()});
            token["is_domain"] = json!(false);
            token["roles"] = roles.iter().map(|role| role_json(role)).collect();
            if with_catalog {
                token["catalog"] = self.catalog.json().clone();
            }
        }
        json!({ "token": token })
    }

    /// A user.
    pub(super) fn user_json(&self, user: &User) -> Value {
        let mut json = json!({
            "id": user.id().to_string(),
            "name": user.name(),
            "domain_id": DOMAIN_ID,
            "enabled": true,
            "password_expires_at": null,
            "options": {},
            "links": {"self": self.link(&format!("users/{}", user.id()))},
        });
        if let Some(project) = user.default_project() {
            json["default_project_id"] = json!(project.to_string());
        }
        json
    }

    /// A project.
    pub(super) fn project_json(&self, project: &Project) -> Value {
        json!({
            "id": project.id().to_string(),
            "name": project.name(),
            "domain_id": DOMAIN_ID,
            "parent_id": DOMAIN_ID,
            "description": "",
            "enabled": true,
            "is_domain": false,
            "tags": [],
            "options": {},
            "links": {"self": self.link(&format!("projects/{}", project.id()))},
        })
    }

    /// A whole list under its key, with the links Keystone gives it.
    pub(super) fn list_json(&self, key: &str, path: &str, items: Vec<Value>) -> Value {
        json!({key: Value::Array(items), "links": {"self": self.link(path), "previous": null, "next": null}})
    }

    /// The URL of a path of the Identity API v3.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}/v3/{path}", self.auth_uri)
    }
}

fn domain() -> Value {
    json!({"id": DOMAIN_ID, "name": DOMAIN_NAME})
}

fn role_json(name: &str) -> Value {
    json!({"id": EntityId::of("role", name).to_string(), "name": name})
}

/// Keystone's spelling of a moment: microseconds and a `Z`.
fn moment(timestamp: Timestamp) -> String {
    timestamp.iso_micros() + "Z"
}
