//! The embedded services, with the tables and queues of a deployment.

use crate::clients::in_process;
use crate::failure::Failure;
use crate::halt::Halt;
use coppice_emulators::dynamodb::DynamoDb;
use coppice_emulators::sqs::Sqs;
use coppice_runtime::Aws;
use coppice_store::{Store, TableDefinition, create_table};
use serde::Deserialize;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The resource table's name.
pub const TABLE: &str = "coppice";
/// The name of the simulated backend's table.
pub const SIMULATED_TABLE: &str = "coppice-simulated";
/// The action queue's name.
pub const QUEUE: &str = "coppice-actions";
/// The name of the queue for messages that were received too often.
pub const DEAD_LETTERS: &str = "coppice-actions-dead";

/// The embedded services, ready for use.
pub struct Services {
    /// DynamoDB.
    pub dynamodb: DynamoDb,
    /// SQS.
    pub sqs: Sqs,
    /// Clients of both.
    pub aws: Aws,
    /// The action queue's URL.
    pub queue_url: String,
    /// Keeps other servers from the data directory.
    _lock: Option<File>,
}

/// The action queue's definition, which the SAM template is checked against.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueDefinition {
    visibility_timeout: u32,
    max_receive_count: u32,
}

impl Services {
    /// Opens the services on the data in `data_dir`, or in memory without one, and makes the tables and
    /// queues that are missing. Queue URLs begin with `sqs_url`.
    ///
    /// # Errors
    /// When the directory, the data file, or a service cannot be used.
    pub async fn open(data_dir: Option<&Path>, sqs_url: String) -> Result<Self, Failure> {
        Self::open_until(data_dir, sqs_url, None).await
    }

    /// The same, until the process stands still at `halt`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_until(
        data_dir: Option<&Path>,
        sqs_url: String,
        halt: Option<&Halt>,
    ) -> Result<Self, Failure> {
        let (dynamodb, lock) = match data_dir {
            Some(directory) => {
                let lock = lock(directory)?;
                (DynamoDb::at(&directory.join("coppice.db"))?, Some(lock))
            }
            None => (DynamoDb::in_memory()?, None),
        };
        let sqs = Sqs::new(sqs_url);
        let aws = match halt {
            None => in_process(dynamodb.clone(), sqs.clone()),
            Some(halt) => in_process(halt.around(dynamodb.clone()), halt.around(sqs.clone())),
        };
        make_tables(&aws).await.map_err(|cause| Failure::Services(cause.to_string()))?;
        let queue_url = make_queues(&aws).await.map_err(Failure::Services)?;
        Ok(Self { dynamodb, sqs, aws, queue_url, _lock: lock })
    }
}

/// Makes sure the directory exists and can be written.
///
/// # Errors
/// When it cannot.
pub fn make_directory(path: &Path) -> Result<(), Failure> {
    let refuse = |cause| Failure::DataDir { path: path.to_owned(), cause };
    std::fs::create_dir_all(path).map_err(refuse)?;
    let probe: PathBuf = path.join(".writable");
    File::create(&probe).and_then(|_| std::fs::remove_file(&probe)).map_err(refuse)
}

fn lock(directory: &Path) -> Result<File, Failure> {
    make_directory(directory)?;
    let refuse = |cause| Failure::DataDir { path: directory.to_owned(), cause };
    let file = File::create(directory.join("lock")).map_err(refuse)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::InUse(directory.to_owned())),
        Err(TryLockError::Error(cause)) => Err(refuse(cause)),
    }
}

async fn make_tables(aws: &Aws) -> Result<(), coppice_store::StoreError> {
    Store::new(aws.dynamodb.clone(), TABLE).ensure_table().await?;
    let simulated = TableDefinition::parse(coppice_compute::simulated::TABLE)?;
    create_table(&aws.dynamodb, SIMULATED_TABLE, &simulated).await
}

async fn make_queues(aws: &Aws) -> Result<String, String> {
    use aws_sdk_sqs::error::DisplayErrorContext;
    use aws_sdk_sqs::types::QueueAttributeName::{QueueArn, RedrivePolicy, VisibilityTimeout};
    let definition: QueueDefinition =
        serde_json::from_str(include_str!("../../../shared/runtime/queue.json"))
            .map_err(|cause| format!("queue definition: {cause}"))?;
    let client = &aws.sqs;
    let text = |cause: String| format!("queue {QUEUE}: {cause}");
    let dead = client
        .create_queue()
        .queue_name(DEAD_LETTERS)
        .send()
        .await
        .map_err(|error| text(DisplayErrorContext(error).to_string()))?;
    let attributes = client
        .get_queue_attributes()
        .set_queue_url(dead.queue_url)
        .attribute_names(QueueArn)
        .send()
        .await
        .map_err(|error| text(DisplayErrorContext(error).to_string()))?;
    let arn = attributes.attributes().and_then(|known| known.get(&QueueArn)).cloned().unwrap_or_default();
    let redrive = serde_json::json!({
        "deadLetterTargetArn": arn, "maxReceiveCount": definition.max_receive_count
    });
    let made = client
        .create_queue()
        .queue_name(QUEUE)
        .attributes(VisibilityTimeout, definition.visibility_timeout.to_string())
        .attributes(RedrivePolicy, redrive.to_string())
        .send()
        .await
        .map_err(|error| text(DisplayErrorContext(error).to_string()))?;
    made.queue_url.ok_or_else(|| text("no URL".to_owned()))
}
