//! Keystone's description of a token, as far as it is read (Identity API v3, `GET /v3/auth/tokens`).

use super::super::{Caller, IdentityError};
use coppice_domain::time::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    token: Token,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    user: Option<Named>,
    #[serde(default)]
    project: Option<Named>,
    #[serde(default)]
    domain: Option<Named>,
    #[serde(default)]
    roles: Vec<Role>,
    expires_at: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Role {
    name: String,
}

/// The caller a description stands for.
pub(super) fn caller(body: &[u8]) -> Result<Caller, IdentityError> {
    let token = parse(body)?;
    let expires_at = Some(end(&token)?);
    let (Some(user), Some(project)) = (token.user, token.project) else {
        return Err(IdentityError::Incomplete);
    };
    Ok(Caller {
        user_id: user.id,
        user_name: user.name,
        project_id: project.id,
        project_name: project.name,
        domain_id: token.domain.map(|domain| domain.id),
        roles: token.roles.into_iter().map(|role| role.name).collect(),
        expires_at,
    })
}

/// When the described token ends.
pub(super) fn expiry(body: &[u8]) -> Result<Timestamp, IdentityError> {
    end(&parse(body)?)
}

fn parse(body: &[u8]) -> Result<Token, IdentityError> {
    // The parser's message is left out: it may quote the answer.
    serde_json::from_slice::<Document>(body).map(|document| document.token).map_err(|_| {
        IdentityError::Unavailable("Keystone's answer is not the description of a v3 token".into())
    })
}

fn end(token: &Token) -> Result<Timestamp, IdentityError> {
    Timestamp::rfc3339(&token.expires_at).ok_or_else(|| {
        IdentityError::Unavailable("Keystone's answer has an expires_at that is no point in time".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn user_project_and_roles_are_read_and_the_rest_is_ignored() {
        let body = json!({"token": {
            "methods": ["password"], "audit_ids": ["x"], "is_domain": false,
            "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}, "password_expires_at": null},
            "project": {"id": "p1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "r1", "name": "member"}, {"id": "r2", "name": "reader"}],
            "expires_at": "1970-01-01T00:00:02.000000Z", "issued_at": "1970-01-01T00:00:01.000000Z",
        }});
        let caller = caller(body.to_string().as_bytes()).unwrap();
        assert_eq!(caller.user_id, "u1");
        assert_eq!(caller.project_id, "p1");
        assert_eq!(caller.domain_id, None, "the domain of a project-scoped token is not the caller's");
        assert_eq!(caller.roles, ["member", "reader"]);
        assert_eq!(caller.expires_at, Some(Timestamp::from_micros(2_000_000)));
    }

    #[test]
    fn a_token_without_project_is_incomplete_and_nonsense_is_the_provider_s_fault() {
        let user = json!({"id": "u1", "name": "demo"});
        let end = "1970-01-01T00:00:02Z";
        let domain = json!({"token": {"user": user, "expires_at": end, "domain": {"id": "default", "name": "Default"}}});
        for (body, incomplete) in [
            (json!({"token": {"user": user, "expires_at": end}}), true),
            (domain, true),
            (json!({"token": {"user": user, "expires_at": "soon"}}), false),
            (json!({"token": {"user": user}}), false),
            (json!({"error": {}}), false),
        ] {
            let error = caller(body.to_string().as_bytes()).unwrap_err();
            assert_eq!(error == IdentityError::Incomplete, incomplete, "{body}");
            assert_ne!(error, IdentityError::Unauthorized, "{body}");
        }
    }
}
