//! Clients of AWS whose requests are answered in this process.

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, StalledStreamProtectionConfig, retry::RetryConfig, timeout::TimeoutConfig,
};
use coppice_emulators::dynamodb::credentials;
use coppice_emulators::http_client::{InProcess, Service};
use coppice_runtime::Aws;

/// A region must be named; nothing depends on which.
const REGION: &str = "us-east-1";

/// Clients of a DynamoDB and an SQS. They neither retry nor time out: there is no network between.
#[must_use]
pub fn in_process(dynamodb: impl Service, sqs: impl Service) -> Aws {
    let dynamodb = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(InProcess::new(dynamodb))
        .build();
    let sqs = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(InProcess::new(sqs))
        .build();
    Aws { dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb), sqs: aws_sdk_sqs::Client::from_conf(sqs) }
}
