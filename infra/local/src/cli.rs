//! The command line.

use crate::halt::HaltAt;
use clap::{Args, Parser, Subcommand, ValueEnum};
use coppice_runtime::logging::Format;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A clustering service: fleets of compute nodes that grow, shrink and heal themselves.
#[derive(Clone, Debug, Parser)]
#[command(name = "coppice", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it, the whole system is served.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of serving the whole system.
    #[command(flatten)]
    pub serve: ServeOptions,
}

/// Parts of the system, for running the functions as processes of their own.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve DynamoDB, SQS and the development identity for other processes.
    Emulators(EmulatorOptions),
    /// Feed the worker and the reconciler that a Lambda emulator runs.
    Pump(PumpOptions),
}

/// Options of serving the whole system.
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// Where to serve the API and the development identity.
    #[arg(long, default_value = "127.0.0.1:8778")]
    pub listen: SocketAddr,
    /// Also serve DynamoDB's API here, for other processes.
    #[arg(long)]
    pub listen_dynamodb: Option<SocketAddr>,
    /// Also serve SQS's API here, for other processes.
    #[arg(long)]
    pub listen_sqs: Option<SocketAddr>,
    /// Storage and behaviour.
    #[command(flatten)]
    pub common: CommonOptions,
    /// Messages worked on at once.
    #[arg(long, default_value_t = 16)]
    pub workers: usize,
    /// Milliseconds between two runs of the reconciler.
    #[arg(long, default_value_t = 1000)]
    pub reconcile_every_ms: u64,
    /// The simulated cloud's behaviour as JSON, such as '{"build_seconds": 3, "fail_rate": 0.1}'.
    #[arg(long, env = "COPPICE_SIMULATED")]
    pub simulated: Option<String>,
    /// Limits and pace as JSON, such as '{"max_clusters_per_project": 10}'.
    #[arg(long, env = "COPPICE_SETTINGS")]
    pub settings: Option<String>,
    /// Stand still at this effect, to be killed there: <effect>:<n>:<before|after>.
    #[arg(long, hide = true)]
    pub halt_at: Option<HaltAt>,
}

/// Where state lives and how the process speaks.
#[derive(Clone, Debug, Args)]
pub struct CommonOptions {
    /// Where data lives.
    #[arg(long, default_value = ".coppice")]
    pub data_dir: PathBuf,
    /// Keep nothing: resources are gone when the process ends. The data directory then holds only clouds.yaml and the users' file.
    #[arg(long)]
    pub in_memory: bool,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
    /// What is logged, as a list of target=level.
    #[arg(long, env = "COPPICE_LOG_FILTER", default_value = coppice_runtime::logging::DEFAULT_FILTER)]
    pub log_filter: String,
}

/// Options of serving the embedded services alone.
#[derive(Clone, Debug, Args)]
pub struct EmulatorOptions {
    /// Where to serve DynamoDB.
    #[arg(long, default_value = "127.0.0.1:8780")]
    pub listen_dynamodb: SocketAddr,
    /// Where to serve SQS.
    #[arg(long, default_value = "127.0.0.1:8781")]
    pub listen_sqs: SocketAddr,
    /// Where to serve the development identity.
    #[arg(long, default_value = "127.0.0.1:8782")]
    pub listen_identity: SocketAddr,
    /// Where the API is going to be served: what the catalogue says.
    #[arg(long, default_value = "http://127.0.0.1:9100")]
    pub api_url: String,
    /// Storage.
    #[command(flatten)]
    pub common: CommonOptions,
}

/// Options of the event pump.
#[derive(Clone, Debug, Args)]
pub struct PumpOptions {
    /// The Lambda emulator, such as `cargo lambda watch`.
    #[arg(long, default_value = "http://127.0.0.1:9100")]
    pub invoke: String,
    /// The action queue.
    #[arg(long, env = "COPPICE_QUEUE_URL")]
    pub queue_url: String,
    /// The name of the function that takes the queue's messages.
    #[arg(long, default_value = "coppice-worker")]
    pub worker: String,
    /// The name of the function that takes the schedule's events.
    #[arg(long, default_value = "coppice-reconciler")]
    pub reconciler: String,
    /// Milliseconds between two runs of the reconciler.
    #[arg(long, default_value_t = 1000)]
    pub reconcile_every_ms: u64,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Json => Self::Json,
            LogFormat::Text => Self::Text,
        }
    }
}
