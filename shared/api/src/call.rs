//! A request as handlers see it, and what an endpoint declares about itself.

use crate::body;
use crate::error::Failure;
use crate::fields::{parse_query, wrapper};
use crate::identity::Caller;
use crate::microversion::Microversion;
use crate::rbac;
use crate::respond::Responder;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use coppice_domain::fault::{Fault, FaultKind};
use http::HeaderMap;
use serde_json::{Map, Value};

/// What the pipeline learned about a request before routing it; an extension of the routed request.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Nobody, for a webhook's call.
    pub(crate) caller: Option<Caller>,
    pub(crate) microversion: Microversion,
    pub(crate) additions: bool,
    pub(crate) origin: String,
    pub(crate) mount: String,
    pub(crate) request_id: String,
}

/// A request: who makes it, at which microversion, and what came with it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who makes the request.
    pub caller: Caller,
    /// The microversion it is made at.
    pub microversion: Microversion,
    /// Whether it asks for what this service adds: [`crate::additions`].
    pub additions: bool,
    /// The pairs of the query string, decoded, in their order.
    pub query: Vec<(String, String)>,
    /// The JSON object in the body.
    pub body: Option<Map<String, Value>>,
    /// Scheme and host the client addressed, such as `http://127.0.0.1:8778`.
    pub origin: String,
    /// The path's segment that named the version, such as `v1`; empty when a header named it.
    pub mount: String,
    /// The id under which this request is logged.
    pub request_id: String,
}

/// Whether an endpoint takes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// There must be one.
    Required,
    /// There may be one.
    Optional,
    /// There must be none, which holds for every GET (spec api-common §7).
    None,
}

/// What must hold before an endpoint's handler looks at a request.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The rule that guards it (spec api-common §15).
    pub rule: &'static str,
    /// The microversion it exists since.
    pub since: Microversion,
    /// Whether it takes a body.
    pub body: Body,
}

impl Call {
    /// Checks what `endpoint` declares: microversion, then permission, then body (spec api-common §1).
    ///
    /// # Errors
    /// `MethodVersionNotFound`, `Forbidden` or the generic 400, in that order.
    pub fn enter(&self, endpoint: &Endpoint) -> Result<(), Fault> {
        self.gate(endpoint.since)?;
        rbac::authorise(&self.caller, endpoint.rule)?;
        match (endpoint.body, &self.body) {
            (Body::Required, None) | (Body::None, Some(_)) => Err(Fault::malformed()),
            _ => Ok(()),
        }
    }

    /// Refuses the request below `since`.
    ///
    /// # Errors
    /// `MethodVersionNotFound`.
    pub fn gate(&self, since: Microversion) -> Result<(), Fault> {
        if self.microversion >= since {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::MethodVersionNotFound,
            format!("API version '{}' is not supported on this method.", self.microversion),
        ))
    }

    /// What is under `key` in the body of a create or validate request.
    ///
    /// # Errors
    /// See [`wrapper::create`].
    pub fn created(&self, key: &str) -> Result<&Map<String, Value>, Fault> {
        wrapper::create(self.object()?, key)
    }

    /// What is under `key` in the body of an update.
    ///
    /// # Errors
    /// See [`wrapper::update`].
    pub fn updated(&self, key: &str) -> Result<&Map<String, Value>, Fault> {
        wrapper::update(self.object()?, key)
    }

    /// Answers this request.
    #[must_use]
    pub fn respond(&self) -> Responder {
        Responder { microversion: self.microversion, additions: self.additions, origin: self.origin.clone() }
    }

    fn object(&self) -> Result<&Map<String, Value>, Fault> {
        self.body.as_ref().ok_or_else(Fault::malformed)
    }
}

/// A request that came without a token, before anyone answers for it and before its body is read. Only a
/// webhook's calls get as far as their handler like this (spec api-resources N).
#[derive(Debug)]
pub struct Unclaimed {
    /// The pairs of the query string, decoded, in their order.
    pub query: Vec<(String, String)>,
    context: Context,
    request: Request,
}

impl Unclaimed {
    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Its body as it came, which can still be read afterwards.
    ///
    /// # Errors
    /// `RequestLimitExceeded` when it is longer than is ever read.
    pub async fn bytes(&mut self) -> Result<Bytes, Fault> {
        let bytes = body::bytes(std::mem::take(self.request.body_mut())).await?;
        *self.request.body_mut() = bytes.clone().into();
        Ok(bytes)
    }

    /// The request as `caller` makes it, who may call `endpoint`; then its body is read, and what `endpoint`
    /// declares is checked as ever.
    ///
    /// # Errors
    /// `Forbidden`; then what is wrong with the body.
    pub async fn on_behalf_of(self, caller: Caller, endpoint: &Endpoint) -> Result<Call, Failure> {
        rbac::authorise(&caller, endpoint.rule)?;
        let call = read(self.context, caller, self.query, self.request).await?;
        call.enter(endpoint)?;
        Ok(call)
    }
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Failure;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Failure> {
        let mut context = context(&mut request)?;
        let caller = context.caller.take().ok_or_else(|| {
            Failure::internal("a handler that asks for a caller was reached by a path that needs no token")
        })?;
        let query = parse_query(request.uri().query().unwrap_or_default());
        read(context, caller, query, request).await
    }
}

impl<S: Send + Sync> FromRequest<S> for Unclaimed {
    type Rejection = Failure;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Failure> {
        let context = context(&mut request)?;
        let query = parse_query(request.uri().query().unwrap_or_default());
        Ok(Self { query, context, request })
    }
}

fn context(request: &mut Request) -> Result<Context, Failure> {
    request.extensions_mut().remove().ok_or_else(|| {
        Failure::internal("a handler was reached without passing the pipeline; serve it through app()")
    })
}

async fn read(
    context: Context,
    caller: Caller,
    query: Vec<(String, String)>,
    request: Request,
) -> Result<Call, Failure> {
    let body = body::read(request).await?;
    Ok(Call {
        caller,
        microversion: context.microversion,
        additions: context.additions,
        query,
        body,
        origin: context.origin,
        mount: context.mount,
        request_id: context.request_id,
    })
}
