//! DynamoDB by `dynoxide`, on SQLite: in memory or in one file.
//!
//! What it lacks of the real service is injected by the simulation: transaction conflicts, throttling,
//! and indexes and reads that lag.

use crate::http_client::{Answer, Call, Service};
use dynoxide::{Database, DynoxideError};
use futures::future::BoxFuture;
use rusqlite::{Connection, OpenFlags};
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

impl CannotOpen {
    /// The cause becomes part of one sentence, in however many lines SQLite says it.
    fn new(path: &str, cause: &impl ToString) -> Self {
        let cause = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { path: path.to_owned(), cause }
    }
}

impl DynamoDb {
    /// A database that lives as long as the value.
    ///
    /// # Errors
    /// When SQLite cannot allocate it.
    pub fn in_memory() -> Result<Self, CannotOpen> {
        Database::memory()
            .map(|database| Self { database })
            .map_err(|cause| CannotOpen::new("(in memory)", &cause))
    }

    /// A database in the file at `path`, created when absent.
    ///
    /// # Errors
    /// When the file cannot be opened or is damaged.
    pub fn at(path: &Path) -> Result<Self, CannotOpen> {
        let text = path.to_string_lossy();
        check(path).map_err(|cause| CannotOpen::new(&text, &cause))?;
        let database = Database::new(&text).map_err(|cause| CannotOpen::new(&text, &cause))?;
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

/// Says what is wrong with an existing data file, before anything is done with it: one that is damaged may
/// open, and fail or answer wrongly at some later read.
///
/// This reads the whole file, which takes about a millisecond for each megabyte. It finds pages that are
/// lost, or are not what their place in the file asks for; SQLite has no checksums by which to tell that the
/// content of a page has changed.
fn check(path: &Path) -> Result<(), String> {
    // An empty file is what a first start leaves that was cut short: there is nothing in it to be damaged.
    if std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        return Ok(());
    }
    let page = sound(path).map_err(|cause| cause.to_string())??;
    // The log is in the file now, and SQLite reads a page that has lost its end as if it ended in zeros.
    let length = std::fs::metadata(path).map_err(|cause| cause.to_string())?.len();
    if !length.is_multiple_of(page) {
        return Err("it is damaged: its last page is cut off".to_owned());
    }
    Ok(())
}

/// The size of a file's pages, or what SQLite finds wrong with them. Before, SQLite finishes what a process
/// that was killed left in the log beside the file.
fn sound(path: &Path) -> rusqlite::Result<Result<u64, String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags)?;
    let found: String = file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        // Above what it finds stands which database it is of; here there is one.
        let found: Vec<&str> = found.lines().filter(|line| !line.starts_with("***")).collect();
        return Ok(Err(format!("it is damaged: {}", found.join(" "))));
    }
    let page: u32 = file.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    Ok(Ok(u64::from(page)))
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
