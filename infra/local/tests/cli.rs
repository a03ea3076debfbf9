//! The local server as a person meets it: it starts, says so, keeps data, stops cleanly; and when it
//! cannot start it says why in one sentence.

#![expect(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A server that was asked to start.
struct Server {
    child: Child,
    url: SocketAddr,
}

fn command(data_dir: &Path) -> Command {
    let mut command = logging(data_dir);
    command.args(["--log-filter", "off"]);
    command
}

/// The same with whatever it logs.
fn logging(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coppice"));
    command.arg("--data-dir").arg(data_dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Server {
    /// Starts a server on a port the system chooses and waits for its first line.
    fn start(data_dir: &Path, more: &[&str]) -> Self {
        Self::spawned(command(data_dir).args(more))
    }

    /// Starts this command so.
    fn spawned(command: &mut Command) -> Self {
        let mut child = command.args(["--listen", "127.0.0.1:0"]).spawn().expect("the binary runs");
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
    fn interrupt(self) -> std::process::ExitStatus {
        self.interrupted().status
    }

    /// The same, with what it wrote to standard error.
    fn interrupted(self) -> Output {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        self.child.wait_with_output().expect("it ends")
    }
}

/// What a server that cannot start says, which must be one sentence beginning with its name.
fn refusal(output: &Output) -> String {
    // A panic has another code.
    assert_eq!(output.status.code(), Some(1), "{output:?}");
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
fn it_says_where_it_serves_how_long_starting_took_and_what_to_try() {
    let home = tempfile::tempdir().unwrap();
    let mut child =
        command(home.path()).args(["--in-memory", "--listen", "127.0.0.1:0"]).spawn().expect("it runs");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    let said: Vec<String> = lines.take(6).collect();
    child.kill().and_then(|()| child.wait()).expect("it ends");
    let first = said[0].strip_prefix("Coppice serves the Clustering API on ").expect("what it is");
    let (url, rest) = first.split_once(" (started in ").expect("where it serves");
    let address: SocketAddr = url.strip_prefix("http://").and_then(|rest| rest.parse().ok()).expect("a URL");
    assert!(address.ip().is_loopback() && address.port() != 0, "{url}");
    let took = rest.strip_suffix(" ms). Ctrl-C stops it.").expect("how long it took, and how to stop it");
    assert!(took.parse::<u64>().is_ok(), "{took}");
    let clouds = home.path().join("clouds.yaml");
    let commands = [
        format!("  curl {url}/"),
        format!("  export OS_CLIENT_CONFIG_FILE={}", clouds.display()),
        "  openstack --os-cloud coppice cluster list".to_owned(),
    ];
    assert_eq!((said[1].as_str(), said[2].as_str()), ("", "Try:"));
    assert_eq!(&said[3..], &commands);
    assert!(clouds.is_file(), "the file it names is there");
}

/// What a server that was started, asked and stopped has logged.
fn log(format: &str) -> Vec<String> {
    let home = tempfile::tempdir().expect("a directory");
    let server = Server::spawned(logging(home.path()).args(["--in-memory", "--log", format]));
    assert!(server.ask("GET /v1/clusters").starts_with("HTTP/1.1 401"));
    let output = server.interrupted();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr).expect("text");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_log_in_json_is_one_object_a_line() {
    let lines = log("json");
    let told: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    for event in &told {
        for field in ["timestamp", "level", "target"] {
            assert!(event[field].is_string(), "{field} of {event}");
        }
    }
    let request =
        told.iter().any(|event| event["target"].as_str().is_some_and(|at| at.contains("coppice_api")));
    assert!(request, "the request is logged: {lines:?}");
}

#[test]
fn a_log_in_text_is_for_people() {
    let lines = log("text");
    assert!(lines.iter().any(|line| line.contains(" INFO ") && line.contains("coppice_api")), "{lines:?}");
    assert!(lines.iter().all(|line| serde_json::from_str::<serde_json::Value>(line).is_err()), "{lines:?}");
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
    let locked = home.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, Permissions::from_mode(0o555)).unwrap();
    // What a mode forbids, root may do; nobody may make a directory here.
    let root = std::fs::write(locked.join("probe"), "").is_ok();
    let forbidden = if root { PathBuf::from("/proc/coppice") } else { locked.join("data") };
    let mut unwritable = vec![file.join("data"), forbidden];
    if !root {
        unwritable.push(locked);
    }
    for path in unwritable {
        let text = refusal(&command(&path).args(["--listen", "127.0.0.1:0"]).output().unwrap());
        assert!(text.starts_with(&format!("the data directory {} ", path.display())), "{text}");
        assert!(text.contains("--data-dir"), "{text}");
    }
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
