//! Who makes requests: an administrator, two members of different projects, and a reader.

use coppice_api::identity::{Identity, StaticConfig, StaticTokens, TokenHash};
use coppice_domain::time::Clock;
use serde_json::json;
use std::sync::Arc;

/// Someone with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The token.
    pub token: &'static str,
    /// The user's id.
    pub user: &'static str,
    /// The project's id.
    pub project: &'static str,
    role: &'static str,
    expires_at: Option<&'static str>,
}

const BLUE: &str = "b1be0000000000000000000000000001";
const GREEN: &str = "92ee0000000000000000000000000002";

/// An administrator, whose own project has nothing in it.
pub const ADMIN: Person =
    person("token-of-admin", "ad000000000000000000000000000013", "ad000000000000000000000000000003", "admin");
/// A member of the first project.
pub const ALICE: Person = person("token-of-alice", "a11ce000000000000000000000000011", BLUE, "member");
/// A member of the second project.
pub const BOB: Person = person("token-of-bob", "b0b00000000000000000000000000012", GREEN, "member");
/// A reader in the first project.
pub const READER: Person = person("token-of-reader", "4eade4000000000000000000000000014", BLUE, "reader");
/// A member of the first project whose token has expired.
pub const STALE: Person = Person {
    expires_at: Some("2020-01-01T00:00:00Z"),
    ..person("stale-token", "57a1e000000000000000000000000015", BLUE, "member")
};

const fn person(
    token: &'static str,
    user: &'static str,
    project: &'static str,
    role: &'static str,
) -> Person {
    Person { token, user, project, role, expires_at: None }
}

/// The provider that knows them.
pub(crate) fn identity(clock: Arc<dyn Clock>) -> Arc<dyn Identity> {
    let tokens: Vec<_> = [ADMIN, ALICE, BOB, READER, STALE]
        .iter()
        .map(|person| {
            json!({
                "sha256": TokenHash::of(person.token).to_string(),
                "user_id": person.user,
                "project_id": person.project,
                "roles": [person.role],
                "expires_at": person.expires_at,
            })
        })
        .collect();
    let config = json!({ "auth_uri": "http://127.0.0.1:5000", "tokens": tokens });
    let config: StaticConfig = serde_json::from_value(config).expect("the settings are well formed");
    Arc::new(StaticTokens::new(config, clock).expect("no two people share a token"))
}
