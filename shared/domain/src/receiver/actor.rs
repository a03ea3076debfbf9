//! What is shown of the credentials that a receiver's calls act with (spec engine-receivers-health-events
//! §1.3).
//!
//! The reference keeps a trust with Keystone for each user in each project and shows its id. Here the
//! receiver's own record says for whom its calls act and with which roles, so there is no trust to keep. The
//! id that is shown stands for the same: one for each user in each project, whichever receiver shows it.

use crate::cluster::JsonMap;
use crate::ids::derive;
use serde_json::Value;
use uuid::Uuid;

/// The actor of a receiver whose calls act for this user in this project.
#[must_use]
pub fn actor(user: &str, project: &str) -> JsonMap {
    let id = derive(Uuid::nil(), "trust", format!("{user}\0{project}").as_bytes());
    JsonMap::from_iter([("trust_id".to_owned(), Value::from(id.simple().to_string()))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(user: &str, project: &str) -> String {
        actor(user, project)["trust_id"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_user_has_one_trust_in_each_project() {
        assert_eq!(trust("u", "p"), trust("u", "p"));
        for other in [trust("u", "q"), trust("v", "p"), trust("up", ""), trust("", "up")] {
            assert_ne!(other, trust("u", "p"));
        }
        let id = trust("u", "p");
        assert!(id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    }
}
