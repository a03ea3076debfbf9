//! Tokens revoked before their end.

use super::files::{self, FileError};
use super::token::AuditId;
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The revoked tokens by audit id, each until it would have ended anyway.
pub(super) struct Revocations {
    path: Option<PathBuf>,
    until: BTreeMap<AuditId, Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    revoked: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    audit_id: String,
    /// Microseconds since the Unix epoch.
    expires_at: Timestamp,
}

impl Revocations {
    /// A list that is kept nowhere.
    pub(super) const fn in_memory() -> Self {
        Self { path: None, until: BTreeMap::new() }
    }

    /// The list that a file keeps; empty if there is no such file. A file that cannot be understood is
    /// an error rather than an empty list: revoked tokens must not come back.
    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let mut until = BTreeMap::new();
        if let Some(text) = files::read(path)? {
            let broken = || {
                FileError::new(
                    path,
                    "is not a list of revoked tokens; delete it together with the key, which ends every token",
                )
            };
            let document: Document = serde_json::from_str(&text).map_err(|_| broken())?;
            for entry in document.revoked {
                until.insert(AuditId::parse(&entry.audit_id).ok_or_else(broken)?, entry.expires_at);
            }
        }
        Ok(Self { path: Some(path.to_owned()), until })
    }

    /// Whether the token of that audit id is revoked.
    pub(super) fn contains(&self, audit_id: AuditId) -> bool {
        self.until.contains_key(&audit_id)
    }

    /// Revokes a token at once, and for good when this returns without error. Forgets those that have
    /// ended by themselves.
    pub(super) fn add(
        &mut self,
        audit_id: AuditId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), FileError> {
        self.until.retain(|_, end| now < *end);
        self.until.insert(audit_id, expires_at);
        let Some(path) = &self.path else { return Ok(()) };
        let revoked =
            self.until.iter().map(|(id, end)| Entry { audit_id: id.to_string(), expires_at: *end }).collect();
        let text = serde_json::to_string(&Document { revoked })
            .map_err(|error| FileError::new(path, format!("cannot be written: {error}")))?;
        files::write(path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entropy::OsEntropy;
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn revocations_are_kept_until_their_token_would_have_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("revoked.json");
        let [a, b, c] = [(); 3].map(|()| AuditId::random(&OsEntropy).unwrap());
        let mut list = Revocations::open(&path).unwrap();
        list.add(a, at(10), at(0)).unwrap();
        list.add(b, at(20), at(0)).unwrap();
        let mut list = Revocations::open(&path).unwrap();
        assert_eq!([a, b, c].map(|id| list.contains(id)), [true, true, false]);
        list.add(c, at(30), at(10)).unwrap();
        let list = Revocations::open(&path).unwrap();
        assert_eq!([a, b, c].map(|id| list.contains(id)), [false, true, true]);
    }

    #[test]
    fn a_damaged_list_is_an_error_not_an_amnesty() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("revoked.json");
        for text in ["", "{}", r#"{"revoked": [{"audit_id": "x", "expires_at": 1}]}"#] {
            std::fs::write(&path, text).unwrap();
            assert!(Revocations::open(&path).is_err(), "{text}");
        }
    }
}
