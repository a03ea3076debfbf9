//! What a creation asks for, and the marks every instance carries.

use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one creation, derived from (action, step, index): a step that runs twice asks for the
/// same instance twice, not for two instances (invariant 3).
///
/// The text is a UUID: 36 characters, which fits EC2's client token (64) and a Nova tag (60).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// The token of the `index`th creation in step `step` of `action`.
    #[must_use]
    pub fn derived(action: ActionId, step: &str, index: u64) -> Self {
        Self(ActionId::derived(action, step, index).to_string())
    }

    /// The token of the creation that step `step` of `action` makes for `node`.
    #[must_use]
    pub fn derived_for(action: ActionId, step: &str, node: NodeId) -> Self {
        Self(ActionId::derived_for(action, step, node.uuid()).to_string())
    }

    /// A token that a backend showed on an instance of ours.
    #[must_use]
    pub fn read_back(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an instance says about where it comes from. Written with the creation itself, never afterwards,
/// so that there is no moment at which an instance of ours cannot be recognised (invariant 4).
///
/// They record the origin: a node that joins another cluster later keeps the tags it was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The deployment of this service, among several that may share one cloud.
    pub deployment: String,
    /// The cluster the node was made for; none for an orphan.
    pub cluster: Option<ClusterId>,
    /// The node it was made for.
    pub node: NodeId,
    /// The action that made it. Nodes made by one cluster action share that action's id, so that one
    /// list shows them all.
    pub action: ActionId,
    /// The project it belongs to.
    pub project: String,
    /// The creation it came from: the unique tag that is looked up where a backend takes no token.
    pub token: Token,
}

/// A creation.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateRequest {
    /// The instance's name; not unique.
    pub name: String,
    /// The profile's properties, resolved: what this backend's kind of instance is made from.
    pub spec: JsonMap,
    /// Metadata users see on the instance.
    pub metadata: JsonMap,
    /// Origin and token.
    pub tags: Tags,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_step_that_runs_twice_uses_the_same_token_and_every_other_step_another() {
        let action = ActionId::new(Uuid::from_u128(1));
        let token = Token::derived(action, "create", 4);
        assert_eq!(token, Token::derived(action, "create", 4));
        assert_ne!(token, Token::derived(action, "create", 5));
        assert_ne!(token, Token::derived(action, "recreate", 4));
        assert_ne!(token, Token::derived(ActionId::new(Uuid::from_u128(2)), "create", 4));
        let (one, other) = (NodeId::new(Uuid::from_u128(3)), NodeId::new(Uuid::from_u128(4)));
        assert_ne!(Token::derived_for(action, "create", one), Token::derived_for(action, "create", other));
    }

    #[test]
    fn a_token_fits_the_shortest_place_a_backend_offers() {
        let token = Token::derived(ActionId::new(Uuid::from_u128(1)), &"long".repeat(40), u64::MAX);
        assert_eq!(token.as_str().len(), 36);
    }
}
