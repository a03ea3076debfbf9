//! One generated request.

use crate::author::{Author, Token};
use crate::dice::Dice;
use crate::endpoints::{self, Endpoint};
use crate::known::Known;
use axum::body::Body;
use coppice_e2e::ADMIN;
use http::{HeaderMap, Method, Request, Uri};
use std::fmt;

/// As much of a body as is shown.
const SHOWN: usize = 2_000;

/// A request, and what is known of it.
pub(crate) struct Generated {
    /// The endpoint it was written for.
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) token: Token,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    /// The versions it plainly asks for, as answers say them: `1.14`, or `1.14, coppice 1.0`.
    pub(crate) version: Option<String>,
    /// Whether nobody has carried anything from one project to another so far.
    pub(crate) walls: bool,
}

/// Writes the next request. In a world of `walls` administrators only look: whatever crosses between projects
/// there has crossed by itself.
pub(crate) fn generate(dice: &mut Dice, known: &Known, walls: bool) -> Generated {
    let place = dice.weighted(endpoints::ENDPOINTS.iter().map(|endpoint| endpoint.weight));
    let endpoint = &endpoints::ENDPOINTS[place];
    let mut author = Author::someone(dice, known);
    if endpoint.is_webhook() {
        // Anyone may call it, whoever's it is: nothing of the caller's own belongs into the call.
        author.bird = None;
    }
    let query = author.query(endpoint.query);
    let target = author.target(endpoint.path, &query);
    let body = body(&mut author, endpoint);
    let (headers, version) = author.headers(body.as_ref().map(Vec::len), endpoint.since);
    let mut method = endpoint.method;
    if author.dice.rarely(60) {
        let others = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FLY"];
        method = author.dice.pick(&others);
    }
    let token = author.token;
    if walls && token == Token::Of(ADMIN) {
        method = "GET";
    }
    let method = method.parse().expect("a method");
    Generated { endpoint, token, method, target, headers, body, version, walls }
}

fn body(author: &mut Author<'_>, endpoint: &Endpoint) -> Option<Vec<u8>> {
    let Some(write) = endpoint.body else {
        return author.dice.rarely(30).then(|| author.junk(2).to_string().into_bytes());
    };
    // What may be left out mostly is.
    if author.dice.chance(if endpoint.method == "DELETE" { 50 } else { 2 }) {
        return None;
    }
    let mut value = match author.dice.within(0..40) {
        0 => author.junk(4),
        1 => {
            // What somebody else would take.
            let bodies: Vec<_> = endpoints::ENDPOINTS.iter().filter_map(|each| each.body).collect();
            let other = author.dice.pick(&bodies);
            other(author)
        }
        _ => write(author),
    };
    if author.dice.chance(28) {
        for _ in 0..author.dice.within(1..=3) {
            author.mutate(&mut value);
        }
    }
    let mut bytes = value.to_string().into_bytes();
    if author.dice.chance(6) {
        author.spoil(&mut bytes);
    }
    Some(bytes)
}

impl Generated {
    /// The request as the router takes it; none for a target that no HTTP library would pass on.
    pub(crate) fn request(&self) -> Option<Request<Body>> {
        let uri: Uri = self.target.parse().ok()?;
        let body = self.body.clone().map_or_else(Body::empty, Body::from);
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        Some(request)
    }

    /// The first name of its path below the version, as it is spelt.
    pub(crate) fn resource(&self) -> &str {
        let path = self.target.split('?').next().unwrap_or_default();
        let mut names = path.split('/').filter(|name| !name.is_empty());
        let first = names.next().unwrap_or_default();
        if first.starts_with('v') { names.next().unwrap_or_default() } else { first }
    }

    /// Whether this text stands somewhere in it.
    pub(crate) fn says(&self, text: &str) -> bool {
        let in_body = self.body.as_ref().is_some_and(|body| String::from_utf8_lossy(body).contains(text));
        in_body || percent_encoding::percent_decode_str(&self.target).decode_utf8_lossy().contains(text)
    }
}

impl fmt::Display for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target: String = self.target.chars().take(SHOWN).collect();
        writeln!(f, "{} {target}", self.method)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        match &self.body {
            Some(body) if body.len() > SHOWN => {
                write!(f, "  {} … ({} bytes)", body[..SHOWN].escape_ascii(), body.len())
            }
            Some(body) => write!(f, "  {}", body.escape_ascii()),
            None => write!(f, "  (no body)"),
        }
    }
}
