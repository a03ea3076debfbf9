//! Chance as a hash: the same seed and the same question always draw the same lot.

use sha2::{Digest, Sha256};
use uuid::Uuid;

fn digest(seed: u64, question: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    for part in question {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Whether something of probability `rate` (0 to 1) happens.
pub(super) fn happens(rate: f64, seed: u64, question: &[&str]) -> bool {
    let digest = digest(seed, question);
    let mut first = [0; 4];
    first.copy_from_slice(&digest[..4]);
    f64::from(u32::from_be_bytes(first)) < rate * (f64::from(u32::MAX) + 1.0)
}

/// The id of the `ordinal`th instance that a token makes: 0 where tokens count, and where they do not,
/// one more for every repeat.
pub(super) fn instance_id(seed: u64, token: &str, ordinal: u64) -> String {
    id_of(&digest(seed, &["instance", token, &ordinal.to_string()]))
}

fn id_of(digest: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The id of a part of a load balancer: `ordinal` tells apart what is made for the same reason at the same
/// moment.
pub(super) fn part_id(seed: u64, question: &[&str], ordinal: u64) -> String {
    id_of(&digest(seed, &[&["part"], question, &[&ordinal.to_string()]].concat()))
}

/// The address that an instance or a balancer has on a network: always the same.
pub(super) fn address(subject: &str, network: &str) -> String {
    let digest = digest(0, &["address", network, subject]);
    format!("10.{}.{}.{}", digest[0], digest[1], digest[2] % 254 + 1)
}

/// The id, if it is one that an instance here can have.
pub(super) fn is_instance_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_kept_and_its_ends_are_certain() {
        let drawn = |rate| (0..1000).filter(|lot: &u32| happens(rate, 1, &["x", &lot.to_string()])).count();
        assert_eq!(drawn(0.0), 0);
        assert_eq!(drawn(1.0), 1000);
        assert!((250..350).contains(&drawn(0.3)), "{}", drawn(0.3));
    }

    #[test]
    fn the_same_question_draws_the_same_lot_and_the_seed_changes_it() {
        let lots = |seed| (0..64).map(move |lot: u32| happens(0.5, seed, &["x", &lot.to_string()]));
        assert!(lots(1).eq(lots(1)));
        assert!(!lots(1).eq(lots(2)));
    }

    #[test]
    fn ids_are_uuids_that_tell_tokens_and_repeats_apart() {
        assert_eq!(instance_id(0, "t", 0), instance_id(0, "t", 0));
        assert_ne!(instance_id(0, "t", 0), instance_id(0, "t", 1));
        assert_ne!(instance_id(0, "t", 0), instance_id(0, "u", 0));
        assert!(is_instance_id(&instance_id(0, "t", 0)));
        assert!(!is_instance_id("usage#capacity"));
    }
}
