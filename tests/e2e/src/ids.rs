//! Ids that look random and are the same in every run.

use coppice_domain::ids::IdSource;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// A source of version-4 UUIDs drawn from a seed.
pub struct SeededIds {
    rng: Mutex<ChaCha8Rng>,
}

impl SeededIds {
    /// The source that `seed` begins.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: Mutex::new(ChaCha8Rng::seed_from_u64(seed)) }
    }
}

impl IdSource for SeededIds {
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
