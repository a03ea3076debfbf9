//! What a person loses by stopping the local server: nothing. Resources and tokens are there after a
//! restart, work that was under way is finished, and files that cannot be used are named.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is a failed test")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;
use tokio::time::{interval, timeout};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A debug build on a busy machine takes much less.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and a client that keeps its connections open.
struct Server {
    child: Child,
    url: String,
    http: reqwest::Client,
}

impl Server {
    /// Starts a server on a data directory, whose instances take so many seconds.
    async fn start(data_dir: &Path, build_seconds: f64) -> Outcome<Self> {
        Self::try_start(data_dir, build_seconds)
            .await?
            .map_err(|output| format!("it ended before it served: {output:?}").into())
    }

    /// The same; or what a process left that ended before it served.
    async fn try_start(data_dir: &Path, build_seconds: f64) -> Outcome<Result<Self, Output>> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coppice"))
            .args(["--listen", "127.0.0.1:0", "--log-filter", "off", "--data-dir"])
            .arg(data_dir)
            .args(["--simulated", &json!({ "build_seconds": build_seconds }).to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let greeting = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(output).lines();
            let first = lines.next().transpose();
            // The rest of what it prints must have somewhere to go.
            std::thread::spawn(move || lines.for_each(drop));
            first
        });
        let Some(greeting) = timeout(PATIENCE, greeting).await??? else {
            let ended = tokio::task::spawn_blocking(move || child.wait_with_output());
            return Ok(Err(timeout(PATIENCE, ended).await???));
        };
        if let Some(mut said) = child.stderr.take() {
            std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        }
        let url = greeting.split(' ').find(|word| word.starts_with("http://")).ok_or("no address")?;
        Ok(Ok(Self { url: url.to_owned(), child, http: reqwest::Client::new() }))
    }

    async fn get(&self, token: &str, path: &str) -> Outcome<(u16, Value)> {
        let request = self.http.get(format!("{}{path}", self.url)).header("X-Auth-Token", token);
        read(request).await
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Outcome<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.url)).header("X-Auth-Token", token);
        read(request.header("Content-Type", "application/json").body(body.to_string())).await
    }

    async fn log_in(&self) -> Outcome<String> {
        let user = json!({ "name": "demo", "password": "coppice", "domain": { "name": "Default" } });
        let body =
            json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } });
        let request = self.http.post(format!("{}/identity/v3/auth/tokens", self.url));
        let response =
            request.header("Content-Type", "application/json").body(body.to_string()).send().await?;
        let token = response.headers().get("X-Subject-Token").ok_or("no token")?;
        Ok(token.to_str()?.to_owned())
    }

    /// Asks it to stop as Ctrl-C does, and waits for its end; its client's connections stay open.
    async fn interrupt(mut self) -> Outcome<ExitStatus> {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        assert!(sent.success());
        let mut child = std::mem::replace(&mut self.child, Command::new("true").spawn()?);
        Ok(timeout(PATIENCE, tokio::task::spawn_blocking(move || child.wait())).await???)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It fails only for a process that has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn read(request: reqwest::RequestBuilder) -> Outcome<(u16, Value)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, serde_json::from_str(&response.text().await?)?))
}

fn profile() -> Value {
    let properties = json!({ "name": "s", "flavor": "1", "image": "i", "networks": [{ "network": "n" }] });
    json!({ "profile": { "name": "p", "spec": { "type": "os.nova.server", "version": "1.0", "properties": properties } } })
}

#[tokio::test]
async fn resources_tokens_and_work_under_way_survive_a_stop() {
    let home = tempfile::tempdir().unwrap();
    let first = Server::start(home.path(), 3.0).await.unwrap();
    let token = first.log_in().await.unwrap();
    let (status, made) = first.post(&token, "/v1/profiles", &profile()).await.unwrap();
    assert_eq!(status, 201, "{made}");
    let cluster = json!({ "cluster": { "name": "c", "profile_id": "p", "desired_capacity": 3 } });
    let (status, accepted) = first.post(&token, "/v1/clusters", &cluster).await.unwrap();
    assert_eq!(status, 202, "{accepted}");
    assert!(first.interrupt().await.unwrap().success());

    let second = Server::start(home.path(), 3.0).await.unwrap();
    let (status, shown) = second.get(&token, "/v1/profiles/p").await.unwrap();
    assert_eq!((status, &shown), (200, &made), "the token holds and the profile is as it was");
    let mut look = interval(Duration::from_millis(100));
    let settled = timeout(PATIENCE, async {
        loop {
            look.tick().await;
            let (_, shown) = second.get(&token, "/v1/clusters/c").await.unwrap();
            if shown["cluster"]["status"] == "ACTIVE" {
                return shown;
            }
        }
    });
    let shown = settled.await.expect("what was accepted is done after the restart");
    assert_eq!(shown["cluster"]["nodes"].as_array().unwrap().len(), 3);
    let (_, nodes) = second.get(&token, "/v1/nodes").await.unwrap();
    assert_eq!(nodes["nodes"].as_array().unwrap().len(), 3, "and done once");
    assert!(second.interrupt().await.unwrap().success());
}

/// What a server says that cannot start: one sentence. A panic has another code, and more to say.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said.strip_prefix("coppice: ").unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[tokio::test]
async fn files_of_the_identity_that_cannot_be_used_are_named() {
    for (name, text) in [
        ("identity.toml", "[[user]]\nname = 3\n"),
        ("identity.key", "not a key"),
        ("identity-revoked.json", "{"),
    ] {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(name), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_coppice"))
            .args(["--listen", "127.0.0.1:0", "--log-filter", "off", "--data-dir"])
            .arg(home.path())
            .output()
            .unwrap();
        assert!(refusal(&output).contains(name), "{output:?}");
    }
}

/// A data directory as a stopped server leaves it, to be damaged.
struct Stopped {
    home: tempfile::TempDir,
    token: String,
    /// The profile in it.
    made: Value,
    /// The data file.
    whole: Vec<u8>,
}

impl Stopped {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let server = Server::start(home.path(), 0.0).await.unwrap();
        let token = server.log_in().await.unwrap();
        let (status, made) = server.post(&token, "/v1/profiles", &profile()).await.unwrap();
        assert_eq!(status, 201, "{made}");
        assert!(server.interrupt().await.unwrap().success());
        let whole = std::fs::read(home.path().join("coppice.db")).unwrap();
        Self { home, token, made, whole }
    }

    /// The size of a page, which the file's head says.
    fn page(&self) -> usize {
        usize::from(u16::from_be_bytes([self.whole[16], self.whole[17]]))
    }

    /// Starts a server on this instead of the data file: it is named in one sentence, or else every answer is
    /// right. Whether it was named.
    async fn is_named_or_served(&self, content: &[u8], case: &str) -> bool {
        let data = self.home.path().join("coppice.db");
        for left in ["coppice.db-wal", "coppice.db-shm"] {
            std::fs::remove_file(self.home.path().join(left)).ok();
        }
        std::fs::write(&data, content).unwrap();
        let server = match Server::try_start(self.home.path(), 0.0).await.unwrap() {
            Ok(server) => server,
            Err(output) => {
                let said = refusal(&output);
                let named = format!("the data file {} cannot be opened: ", data.display());
                assert!(said.starts_with(&named) && said.contains("move it away"), "{case}: {said}");
                return true;
            }
        };
        let (status, shown) = server.get(&self.token, "/v1/profiles/p").await.unwrap();
        assert_eq!((status, &shown), (200, &self.made), "{case}");
        let (status, listed) = server.get(&self.token, "/v1/profiles").await.unwrap();
        assert_eq!((status, &listed["profiles"]), (200, &json!([self.made["profile"]])), "{case}");
        for empty in ["clusters", "nodes", "policies", "receivers", "actions", "events"] {
            let (status, listed) = server.get(&self.token, &format!("/v1/{empty}")).await.unwrap();
            assert_eq!((status, &listed[empty]), (200, &json!([])), "{case}: {empty}");
        }
        assert!(server.interrupt().await.unwrap().success(), "{case}");
        false
    }
}

#[tokio::test]
async fn a_data_file_that_is_whole_is_served_as_it_was() {
    let stopped = Stopped::new().await;
    assert!(!stopped.is_named_or_served(&stopped.whole, "nothing is wrong with it").await);
}

#[tokio::test]
async fn a_data_file_whose_end_was_lost_is_named() {
    let stopped = Stopped::new().await;
    let (whole, page) = (&stopped.whole, stopped.page());
    for length in [1, 100, page, whole.len() / 2, whole.len() - page, whole.len() - 1] {
        let named = stopped.is_named_or_served(&whole[..length], &format!("{length} bytes")).await;
        assert!(named, "{length} of {} bytes", whole.len());
    }
}

#[tokio::test]
async fn a_data_file_with_pages_overwritten_in_its_middle_is_named_or_served_as_it_was() {
    let stopped = Stopped::new().await;
    let page = stopped.page();
    let pages = stopped.whole.len() / page;
    let mut named = 0;
    for (first, count) in [(1, 1), (pages / 4, 2), (pages / 2, 1), (pages / 2, 4), (pages * 3 / 4, 2)] {
        for byte in [0, 0xA5] {
            let mut damaged = stopped.whole.clone();
            damaged[first * page..(first + count) * page].fill(byte);
            let case = format!("{count} of {pages} pages from {first} on are all {byte:#04x}");
            named += u32::from(stopped.is_named_or_served(&damaged, &case).await);
        }
    }
    assert!(named > 0, "pages that nothing needs may be overwritten, but not all of these are such");
}
