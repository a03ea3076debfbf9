//! What a person loses by stopping the local server: nothing. Resources and tokens are there after a
//! restart, work that was under way is finished, and files that cannot be used are named.

#![cfg(unix)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
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
        let mut child = Command::new(env!("CARGO_BIN_EXE_coppice"))
            .args(["--listen", "127.0.0.1:0", "--log-filter", "off", "--data-dir"])
            .arg(data_dir)
            .args(["--simulated", &json!({ "build_seconds": build_seconds }).to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let greeting = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(output).lines();
            let first = lines.next().transpose();
            // The rest of what it prints must have somewhere to go.
            std::thread::spawn(move || lines.for_each(drop));
            first
        });
        let greeting = timeout(PATIENCE, greeting).await???.ok_or("it ended before it served")?;
        let url = greeting.split(' ').find(|word| word.starts_with("http://")).ok_or("no address")?;
        Ok(Self { url: url.to_owned(), child, http: reqwest::Client::new() })
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
        assert!(!output.status.success(), "{name}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("coppice: ") && said.contains(name), "{said}");
    }
}

#[tokio::test]
async fn a_data_file_whose_end_was_lost_is_named_or_served_but_never_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path(), 0.0).await.unwrap();
    let token = server.log_in().await.unwrap();
    assert_eq!(server.post(&token, "/v1/profiles", &profile()).await.unwrap().0, 201);
    assert!(server.interrupt().await.unwrap().success());
    let data = home.path().join("coppice.db");
    let whole = std::fs::read(&data).unwrap();
    for length in [1, 100, 4096, whole.len() / 2] {
        std::fs::write(&data, &whole[..length.min(whole.len())]).unwrap();
        for left in ["coppice.db-wal", "coppice.db-shm"] {
            std::fs::remove_file(home.path().join(left)).ok();
        }
        let Ok(server) = Server::start(home.path(), 0.0).await else { continue };
        let (status, _) = server.get(&token, "/v1/profiles").await.unwrap();
        assert!(status == 200 || status >= 500, "{length}: {status}");
        assert!(server.interrupt().await.unwrap().success(), "{length}");
    }
}
