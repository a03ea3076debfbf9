//! Clients of AWS, built once per process.

use aws_config::BehaviorVersion;

/// The clients a process works with.
#[derive(Clone, Debug)]
pub struct Aws {
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// SQS.
    pub sqs: aws_sdk_sqs::Client,
}

/// The client of EventBridge, which one function alone needs.
pub(crate) async fn eventbridge() -> aws_sdk_eventbridge::Client {
    aws_sdk_eventbridge::Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await)
}

impl Aws {
    /// Clients as the environment configures them, endpoints included.
    pub async fn from_environment() -> Self {
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        Self { dynamodb: aws_sdk_dynamodb::Client::new(&config), sqs: aws_sdk_sqs::Client::new(&config) }
    }
}
