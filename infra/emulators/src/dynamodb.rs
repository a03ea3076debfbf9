//! DynamoDB by `dynoxide`, on SQLite: in memory or in one file.
//!
//! What it lacks of the real service is injected by the simulation: transaction conflicts, throttling,
//! and indexes and reads that lag.

use crate::http_client::{Answer, Call, Service};
use dynoxide::{Database, DynoxideError};
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// An embedded DynamoDB.
#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
}

/// The embedded database cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the data file {path} cannot be opened: {cause}; restore it from a copy, or move it away to start empty"
)]
pub struct CannotOpen {
    path: String,
    cause: String,
}

impl DynamoDb {
    /// A database that lives as long as the value.
    ///
    /// # Errors
    /// When SQLite cannot allocate it.
    pub fn in_memory() -> Result<Self, CannotOpen> {
        Database::memory()
            .map(|database| Self { database })
            .map_err(|cause| CannotOpen { path: "(in memory)".to_owned(), cause: cause.to_string() })
    }

    /// A database in the file at `path`, created when absent.
    ///
    /// # Errors
    /// When the file cannot be opened or is damaged.
    pub fn at(path: &Path) -> Result<Self, CannotOpen> {
        let text = path.to_string_lossy().into_owned();
        let database = Database::new(&text)
            .map_err(|cause| CannotOpen { path: text.clone(), cause: cause.to_string() })?;
        // A damaged file may open and fail at the first read.
        database.table_stats().map_err(|cause| CannotOpen { path: text, cause: cause.to_string() })?;
        Ok(Self { database })
    }

    /// Serves the DynamoDB API on `listener` until `stop` resolves.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), String> {
        dynoxide::server::serve_with_shutdown(listener, self.database, stop).await
    }

    /// Deletes items whose time to live has passed; the real service does this by itself.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn sweep_expired(&self) -> Result<usize, String> {
        self.database.sweep_ttl().map_err(|cause| cause.to_string())
    }

    /// Answers one call, at once.
    #[must_use]
    pub fn execute(&self, call: &Call) -> Answer {
        match self.dispatch(call) {
            Ok(body) => Answer { status: 200, body },
            Err(failure) => Answer { status: failure.status_code(), body: failure.to_json() },
        }
    }

    fn dispatch(&self, call: &Call) -> Result<String, DynoxideError> {
        let db = &self.database;
        let body = call.body.as_str();
        match call.operation.as_str() {
            "PutItem" => run(body, |request| db.put_item(request)),
            "GetItem" => run(body, |request| db.get_item(request)),
            "UpdateItem" => run(body, |request| db.update_item(request)),
            "DeleteItem" => run(body, |request| db.delete_item(request)),
            "Query" => run(body, |request| db.query(request)),
            "Scan" => run(body, |request| db.scan(request)),
            "BatchGetItem" => run(body, |request| db.batch_get_item(request)),
            "BatchWriteItem" => run(body, |request| db.batch_write_item(request)),
            "TransactWriteItems" => run(body, |request| db.transact_write_items(request)),
            "TransactGetItems" => run(body, |request| db.transact_get_items(request)),
            "CreateTable" => run(body, |request| db.create_table(request)),
            "DescribeTable" => run(body, |request| db.describe_table(request)),
            "ListTables" => run(body, |request| db.list_tables(request)),
            "UpdateTimeToLive" => run(body, |request| db.update_time_to_live(request)),
            "DescribeTimeToLive" => run(body, |request| db.describe_time_to_live(request)),
            other => Err(DynoxideError::ValidationException(format!("{other} is not served in process"))),
        }
    }
}

fn run<Q: DeserializeOwned, R: Serialize>(
    body: &str,
    operation: impl FnOnce(Q) -> Result<R, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_str(body)
        .map_err(|cause| DynoxideError::SerializationException(cause.to_string()))?;
    let response = operation(request)?;
    serde_json::to_string(&response).map_err(|cause| DynoxideError::InternalServerError(cause.to_string()))
}

impl Service for DynamoDb {
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer> {
        let this = self.clone();
        Box::pin(async move { this.execute(&call) })
    }
}

/// SDK configuration for a client answered in process: a region, credentials that sign nothing of value,
/// and no retries (a fault must be seen by the code under test, not by the SDK).
#[must_use]
pub fn credentials() -> aws_credential_types::Credentials {
    aws_credential_types::Credentials::from_keys("local", "local", None)
}
