//! The service on a socket, for other processes.

use super::Sqs;
use super::fault::Fault;
use crate::http_client::Call;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use std::io;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes of a request: a batch of 1 MiB whose every character JSON writes as six, and some names.
const GREATEST_REQUEST: usize = 8 * 1024 * 1024;

#[derive(Clone)]
struct Door {
    sqs: Sqs,
    /// Turns true when the server stops.
    closed: watch::Receiver<bool>,
}

impl Sqs {
    /// Serves the SQS API on `listener` until `stop` resolves. Receivers that wait at that moment are
    /// answered that there is nothing, so that stopping does not take their twenty seconds.
    ///
    /// The listener should be bound to a loopback address: nobody is authenticated.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let (close, closed) = watch::channel(false);
        let routes = Router::new()
            .route("/", post(answer))
            .route("/{account}/{queue}", post(answer))
            .layer(DefaultBodyLimit::max(GREATEST_REQUEST))
            .with_state(Door { sqs: self, closed });
        axum::serve(listener.tap_io(send_at_once), routes)
            .with_graceful_shutdown(async move {
                stop.await;
                close.send_replace(true);
            })
            .await
    }
}

/// Small answers must not wait for the client's acknowledgement of earlier ones.
fn send_at_once(connection: &mut TcpStream) {
    if let Err(cause) = connection.set_nodelay(true) {
        tracing::debug!(%cause, "a connection keeps batching its small packets");
    }
}

async fn answer(State(mut door): State<Door>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let call = Call {
        operation: target.strip_prefix("AmazonSQS.").unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
        path: uri.path().to_owned(),
    };
    let outcome = tokio::select! {
        biased;
        outcome = door.sqs.handle(&call) => outcome,
        // Only a receive waits, and one that waits has taken nothing yet.
        _ = door.closed.wait_for(|closed| *closed) => Ok("{}".to_owned()),
    };
    respond(outcome)
}

fn respond(outcome: Result<String, Fault>) -> Response {
    const JSON: (HeaderName, &str) = (CONTENT_TYPE, "application/x-amz-json-1.0");
    match outcome {
        Ok(body) => ([JSON], body).into_response(),
        Err(fault) => {
            let header = [("x-amzn-query-error", fault.query_error_header())];
            (StatusCode::BAD_REQUEST, [JSON], header, fault.http_body()).into_response()
        }
    }
}
