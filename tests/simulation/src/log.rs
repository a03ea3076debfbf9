//! What happened, line by line, and a digest of it: two runs of one seed must agree.

use coppice_domain::time::Timestamp;
use sha2::{Digest, Sha256};

/// The log of one run.
pub(crate) struct Log {
    start: Option<Timestamp>,
    lines: Vec<String>,
    digest: Sha256,
    verbose: bool,
}

impl Log {
    pub(crate) fn new(verbose: bool) -> Self {
        Self { start: None, lines: Vec::new(), digest: Sha256::new(), verbose }
    }

    pub(crate) fn line(&mut self, now: Timestamp, text: impl FnOnce() -> String) {
        let start = *self.start.get_or_insert(now);
        let line = format!("{:>12.3} {}", now.epoch() - start.epoch(), text());
        self.digest.update(line.as_bytes());
        if self.verbose {
            println!("{line}");
        }
        self.lines.push(line);
    }

    /// The last lines.
    pub(crate) fn tail(&self, count: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(count)..]
    }

    /// The digest of every line so far.
    pub(crate) fn digest(&self) -> String {
        let bytes = self.digest.clone().finalize();
        bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
