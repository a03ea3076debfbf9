//! A `coppice` process that can be killed.

use crate::Outcome;
use coppice_local::halt::HaltAt;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// Short leases, so that a dead worker is missed within seconds.
pub(crate) const SETTINGS: &str = r#"{
    "lease_seconds": 1, "due_grace_seconds": 1, "poll_horizon_seconds": 1,
    "poll_first_seconds": 0.1, "poll_longest_seconds": 0.5,
    "leak_every_seconds": 1, "leak_grace_seconds": 1
}"#;

/// The log of every process that worked on a data directory, in that directory.
const LOG: &str = "log.txt";
/// Lines of the log that a failure shows.
const SHOWN: usize = 25;
/// A debug build on a busy machine starts in much less.
const START: Duration = Duration::from_secs(60);

/// A process, killed at the latest when this is dropped: never stopped in any gentler way.
pub(crate) struct Server {
    child: Child,
    lines: UnboundedReceiver<String>,
    halted: Option<String>,
    http: reqwest::Client,
    url: String,
}

impl Server {
    /// Starts a process on a data directory, which stands still at `halt`.
    pub(crate) async fn start(directory: &Path, cloud: &str, halt: Option<&HaltAt>) -> Outcome<Self> {
        let log = File::options().append(true).create(true).open(directory.join(LOG))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_coppice"));
        command
            .args(["--listen", "127.0.0.1:0", "--reconcile-every-ms", "100"])
            .args(["--settings", SETTINGS, "--simulated", cloud])
            .args(["--log-filter", "warn,coppice_engine=info,coppice_local=info"])
            .arg("--data-dir")
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(halt) = halt {
            command.arg("--halt-at").arg(halt.to_string());
        }
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the process has no standard output")?;
        let (sender, lines) = unbounded_channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let http = reqwest::Client::new();
        let mut server = Self { child, lines, halted: None, http, url: String::new() };
        server.url = timeout(START, server.greeting()).await.map_err(|_| "the process did not start")??;
        Ok(server)
    }

    /// Where it says it serves.
    async fn greeting(&mut self) -> Outcome<String> {
        while let Some(line) = self.lines.recv().await {
            if let Some(point) = line.strip_prefix("halted at ") {
                self.halted = Some(point.to_owned());
            }
            if let Some((_, rest)) = line.split_once("serves the Clustering API on ") {
                return Ok(rest.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        Err("the process ended before it served".into())
    }

    /// Does `work` until it is done or the process stands still: then, what the process says of it.
    pub(crate) async fn until_halted<W>(
        &mut self,
        work: impl AsyncFnOnce(Client) -> Outcome<W>,
    ) -> Outcome<Result<W, String>> {
        let client = self.client();
        if let Some(point) = self.halted.take() {
            return Ok(Err(point));
        }
        let lines = &mut self.lines;
        tokio::select! {
            done = work(client) => Ok(Ok(done?)),
            point = halted(lines) => Ok(Err(point?)),
        }
    }

    /// Speaks with it.
    pub(crate) fn client(&self) -> Client {
        Client { http: self.http.clone(), url: self.url.clone() }
    }
}

async fn halted(lines: &mut UnboundedReceiver<String>) -> Outcome<String> {
    while let Some(line) = lines.recv().await {
        if let Some(point) = line.strip_prefix("halted at ") {
            return Ok(point.to_owned());
        }
    }
    Err("the process ended by itself".into())
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL; it fails only for a process that has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The end of the log of a data directory.
pub(crate) fn log(directory: &Path) -> String {
    let text = std::fs::read_to_string(directory.join(LOG)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

/// Speaks JSON with a server.
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    /// Reads a resource.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Outcome<Value> {
        let sent = self.http.get(format!("{}{path}", self.url)).header("X-Auth-Token", token);
        let response = sent.send().await?;
        let status = response.status();
        let body = response.text().await?;
        if !status.is_success() {
            return Err(format!("GET {path}: {status}: {body}").into());
        }
        Ok(serde_json::from_str(&body)?)
    }

    /// Posts a body; answers with the response's subject token, if it has one, and its body.
    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Outcome<(String, Value)> {
        let sent = self
            .http
            .post(format!("{}{path}", self.url))
            .header("X-Auth-Token", token)
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let response = sent.send().await?;
        let status = response.status();
        let issued = response.headers().get("X-Subject-Token").and_then(|value| value.to_str().ok());
        let issued = issued.unwrap_or_default().to_owned();
        let body = response.text().await?;
        if !status.is_success() {
            return Err(format!("POST {path}: {status}: {body}").into());
        }
        Ok((issued, serde_json::from_str(&body)?))
    }
}
