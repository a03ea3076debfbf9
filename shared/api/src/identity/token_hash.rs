//! A token's digest: what is kept where a token must be recognised without being stored.

use super::hex;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The SHA-256 digest of a token.
///
/// Looking a digest up in a hash map takes a time that depends on the digest, which an attacker can
/// neither choose nor invert; so no comparison ever runs along the token itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The digest of `token`.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for TokenHash {
    /// Enough to tell two apart in a log, too little to search for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({}…)", hex::encode(&self.0[..4]))
    }
}

/// The text is not a SHA-256 digest in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest: 64 hexadecimal digits are expected, as `sha256sum` prints them")]
pub struct NotATokenHash;

impl FromStr for TokenHash {
    type Err = NotATokenHash;

    fn from_str(text: &str) -> Result<Self, NotATokenHash> {
        hex::decode(text).map(Self).ok_or(NotATokenHash)
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The text is left out of the error: somebody may have written the token in its place.
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_sha256sum() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(TokenHash::of("abc").to_string(), digest);
        assert_eq!(digest.parse(), Ok(TokenHash::of("abc")));
        assert_eq!(digest.to_uppercase().parse(), Ok(TokenHash::of("abc")));
    }

    #[test]
    fn a_token_written_in_place_of_its_digest_is_refused_without_being_repeated() {
        let error = serde_json::from_str::<TokenHash>(r#""my-secret-token""#).unwrap_err();
        assert!(!error.to_string().contains("my-secret-token"), "{error}");
        assert!(error.to_string().contains("64 hexadecimal digits"), "{error}");
    }

    #[test]
    fn debug_output_does_not_show_the_whole_digest() {
        assert_eq!(format!("{:?}", TokenHash::of("abc")), "TokenHash(ba7816bf…)");
    }
}
