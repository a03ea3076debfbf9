//! The local server as a person meets it: it starts, says so, keeps data, stops cleanly; and when it
//! cannot start it says why in one sentence.

#![expect(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A server that was asked to start.
struct Server {
    child: Child,
    url: SocketAddr,
}

fn command(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coppice"));
    command.arg("--data-dir").arg(data_dir).args(["--log-filter", "off"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Server {
    /// Starts a server on a port the system chooses and waits for its first line.
    fn start(data_dir: &Path, more: &[&str]) -> Self {
        let mut child =
            command(data_dir).args(["--listen", "127.0.0.1:0"]).args(more).spawn().expect("the binary runs");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a first line");
        let url = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let url = url.and_then(|url| url.parse().ok()).unwrap_or_else(|| panic!("no address in {line:?}"));
        // The rest of what it prints must have somewhere to go.
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Self { child, url }
    }

    /// The answer to a request, as text.
    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.url).expect("it listens");
        let head = format!("{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.url);
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(b"\r\n")).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Asks it to stop as Ctrl-C does, and waits for its end.
    fn interrupt(mut self) -> std::process::ExitStatus {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends")
    }
}

/// What a server that cannot start says, which must be one sentence beginning with its name.
fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].strip_prefix("coppice: ").unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn it_starts_answers_and_stops_when_interrupted() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path(), &["--in-memory"]);
    let answer = server.ask("GET /");
    assert!(answer.starts_with("HTTP/1.1 300"), "{answer}");
    assert!(answer.contains("\"max_version\": \"1.14\""), "{answer}");
    assert!(home.path().join("clouds.yaml").exists());
    assert!(!home.path().join("coppice.db").exists(), "in memory means that nothing is kept");
    assert!(server.interrupt().success());
}

#[test]
fn a_restart_finds_its_data_again_and_a_second_server_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let first = Server::start(home.path(), &[]);
    let second = command(home.path()).args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(refusal(&second).starts_with("another coppice server is using the data directory"));
    assert!(first.interrupt().success());
    let before = std::fs::metadata(home.path().join("coppice.db")).unwrap().len();
    assert!(before > 0);
    let again = Server::start(home.path(), &[]);
    assert!(again.ask("GET /v1").starts_with("HTTP/1.1 200"));
    assert!(again.interrupt().success());
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = refusal(&command(home.path()).args(["--listen", &address]).output().unwrap());
    assert!(text.starts_with(&format!("cannot listen on {address}: ")), "{text}");
    assert!(text.contains("--listen"), "{text}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    let text = refusal(&command(&file.join("data")).args(["--listen", "127.0.0.1:0"]).output().unwrap());
    assert!(text.starts_with("the data directory "), "{text}");
    assert!(text.contains("--data-dir"), "{text}");
}

#[test]
fn a_damaged_data_file_is_named_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("coppice.db"), "this is not a database, and long enough to be read")
        .unwrap();
    let text = refusal(&command(home.path()).args(["--listen", "127.0.0.1:0"]).output().unwrap());
    assert!(text.starts_with("the data file "), "{text}");
    assert!(text.contains("cannot be opened") && text.contains("move it away"), "{text}");
}

#[test]
fn an_option_that_cannot_be_used_is_named() {
    let home = tempfile::tempdir().unwrap();
    for (option, value) in [("--simulated", "{\"speed\": 1}"), ("--settings", "{\"lease\": 1}")] {
        let text = refusal(&command(home.path()).args([option, value]).output().unwrap());
        assert!(text.starts_with(&format!("the value of {option} cannot be used")), "{text}");
    }
}
