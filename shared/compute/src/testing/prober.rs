//! URLs that answer by script.

use crate::health::{Probe, Prober};
use async_trait::async_trait;
use coppice_domain::health::PollFailure;
use std::sync::{Mutex, PoisonError};

type Answers = Box<dyn FnMut(&Probe, usize) -> Result<String, PollFailure> + Send>;

/// A prober that answers by script and remembers what it was asked.
pub struct ScriptedProber {
    answers: Mutex<Answers>,
    probes: Mutex<Vec<Probe>>,
}

impl ScriptedProber {
    /// Asks `answers` about every probe, in order: the probe, and how many came before it for the same URL.
    pub fn new(answers: impl FnMut(&Probe, usize) -> Result<String, PollFailure> + Send + 'static) -> Self {
        Self { answers: Mutex::new(Box::new(answers)), probes: Mutex::default() }
    }

    /// Every URL answers with this body.
    pub fn answering(body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |_, _| Ok(body.clone()))
    }

    /// Every probe so far.
    pub fn probes(&self) -> Vec<Probe> {
        self.probes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Prober for ScriptedProber {
    async fn fetch(&self, probe: &Probe) -> Result<String, PollFailure> {
        let nth = {
            let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
            let nth = probes.iter().filter(|earlier| earlier.url == probe.url).count();
            probes.push(probe.clone());
            nth
        };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        (*answers)(probe, nth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_script_sees_every_probe_and_how_often_its_url_was_asked() {
        let prober = ScriptedProber::new(|probe, nth| Ok(format!("{} {nth}", probe.url)));
        let probe = |url: &str| Probe { url: url.to_owned(), timeout: Duration::from_secs(1), verify: true };
        for (url, body) in [("a", "a 0"), ("b", "b 0"), ("a", "a 1")] {
            assert_eq!(prober.fetch(&probe(url)).await, Ok(body.to_owned()));
        }
        assert_eq!(prober.probes(), [probe("a"), probe("b"), probe("a")]);
        assert_eq!(ScriptedProber::answering("up").fetch(&probe("c")).await, Ok("up".to_owned()));
    }
}
