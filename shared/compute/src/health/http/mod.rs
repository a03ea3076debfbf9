//! Fetching over HTTP, from where it is allowed only.

#[cfg(test)]
mod tests;

use super::prober::{Probe, Prober};
use super::rule::AddressRule;
use async_trait::async_trait;
use coppice_domain::health::PollFailure;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The longest body that is read, in bytes.
pub const LONGEST_BODY: usize = 512 * 1024;

/// Fetches URLs with the rules of an operator's network.
#[derive(Clone, Debug)]
pub struct HttpProber {
    rule: Arc<AddressRule>,
    verifying: reqwest::Client,
    trusting: reqwest::Client,
}

impl HttpProber {
    /// A prober that goes where the rule says.
    ///
    /// # Errors
    /// When the system lacks what HTTPS needs.
    pub fn new(rule: AddressRule) -> Result<Self, String> {
        let rule = Arc::new(rule);
        let client = |verify: bool| {
            reqwest::Client::builder()
                .dns_resolver(Gate(Arc::clone(&rule)))
                // What a redirect or a proxy leads to would not be what was checked; a connection that is
                // kept might outlive its check.
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .retry(reqwest::retry::never())
                .user_agent("coppice")
                .tls_danger_accept_invalid_certs(!verify)
                .build()
                .map_err(|error| format!("no HTTP client: {}", causes(&error)))
        };
        let (verifying, trusting) = (client(true)?, client(false)?);
        Ok(Self { rule, verifying, trusting })
    }
}

#[async_trait]
impl Prober for HttpProber {
    async fn fetch(&self, probe: &Probe) -> Result<String, PollFailure> {
        let url = parsed(&probe.url)?;
        // Names are checked when they are resolved; a literal address never is resolved.
        if let Some(address) = url.host_str().and_then(literal) {
            self.rule.admit(address).map_err(|kind| forbidden(&url, address, kind.name()))?;
        }
        let client = if probe.verify { &self.verifying } else { &self.trusting };
        let failed = |error: reqwest::Error| failure(probe, &url, &error);
        let mut response = client.get(url.clone()).timeout(probe.timeout).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(PollFailure::Status(response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(PollFailure::TooLong(LONGEST_BODY));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}

fn parsed(text: &str) -> Result<reqwest::Url, PollFailure> {
    let bad = |problem: String| PollFailure::BadUrl { url: text.to_owned(), problem };
    let url = reqwest::Url::parse(text).map_err(|cause| bad(cause.to_string()))?;
    if matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    Err(bad(format!("its scheme '{}' is neither http nor https", url.scheme())))
}

/// The address that a host is, in any of its spellings: parsing the URL has brought them to one.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn forbidden(url: &reqwest::Url, address: IpAddr, kind: &str) -> PollFailure {
    let host = url.host_str().unwrap_or_default().to_owned();
    PollFailure::Forbidden { host, problem: format!("the address {address} is {kind}") }
}

/// Resolves names, and knows none whose addresses it may not go to.
struct Gate(Arc<AddressRule>);

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One wrong address spoils the name: which one is taken would be chance.
            for address in found.iter().map(SocketAddr::ip) {
                rule.admit(address).map_err(|kind| Barred { address, kind: kind.name() })?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A name leads to an address that is not gone to.
#[derive(Debug, thiserror::Error)]
#[error("the address {address} is {kind}")]
struct Barred {
    address: IpAddr,
    kind: &'static str,
}

fn failure(probe: &Probe, url: &reqwest::Url, error: &reqwest::Error) -> PollFailure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(barred) = error.downcast_ref::<Barred>() {
            return forbidden(url, barred.address, barred.kind);
        }
        cause = error.source();
    }
    if error.is_timeout() {
        return PollFailure::TimedOut(probe.timeout);
    }
    PollFailure::Unreachable(causes(error))
}

/// The last two causes: the first ones repeat the URL, and the last ones say what happened.
fn causes(error: &reqwest::Error) -> String {
    let mut texts = Vec::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.split_off(texts.len().saturating_sub(2)).join(": ")
}
