//! Chance, from a seed.

use rand::RngExt;
use rand::distr::uniform::{SampleRange, SampleUniform};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The chance of one world of one seed: the same in every run, and nobody else's.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The chance of world `world` of seed `seed`.
    pub(crate) fn new(seed: u64, world: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(world);
        Self(rng)
    }

    /// One of these.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    /// One of these, which are small.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        *self.one(of)
    }

    /// One of these, if there is any.
    pub(crate) fn any<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { Some(self.one(of)) }
    }

    /// True in so many of a hundred throws.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// True once in so many throws.
    pub(crate) fn rarely(&mut self, once_in: u32) -> bool {
        self.0.random_range(0..once_in) == 0
    }

    /// A number of this range.
    pub(crate) fn within<T: SampleUniform, R: SampleRange<T>>(&mut self, range: R) -> T {
        self.0.random_range(range)
    }

    /// Any sixty-four bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// Which of several ways, each as likely as its weight says.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.0.random_range(0..weights.clone().sum::<u32>());
        for (place, weight) in weights.enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}
