//! An SDK HTTP client whose requests never leave the process.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;

/// One call of an AWS JSON protocol: the operation and its body.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation, such as `PutItem`: what follows the dot in `X-Amz-Target`.
    pub operation: String,
    /// The JSON body.
    pub body: String,
    /// The account-independent part of the endpoint the client called, such as `/`.
    pub path: String,
}

/// What a service answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// A service that answers AWS JSON calls.
pub trait Service: Send + Sync + 'static {
    /// Answers one call. A future that is dropped leaves the call either done or not done.
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer>;
}

/// Answers an SDK's requests from a [`Service`].
#[derive(Clone)]
pub struct InProcess {
    service: Arc<dyn Service>,
}

impl InProcess {
    /// A client answered by `service`.
    pub fn new(service: impl Service) -> Self {
        Self { service: Arc::new(service) }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.rsplit('.').next())
            .unwrap_or_default()
            .to_owned();
        let Some(body) = request.body().bytes() else {
            let refusal = ConnectorError::user("streaming bodies are not used by these services".into());
            return HttpConnectorFuture::ready(Err(refusal));
        };
        let call = Call { operation, body: String::from_utf8_lossy(body).into_owned(), path: "/".to_owned() };
        let service = self.service.clone();
        HttpConnectorFuture::new(async move { respond(service.answer(call).await) })
    }
}

fn respond(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status =
        answer.status.try_into().map_err(|_| ConnectorError::other("no such status".into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
