//! The server that is measured: a process of its own.

use crate::Outcome;
use crate::clock::{now, pause};
use crate::http::Connection;
use clap::Parser;
use coppice_local::cli::Cli;
use std::ffi::OsString;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The first argument with which the bench is the server.
pub(crate) const AS_SERVER: &str = "serve-as-coppice";

/// Tries to reach a server before it counts as broken; a millisecond apart.
const TRIES: u32 = 20_000;
/// Room for all the clusters that are made here.
const SETTINGS: &str = r#"{"max_clusters_per_project": 10000}"#;

/// What is started as the server.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    path: PathBuf,
    own: bool,
}

impl Program {
    /// The program asked for; or `coppice` beside this one, unless it is older; or this one.
    pub(crate) fn choose(asked: Option<&Path>) -> Outcome<Self> {
        if let Some(path) = asked {
            return Ok(Self { path: path.to_owned(), own: false });
        }
        let this = std::env::current_exe()?;
        let beside = this.with_file_name(format!("coppice{}", std::env::consts::EXE_SUFFIX));
        let age = |path: &Path| fs::metadata(path).and_then(|known| known.modified());
        let current = age(&beside).is_ok_and(|other| age(&this).is_ok_and(|own| other >= own));
        Ok(if current { Self { path: beside, own: false } } else { Self { path: this, own: true } })
    }

    /// What is measured, in words.
    pub(crate) fn describe(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        if self.own {
            format!(
                "this program ({name}), started as the server: there is no current coppice binary beside it"
            )
        } else {
            format!("the {name} binary in a process of its own")
        }
    }

    /// Starts it on a data directory, and times its first answer.
    pub(crate) fn start(&self, directory: &Path) -> Outcome<(Server, Duration)> {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(&self.path);
        if self.own {
            command.arg(AS_SERVER);
        }
        command
            .args(["--listen", &address.to_string(), "--settings", SETTINGS, "--log-filter", "error"])
            .arg("--data-dir")
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let began = now();
        let server = Server { child: command.spawn()?, address };
        for _ in 0..TRIES {
            let answer = Connection::open(address, "").and_then(|mut connection| connection.get("/"));
            if answer.is_ok_and(|reply| reply.status == 300) {
                return Ok((server, began.elapsed()));
            }
            pause(Duration::from_millis(1));
        }
        Err(format!("{} does not answer on {address}", self.path.display()).into())
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Resident memory now and at its peak, in MB; none where the kernel does not tell.
    pub(crate) fn memory(&self) -> Option<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kilobytes: f64 = line.trim_start_matches(':').split_whitespace().next()?.parse().ok()?;
            Some(kilobytes / 1024.0)
        };
        Some((megabytes("VmRSS")?, megabytes("VmHWM")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It fails only for a process that has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Is the server, until killed.
pub(crate) fn serve(arguments: &[OsString]) -> Outcome<()> {
    let cli = Cli::try_parse_from(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(coppice_local::serve::run(cli.serve))?)
}
