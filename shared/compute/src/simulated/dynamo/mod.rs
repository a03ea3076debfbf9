//! Instances in DynamoDB: separate processes, and a process after its restart, see the same ones.
//!
//! A table of its own, keyed by `pk`: the instance's id, or `usage#<scope>` for a count. A record is one
//! item: the facts as JSON text, and beside it the attributes that keys and conditions need. Settled
//! records have no index keys, so they are in no index.
//!
//! Parts of load balancers are in the same table, under keys and index partitions of their own (`parts`).

mod item;
mod parts;
mod read;
mod write;

use super::record::Record;
use super::store::{Insertion, InstanceStore, Limit, StoreFailure, StoredPage};
use crate::listing::{Filter, PageMark};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use coppice_domain::time::Timestamp;
use std::error::Error;
use std::time::Duration;

/// The table's definition, as `CreateTable` takes it, with its expiry beside: what the local start-up
/// creates and a template can be checked against. The name is the deployment's choice, by convention
/// `<prefix>-simulated`.
pub const TABLE: &str = include_str!("table.json");

/// The longest that an index is expected to lag behind the table. DynamoDB promises no bound; it is
/// normally well below a second.
const INDEX_LAG: Duration = Duration::from_secs(5);

/// An instance store in a DynamoDB table.
#[derive(Clone, Debug)]
pub struct DynamoStore {
    client: Client,
    table: String,
}

impl DynamoStore {
    /// The store in `table`, which was made by the definition [`TABLE`].
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }
}

#[async_trait]
impl InstanceStore for DynamoStore {
    fn lag(&self) -> Duration {
        INDEX_LAG
    }

    async fn insert(&self, record: &Record, limits: &[Limit]) -> Result<Insertion, StoreFailure> {
        if limits.is_empty() {
            self.insert_uncounted(record).await
        } else {
            self.insert_counted(record, limits).await
        }
    }

    async fn replace(&self, was: &Record, now: &Record) -> Result<bool, StoreFailure> {
        let released: Vec<&String> = was.holds.iter().filter(|scope| !now.holds.contains(scope)).collect();
        if released.is_empty() {
            self.replace_uncounted(was, now).await
        } else {
            self.replace_counted(was, now, &released).await
        }
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreFailure> {
        self.read_item(id).await?.as_ref().map(item::decode).transpose()
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<StoredPage, StoreFailure> {
        match filter {
            Filter::Ids(ids) => Ok(StoredPage { records: self.read_many(ids).await?, next: None }),
            Filter::Node(node) => self.query("node", &node.to_string(), None, after, None).await,
            Filter::Action(action) => self.query("action", &action.to_string(), None, after, None).await,
            Filter::Deployment { name, from, before } => {
                if from >= before {
                    return Ok(StoredPage { records: Vec::new(), next: None });
                }
                let last = Timestamp::from_micros(before.micros().saturating_sub(1));
                self.query("deployment", name, Some(("created", from, last)), after, None).await
            }
        }
    }

    async fn unsettled(&self, gone_by: Timestamp, limit: u16) -> Result<Vec<Record>, StoreFailure> {
        let range = Some(("gone", Timestamp::from_micros(0), gone_by));
        Ok(self.query("departing", item::DEPARTING, range, None, Some(limit)).await?.records)
    }
}

/// The class of a failed request.
fn classify<E, R>(error: &SdkError<E, R>) -> StoreFailure
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let text = DisplayErrorContext(error).to_string();
    match error.code() {
        Some(
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "TransactionConflictException"
            | "TransactionInProgressException",
        ) => StoreFailure::Busy(text),
        Some("ValidationException" | "SerializationException" | "ResourceNotFoundException") => {
            StoreFailure::Corrupt(text)
        }
        _ => StoreFailure::Unavailable(text),
    }
}

fn malformed(cause: &aws_sdk_dynamodb::error::BuildError) -> StoreFailure {
    StoreFailure::Corrupt(format!("request: {cause}"))
}
