//! Against a server on this machine that says what it is told to.

use super::*;
use crate::health::ProbeSettings;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that sends each answer to one connection, in order, and tells what it was sent.
async fn server(answers: Vec<Vec<u8>>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            sender.send(String::from_utf8_lossy(&request[..length]).into_owned()).unwrap();
            let _ = stream.write_all(&answer).await;
        }
    });
    (address, requests)
}

fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn prober(allow: &[&str]) -> HttpProber {
    let allow = allow.iter().map(|text| (*text).to_owned()).collect();
    HttpProber::new(AddressRule::new(&ProbeSettings { allow_private: false, allow }).unwrap()).unwrap()
}

async fn fetch(prober: &HttpProber, url: &str, timeout: Duration) -> Result<String, PollFailure> {
    prober.fetch(&Probe { url: url.to_owned(), timeout, verify: true }).await
}

#[tokio::test]
async fn a_body_is_fetched_with_one_get() {
    let (address, mut requests) = server(vec![answer("200 OK", b"all is well\xff")]).await;
    let url = format!("http://{address}/health?of=node#here");
    let body = fetch(&prober(&["127.0.0.1"]), &url, PATIENCE).await;
    assert_eq!(body, Ok("all is well\u{fffd}".to_owned()));
    assert!(requests.recv().await.unwrap().starts_with("GET /health?of=node HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_answer_of_no_success_is_a_failure_and_no_redirect_is_followed() {
    for (status, code) in [("503 Busy", 503), ("404 Gone", 404), ("302 Found\r\nlocation: /elsewhere", 302)] {
        let again = answer("200 OK", b"followed");
        let (address, mut requests) = server(vec![answer(status, b"x"), again]).await;
        let body = fetch(&prober(&["127.0.0.1"]), &format!("http://{address}/"), PATIENCE).await;
        assert_eq!(body, Err(PollFailure::Status(code)));
        assert!(requests.recv().await.is_some());
        assert!(requests.try_recv().is_err(), "only one request is sent");
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_a_limit() {
    let longest = "x".repeat(LONGEST_BODY);
    let (address, _requests) = server(vec![
        answer("200 OK", longest.as_bytes()),
        answer("200 OK", &[longest.as_bytes(), b"y"].concat()),
    ])
    .await;
    let prober = prober(&["127.0.0.1"]);
    let url = format!("http://{address}/");
    assert_eq!(fetch(&prober, &url, PATIENCE).await, Ok(longest));
    assert_eq!(fetch(&prober, &url, PATIENCE).await, Err(PollFailure::TooLong(LONGEST_BODY)));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let timeout = Duration::from_millis(50);
    assert_eq!(fetch(&prober(&["127.0.0.1"]), &url, timeout).await, Err(PollFailure::TimedOut(timeout)));
}

#[tokio::test]
async fn where_nobody_listens_nobody_is_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let failure = fetch(&prober(&["127.0.0.1"]), &url, PATIENCE).await;
    assert!(matches!(failure, Err(PollFailure::Unreachable(_))), "{failure:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_http_breaks_off() {
    let (address, _requests) = server(vec![b"220 mail.example ESMTP\r\n".to_vec()]).await;
    let failure = fetch(&prober(&["127.0.0.1"]), &format!("http://{address}/"), PATIENCE).await;
    assert!(matches!(failure, Err(PollFailure::Unreachable(_))), "{failure:?}");
}

#[tokio::test]
async fn addresses_that_are_not_gone_to_are_refused_in_every_spelling() {
    let prober = prober(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "１２７.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "0",
        "[::]",
        "169.254.169.254",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "user:word@192.168.1.1",
    ] {
        let failure = fetch(&prober, &format!("http://{host}:9/"), PATIENCE).await;
        assert!(matches!(failure, Err(PollFailure::Forbidden { .. })), "{host}: {failure:?}");
    }
}

#[tokio::test]
async fn a_name_is_refused_for_where_it_leads_before_anything_is_sent() {
    let (address, mut requests) = server(vec![answer("200 OK", b"inside")]).await;
    for name in ["localhost", "LOCALHOST"] {
        let failure = fetch(&prober(&[]), &format!("http://{name}:{}/", address.port()), PATIENCE).await;
        let Err(PollFailure::Forbidden { host, problem }) = failure else { panic!("{name}: {failure:?}") };
        assert_eq!(host, name.to_lowercase());
        assert!(problem.ends_with("is a loopback address"), "{problem}");
    }
    assert!(requests.try_recv().is_err());
    let url = format!("http://localhost:{}/", address.port());
    assert_eq!(fetch(&prober(&["127.0.0.1", "::1"]), &url, PATIENCE).await, Ok("inside".to_owned()));
}

#[tokio::test]
async fn a_metadata_service_is_out_of_reach_whatever_is_allowed() {
    let prober = prober(&["0.0.0.0/0", "::/0"]);
    for url in ["http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/"] {
        let failure = fetch(&prober, url, PATIENCE).await;
        assert!(matches!(failure, Err(PollFailure::Forbidden { .. })), "{failure:?}");
    }
}

#[tokio::test]
async fn what_is_no_url_to_poll_is_named() {
    for (url, problem) in [
        ("", "relative URL without a base"),
        ("health.example/x", "relative URL without a base"),
        ("http://", "empty host"),
        ("file:///etc/passwd", "its scheme 'file' is neither http nor https"),
        ("gopher://x.example/", "its scheme 'gopher' is neither http nor https"),
    ] {
        let failure = fetch(&prober(&[]), url, PATIENCE).await;
        let expected = PollFailure::BadUrl { url: url.to_owned(), problem: problem.to_owned() };
        assert_eq!(failure, Err(expected));
    }
}
