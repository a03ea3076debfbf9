//! The contract of whoever fetches a node's URL.

use async_trait::async_trait;
use coppice_domain::health::PollFailure;
use std::time::Duration;

/// One poll of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The URL, as a user gave it.
    pub url: String,
    /// How long all of it may take.
    pub timeout: Duration,
    /// Whether the server must have a valid certificate.
    pub verify: bool,
}

/// Fetches URLs.
///
/// # Promises
///
/// 1. **One GET.** Nothing is sent twice, and no redirect is followed.
/// 2. **Bounded.** In time by the probe's own timeout, in size by a limit on the body.
/// 3. **Nowhere but where it may.** The address that is connected to is the one that was found admissible.
#[async_trait]
pub trait Prober: Send + Sync {
    /// The body that a URL answers with. What is not UTF-8 in it is replaced.
    ///
    /// # Errors
    /// When there is no answer, none of success, or none that may be asked for.
    async fn fetch(&self, probe: &Probe) -> Result<String, PollFailure>;
}
