//! DynamoDB and SQS in process.
//!
//! The rest of the system talks to these through `aws-sdk-dynamodb` and `aws-sdk-sqs`, exactly as it
//! talks to AWS: the SDK's HTTP client is answered here instead of by a socket. The same services can
//! be served on a loopback port for other processes.

pub mod dynamodb;
pub mod http_client;
pub mod sqs;
