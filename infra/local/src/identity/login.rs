//! Requests for a token, as `POST /v3/auth/tokens` spells them.

use coppice_api::identity::Secret;
use serde::Deserialize;
use serde_json::Value;

/// The one domain there is.
pub(super) const DOMAIN_ID: &str = "default";
/// Its name.
pub(super) const DOMAIN_NAME: &str = "Default";

/// A request for a token.
#[derive(Debug)]
pub(super) struct Login {
    /// How the user proves who they are: all of these. None prove nothing.
    pub(super) proofs: Vec<Proof>,
    pub(super) scope: Scope,
}

#[derive(Debug)]
pub(super) enum Proof {
    Password { user: Reference, password: Secret },
    Token(Secret),
}

/// What the token is to be good for.
#[derive(Debug)]
pub(super) enum Scope {
    /// The user's default project, if there is one.
    Unsaid,
    /// Nothing, in so many words.
    Unscoped,
    Project(Reference),
    /// A domain, the system or a trust: nobody has a role there.
    Elsewhere,
}

/// A user or a project, by id or by name.
#[derive(Debug)]
pub(super) enum Reference {
    Id(String),
    /// A name in the one domain.
    Name(String),
    /// A name in a domain that does not exist.
    Unknown,
}

/// Why a request for a token cannot be considered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// A 400, with what is missing or wrong.
    Body(String),
    /// A 401: a method of proof that is not supported.
    Method(String),
}

#[derive(Deserialize)]
struct Auth {
    identity: Identity,
    #[serde(default)]
    scope: Option<ScopeDocument>,
}

#[derive(Deserialize)]
struct Identity {
    methods: Vec<String>,
    #[serde(default)]
    password: Option<PasswordDocument>,
    #[serde(default)]
    token: Option<TokenDocument>,
}

#[derive(Deserialize)]
struct PasswordDocument {
    user: UserDocument,
}

#[derive(Deserialize)]
struct UserDocument {
    #[serde(flatten)]
    reference: ReferenceDocument,
    password: Secret,
}

#[derive(Deserialize)]
struct TokenDocument {
    id: Secret,
}

#[derive(Deserialize)]
struct ReferenceDocument {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    domain: Option<DomainDocument>,
}

#[derive(Deserialize)]
struct DomainDocument {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ScopeDocument {
    Word(String),
    Map(ScopeMap),
}

#[derive(Deserialize)]
struct ScopeMap {
    #[serde(default)]
    project: Option<ReferenceDocument>,
    #[serde(default)]
    unscoped: Option<Value>,
}

impl Login {
    /// Reads the body of a request.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let auth = auth(body)?;
        let Identity { methods, mut password, mut token } = auth.identity;
        let missing = |what: &str| Malformed::Body(format!("Expecting to find {what} in identity."));
        let mut proofs = Vec::with_capacity(methods.len());
        for method in methods {
            proofs.push(match method.as_str() {
                "password" => {
                    let user = password.take().ok_or_else(|| missing("password"))?.user;
                    Proof::Password { user: user.reference.read("user")?, password: user.password }
                }
                "token" => Proof::Token(token.take().ok_or_else(|| missing("token"))?.id),
                _ => return Err(Malformed::Method(method)),
            });
        }
        Ok(Self { proofs, scope: scope(auth.scope)? })
    }
}

fn auth(body: &[u8]) -> Result<Auth, Malformed> {
    let wrong = |what: &str| Malformed::Body(format!("Expecting to find {what} in request body."));
    let mut document = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).map_err(|_| wrong("valid JSON"))?,
    };
    let auth = document.get_mut("auth").map(Value::take).ok_or_else(|| wrong("auth"))?;
    // The parser's message is left out: it may quote the body, and with it a password.
    serde_json::from_value(auth).map_err(|_| wrong("an authentication request of version 3"))
}

fn scope(document: Option<ScopeDocument>) -> Result<Scope, Malformed> {
    Ok(match document {
        None => Scope::Unsaid,
        Some(ScopeDocument::Word(word)) if word == "unscoped" => Scope::Unscoped,
        Some(ScopeDocument::Word(_)) => {
            return Err(Malformed::Body("Expecting scope to be a map or `unscoped`.".into()));
        }
        Some(ScopeDocument::Map(ScopeMap { project: Some(project), .. })) => {
            Scope::Project(project.read("project")?)
        }
        Some(ScopeDocument::Map(ScopeMap { unscoped: Some(_), .. })) => Scope::Unscoped,
        Some(ScopeDocument::Map(_)) => Scope::Elsewhere,
    })
}

impl ReferenceDocument {
    fn read(self, what: &str) -> Result<Reference, Malformed> {
        let missing = |part: &str| Err(Malformed::Body(format!("Expecting to find {part} in {what}.")));
        if let Some(id) = self.id {
            return Ok(Reference::Id(id));
        }
        let Some(name) = self.name else { return missing("id or name") };
        match self.domain {
            None => missing("domain"),
            Some(DomainDocument { id: Some(id), .. }) if id == DOMAIN_ID => Ok(Reference::Name(name)),
            Some(DomainDocument { id: None, name: Some(domain) }) if domain == DOMAIN_NAME => {
                Ok(Reference::Name(name))
            }
            Some(DomainDocument { id: None, name: None }) => missing("domain id or name"),
            Some(_) => Ok(Reference::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: &Value) -> Result<Login, Malformed> {
        Login::parse(body.to_string().as_bytes())
    }

    #[test]
    fn what_is_missing_is_named_and_no_secret_is_repeated() {
        let password =
            |user| json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}});
        for (body, told) in [
            (json!(null), "find auth in request body"),
            (json!({}), "find auth in request body"),
            (json!({"auth": {}}), "authentication request of version 3"),
            (json!({"auth": {"identity": {"methods": ["password"]}}}), "find password in identity"),
            (json!({"auth": {"identity": {"methods": ["token"]}}}), "find token in identity"),
            (password(json!({"password": "hunter2"})), "id or name in user"),
            (password(json!({"password": "hunter2", "name": "demo"})), "domain in user"),
            (
                password(json!({"password": "hunter2", "name": "demo", "domain": {}})),
                "domain id or name in user",
            ),
            (password(json!({"password": ["hunter2"], "id": "1"})), "authentication request of version 3"),
        ] {
            let Err(Malformed::Body(problem)) = parse(&body) else { panic!("accepted: {body}") };
            assert!(problem.contains(told) && !problem.contains("hunter2"), "{body}: {problem}");
        }
    }

    #[test]
    fn every_spelling_of_a_scope_is_understood() {
        let domain = json!({"name": "Default"});
        for (scope, expected) in [
            (json!(null), "Unsaid"),
            (json!("unscoped"), "Unscoped"),
            (json!({"unscoped": {}}), "Unscoped"),
            (json!({"project": {"id": "p"}}), r#"Project(Id("p"))"#),
            (json!({"project": {"name": "p", "domain": domain}}), r#"Project(Name("p"))"#),
            (json!({"project": {"name": "p", "domain": {"id": "default"}}}), r#"Project(Name("p"))"#),
            (json!({"project": {"name": "p", "domain": {"id": "other"}}}), "Project(Unknown)"),
            (json!({"domain": domain}), "Elsewhere"),
            (json!({"system": {"all": true}}), "Elsewhere"),
            (json!({"OS-TRUST:trust": {"id": "t"}}), "Elsewhere"),
        ] {
            let body =
                json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "t"}}, "scope": scope}});
            assert_eq!(format!("{:?}", parse(&body).unwrap().scope), expected, "{scope}");
        }
    }

    #[test]
    fn unsupported_methods_are_told_apart_from_malformed_requests() {
        let body = json!({"auth": {"identity": {"methods": ["totp"], "totp": {}}}});
        assert_eq!(parse(&body).unwrap_err(), Malformed::Method("totp".into()));
    }
}
