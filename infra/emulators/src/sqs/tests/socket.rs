//! Over HTTP, by hand-written requests.

use crate::sqs::Sqs;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn serve() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let served = Sqs::new(format!("http://{address}")).serve(listener, async move {
        let _ = stopped.await;
    });
    Server { address, stop, task: tokio::spawn(served) }
}

/// Sends a request whose answer is read later.
async fn ask(address: SocketAddr, path: &str, operation: &str, body: Value) -> TcpStream {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         X-Amz-Target: AmazonSQS.{operation}\r\n\
         Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream
}

/// Head and body of the answer.
async fn read(mut stream: TcpStream) -> (String, Value) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), serde_json::from_str(body).unwrap())
}

async fn post(address: SocketAddr, path: &str, operation: &str, body: Value) -> (String, Value) {
    read(ask(address, path, operation, body).await).await
}

#[tokio::test]
async fn the_queue_may_stand_in_the_body_or_in_the_path() {
    let server = serve().await;
    let at = server.address;
    let (head, created) = post(at, "/", "CreateQueue", json!({ "QueueName": "q" })).await;
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-type: application/x-amz-json-1.0"),
        "{head}"
    );
    assert_eq!(created, json!({ "QueueUrl": format!("http://{at}/000000000000/q") }));
    post(at, "/000000000000/q", "SendMessage", json!({ "MessageBody": "x" })).await;
    let (_, received) = post(at, "/", "ReceiveMessage", json!({ "QueueUrl": created["QueueUrl"] })).await;
    assert_eq!(received["Messages"][0]["Body"], "x");
    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_refusal_bears_the_query_code_in_a_header() {
    let server = serve().await;
    let gone = json!({ "QueueUrl": "gone", "MessageBody": "x" });
    let (head, body) = post(server.address, "/", "SendMessage", gone).await;
    assert!(head.starts_with("http/1.1 400"), "{head}");
    let header = "x-amzn-query-error: aws.simplequeueservice.nonexistentqueue;sender";
    assert!(head.contains(header), "{head}");
    assert_eq!(body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
}

#[tokio::test]
async fn stopping_answers_those_who_wait() {
    let server = serve().await;
    let at = server.address;
    post(at, "/", "CreateQueue", json!({ "QueueName": "q" })).await;
    let waiting = ask(at, "/", "ReceiveMessage", json!({ "QueueUrl": "q", "WaitTimeSeconds": 20 })).await;
    // Answered later than the first request is read.
    post(at, "/", "ListQueues", json!({})).await;
    server.stop.send(()).unwrap();
    let (_, received) = tokio::time::timeout(Duration::from_secs(10), read(waiting)).await.unwrap();
    assert_eq!(received, json!({}));
    server.task.await.unwrap().unwrap();
}
