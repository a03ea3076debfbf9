//! Through `aws-sdk-sqs`, answered in process; time is tokio's, paused, so no test really waits.

use crate::dynamodb::credentials;
use crate::http_client::InProcess;
use crate::sqs::Sqs;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Region};
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName, SendMessageBatchRequestEntry,
};
use aws_sdk_sqs::{Client, Config};
use std::time::Duration;
use tokio::time::Instant;

fn client(sqs: &Sqs) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://sqs.test")
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .http_client(InProcess::new(sqs.clone()))
        .build();
    Client::from_conf(config)
}

async fn with_queue(attributes: &[(QueueAttributeName, &str)]) -> (Client, String) {
    let client = client(&Sqs::new("http://sqs.test".to_owned()));
    let create = attributes.iter().fold(client.create_queue().queue_name("q"), |create, (name, value)| {
        create.attributes(name.clone(), *value)
    });
    let url = create.send().await.unwrap().queue_url.unwrap();
    (client, url)
}

async fn receive(client: &Client, url: &str, wait: i32) -> Vec<Message> {
    let receive = client.receive_message().queue_url(url).max_number_of_messages(10).wait_time_seconds(wait);
    receive.send().await.unwrap().messages.unwrap_or_default()
}

/// Sends `body` after `pause`, while others wait.
fn send_after(client: &Client, url: &str, pause: Duration, delay: i32) -> tokio::task::JoinHandle<()> {
    let send = client.send_message().queue_url(url).message_body("x").delay_seconds(delay);
    tokio::spawn(async move {
        // The ban on sleeping is for what runs in functions; waiting for nothing comes to the same.
        let _ = tokio::time::timeout(pause, std::future::pending::<()>()).await;
        send.send().await.unwrap();
    })
}

#[tokio::test]
async fn a_message_travels_with_its_attributes_and_digests() {
    let (client, url) = with_queue(&[]).await;
    let text = MessageAttributeValue::builder().data_type("String").string_value("v").build().unwrap();
    let bytes = MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([1, 2])).build();
    let sent = client.send_message().queue_url(&url).message_body("hello");
    let sent = sent.message_attributes("k", text.clone()).message_attributes("b", bytes.unwrap());
    let sent = sent.send().await.unwrap();
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));

    let receive = client.receive_message().queue_url(&url).message_attribute_names("All");
    let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
    let message = receive.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!((message.body(), message.message_id()), (Some("hello"), sent.message_id()));
    assert_eq!(message.md5_of_message_attributes(), sent.md5_of_message_attributes());
    let attributes = message.message_attributes().unwrap();
    assert_eq!(attributes["k"], text);
    assert_eq!(attributes["b"].binary_value(), Some(&Blob::new([1, 2])));
    assert_eq!(message.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount], "1");

    let handle = message.receipt_handle().unwrap();
    client.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
    let counts = client.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    let counts = counts.send().await.unwrap().attributes.unwrap();
    assert_eq!(counts[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible], "0");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_wakes_when_a_message_is_sent() {
    let (client, url) = with_queue(&[]).await;
    let start = Instant::now();
    let sender = send_after(&client, &url, Duration::from_secs(3), 0);
    assert_eq!(receive(&client, &url, 20).await.len(), 1);
    assert_eq!(start.elapsed().as_secs(), 3);
    sender.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_wakes_when_a_delayed_message_becomes_due() {
    let (client, url) = with_queue(&[]).await;
    let start = Instant::now();
    let sender = send_after(&client, &url, Duration::from_secs(2), 5);
    assert_eq!(receive(&client, &url, 20).await.len(), 1);
    assert_eq!(start.elapsed().as_secs(), 7);
    sender.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_wakes_when_a_hidden_message_becomes_visible() {
    let (client, url) = with_queue(&[(QueueAttributeName::VisibilityTimeout, "12")]).await;
    send_after(&client, &url, Duration::ZERO, 0).await.unwrap();
    let start = Instant::now();
    assert_eq!(receive(&client, &url, 0).await.len(), 1);
    assert_eq!(receive(&client, &url, 20).await.len(), 1);
    assert_eq!(start.elapsed().as_secs(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_waits_no_longer_than_it_said_or_the_queue_says() {
    let (client, url) = with_queue(&[(QueueAttributeName::ReceiveMessageWaitTimeSeconds, "4")]).await;
    let start = Instant::now();
    assert!(receive(&client, &url, 20).await.is_empty());
    assert_eq!(start.elapsed().as_secs(), 20);
    let unsaid = client.receive_message().queue_url(&url).send().await.unwrap();
    assert!(unsaid.messages.is_none());
    assert_eq!(start.elapsed().as_secs(), 24);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_stops_waiting_even_when_the_injected_clock_stands_still() {
    let client = client(&Sqs::with_clock("http://sqs.test".to_owned(), || Duration::from_secs(1_000_000)));
    let url = client.create_queue().queue_name("q").send().await.unwrap().queue_url.unwrap();
    send_after(&client, &url, Duration::ZERO, 3).await.unwrap();
    let start = Instant::now();
    assert!(receive(&client, &url, 10).await.is_empty());
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn one_message_goes_to_one_of_two_waiting_receivers() {
    let (client, url) = with_queue(&[]).await;
    let sender = send_after(&client, &url, Duration::from_secs(1), 0);
    let (one, other) = tokio::join!(receive(&client, &url, 10), receive(&client, &url, 10));
    assert_eq!(one.len() + other.len(), 1);
    sender.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_receiver_whose_queue_is_deleted_stops_waiting() {
    let (client, url) = with_queue(&[]).await;
    let receiver = client.receive_message().queue_url(&url).wait_time_seconds(20).send();
    let (received, deleted) = tokio::join!(receiver, client.delete_queue().queue_url(&url).send());
    deleted.unwrap();
    assert!(received.unwrap_err().into_service_error().is_queue_does_not_exist());
}

#[tokio::test]
async fn refusals_are_told_apart_as_on_aws() {
    let (client, url) = with_queue(&[]).await;
    let gone = client.send_message().queue_url("http://sqs.test/000000000000/gone").message_body("x");
    assert!(gone.send().await.unwrap_err().into_service_error().is_queue_does_not_exist());
    let handle = client.delete_message().queue_url(&url).receipt_handle("zzz").send().await;
    assert!(handle.unwrap_err().into_service_error().is_receipt_handle_is_invalid());
    let fifo = client.create_queue().queue_name("a.fifo").send().await;
    assert!(fifo.unwrap_err().into_service_error().is_unsupported_operation());
    let long = client.send_message().queue_url(&url).message_body("x").delay_seconds(901).send().await;
    assert_eq!(long.unwrap_err().code(), Some("InvalidParameterValue"));
    let empty = client.send_message_batch().queue_url(&url).set_entries(Some(Vec::new())).send().await;
    assert!(empty.unwrap_err().into_service_error().is_empty_batch_request());
}

#[tokio::test]
async fn batches_are_answered_entry_by_entry() {
    let (client, url) = with_queue(&[]).await;
    let entries = (0..10).map(|n| {
        SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body("x").build().unwrap()
    });
    let sent = client.send_message_batch().queue_url(&url).set_entries(Some(entries.collect())).send().await;
    assert_eq!(sent.unwrap().successful().len(), 10);

    let received = receive(&client, &url, 0).await;
    let handles = received.iter().take(9).map(|message| message.receipt_handle().unwrap()).chain(["zzz"]);
    let entries = handles.enumerate().map(|(n, handle)| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(handle);
        entry.build().unwrap()
    });
    let deleted = client.delete_message_batch().queue_url(&url).set_entries(Some(entries.collect())).send();
    let deleted = deleted.await.unwrap();
    assert_eq!((deleted.successful().len(), deleted.failed().len()), (9, 1));
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");
}
