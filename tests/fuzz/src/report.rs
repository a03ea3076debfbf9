//! What came of a run.

use std::collections::BTreeMap;
use std::fmt;

/// A request after which something was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The number of the request.
    pub number: u64,
    /// The request, and the answer.
    pub exchange: String,
    /// What is wrong.
    pub complaints: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request {} of seed {}: {}", self.number, self.seed, self.exchange)?;
        for complaint in &self.complaints {
            writeln!(f, "! {complaint}")?;
        }
        write!(
            f,
            "replay: cargo run -p coppice-fuzz -- --seed {} --from {} --requests 1",
            self.seed, self.number
        )
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many requests were sent.
    pub requests: u64,
    /// What was wrong; each ended its world.
    pub failures: Vec<Failure>,
    /// How often which endpoint's requests were answered by which status.
    pub tally: BTreeMap<String, BTreeMap<u16, u64>>,
    /// A digest of all answers: equal for two runs of the same requests.
    pub digest: u64,
}

impl Report {
    /// Adds what came of another part of the run.
    pub(crate) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.failures.extend(other.failures);
        for (endpoint, statuses) in other.tally {
            let own = self.tally.entry(endpoint).or_default();
            for (status, count) in statuses {
                *own.entry(status).or_default() += count;
            }
        }
        self.digest = self.digest.rotate_left(1) ^ other.digest;
    }

    /// The endpoints none of whose requests was answered with success.
    #[must_use]
    pub fn unreached(&self) -> Vec<&str> {
        let reached = |statuses: &BTreeMap<u16, u64>| statuses.keys().any(|status| *status < 300);
        self.tally.iter().filter(|(_, statuses)| !reached(statuses)).map(|(name, _)| name.as_str()).collect()
    }
}
