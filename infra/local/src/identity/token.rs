//! Tokens: claims in a fixed layout, signed, spelt in hexadecimal.

use super::directory::EntityId;
use super::entropy::{Entropy, EntropyError};
use super::files::{self, FileError};
use coppice_api::identity::hex;
use coppice_domain::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::path::Path;

/// The layout of the claims; part of what is signed.
const LAYOUT: u8 = 1;
const SIGNATURE: usize = 32;
/// Layout, methods, user, project, issue, expiry, audit id, parent's audit id.
const CLAIMS: usize = 1 + 1 + 16 + 16 + 8 + 8 + 16 + 16;
const TOKEN: usize = CLAIMS + SIGNATURE;

const PASSWORD: u8 = 1;
const TOKEN_METHOD: u8 = 2;

/// How a token was obtained; several if it descends from another token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Methods {
    pub(super) password: bool,
    pub(super) token: bool,
}

impl Methods {
    /// Their names in the Identity API.
    pub(super) fn names(self) -> Vec<&'static str> {
        let named = [(self.password, "password"), (self.token, "token")];
        named.into_iter().filter_map(|(used, name)| used.then_some(name)).collect()
    }
}

/// The name of one token, for revocation and logs; says nothing about the token itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AuditId([u8; 16]);

impl AuditId {
    pub(super) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }
}

impl fmt::Display for AuditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) user: EntityId,
    pub(super) project: Option<EntityId>,
    pub(super) methods: Methods,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) audit_id: AuditId,
    /// The audit id of the first token in the chain this one descends from.
    pub(super) parent: Option<AuditId>,
}

/// Signs claims and checks signatures.
pub(super) struct Signer {
    key: [u8; 32],
}

impl Signer {
    /// A signer with a new key.
    pub(super) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut key = [0; 32];
        entropy.fill(&mut key)?;
        Ok(Self { key })
    }

    /// The signer whose key a file keeps; makes and keeps a key if there is no such file.
    pub(super) fn read_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, FileError> {
        if let Some(text) = files::read(path)? {
            return hex::decode(text.trim()).map(|key| Self { key }).ok_or_else(|| {
                FileError::new(path, "is not a key of 64 hexadecimal digits; delete it to get a new one")
            });
        }
        let signer = Self::random(entropy).map_err(|error| FileError::new(path, error.to_string()))?;
        files::write(path, &format!("{}\n", hex::encode(&signer.key)))?;
        Ok(signer)
    }

    fn mac(&self, claims: &[u8]) -> Hmac<Sha256> {
        // HMAC fills a short key up with zeros to the length of a block.
        let mut block = [0; 64];
        block[..self.key.len()].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(claims);
        mac
    }

    /// The token that carries `claims`.
    pub(super) fn sign(&self, claims: &Claims) -> String {
        let mut bytes = claims.to_bytes();
        let signature = self.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&signature);
        hex::encode(&bytes)
    }

    /// The claims `token` carries, if this signer signed them.
    pub(super) fn open(&self, token: &str) -> Option<Claims> {
        let bytes: [u8; TOKEN] = hex::decode(token)?;
        let (claims, signature) = bytes.split_at(CLAIMS);
        // Compares in constant time.
        self.mac(claims).verify_slice(signature).ok()?;
        Claims::from_bytes(claims)
    }
}

impl Claims {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TOKEN);
        let methods = if self.methods.password { PASSWORD } else { 0 }
            | if self.methods.token { TOKEN_METHOD } else { 0 };
        bytes.extend([LAYOUT, methods]);
        bytes.extend(self.user.bytes());
        bytes.extend(self.project.map_or([0; 16], EntityId::bytes));
        bytes.extend(self.issued_at.micros().to_be_bytes());
        bytes.extend(self.expires_at.micros().to_be_bytes());
        bytes.extend(self.audit_id.0);
        bytes.extend(self.parent.map_or([0; 16], |parent| parent.0));
        bytes
    }

    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let [layout, methods] = take(&mut bytes)?;
        if layout != LAYOUT {
            return None;
        }
        Some(Self {
            methods: Methods { password: methods & PASSWORD != 0, token: methods & TOKEN_METHOD != 0 },
            user: EntityId::from_bytes(take(&mut bytes)?),
            project: some(take(&mut bytes)?).map(EntityId::from_bytes),
            issued_at: Timestamp::from_micros(i64::from_be_bytes(take(&mut bytes)?)),
            expires_at: Timestamp::from_micros(i64::from_be_bytes(take(&mut bytes)?)),
            audit_id: AuditId(take(&mut bytes)?),
            parent: some(take(&mut bytes)?).map(AuditId),
        })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk::<N>()?;
    *bytes = tail;
    Some(*head)
}

/// All zeros stand for "none"; no digest and no random id is that.
fn some(bytes: [u8; 16]) -> Option<[u8; 16]> {
    (bytes != [0; 16]).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::entropy::OsEntropy;
    use super::*;

    fn claims() -> Claims {
        Claims {
            user: EntityId::of("user", "demo"),
            project: Some(EntityId::of("project", "demo")),
            methods: Methods { password: true, token: false },
            issued_at: Timestamp::from_micros(1_000_000),
            expires_at: Timestamp::from_micros(3_601_000_000),
            audit_id: AuditId([7; 16]),
            parent: None,
        }
    }

    #[test]
    fn a_token_carries_its_claims() {
        let signer = Signer::random(&OsEntropy).unwrap();
        for claims in [
            claims(),
            Claims { project: None, ..claims() },
            Claims { parent: Some(AuditId([9; 16])), ..claims() },
            Claims { methods: Methods { password: true, token: true }, ..claims() },
        ] {
            let token = signer.sign(&claims);
            assert_eq!(token.len(), TOKEN * 2);
            assert_eq!(signer.open(&token), Some(claims));
        }
    }

    #[test]
    fn a_token_changed_in_any_place_or_signed_with_another_key_is_refused() {
        let signer = Signer::random(&OsEntropy).unwrap();
        let token = signer.sign(&claims());
        for place in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[place] = if forged[place] == b'0' { b'1' } else { b'0' };
            assert_eq!(signer.open(&String::from_utf8(forged).unwrap()), None, "{place}");
        }
        assert_eq!(Signer::random(&OsEntropy).unwrap().open(&token), None);
        for text in ["", "token", &token[2..], &format!("{token}00")] {
            assert_eq!(signer.open(text), None, "{text}");
        }
    }

    #[test]
    fn the_key_is_kept_and_a_damaged_one_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let token = Signer::read_or_create(&path, &OsEntropy).unwrap().sign(&claims());
        assert!(Signer::read_or_create(&path, &OsEntropy).unwrap().open(&token).is_some());
        std::fs::write(&path, "abc").unwrap();
        let Err(error) = Signer::read_or_create(&path, &OsEntropy) else { panic!("a bad key was accepted") };
        assert!(error.to_string().contains("delete it"), "{error}");
    }
}
