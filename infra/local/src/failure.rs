//! Why the local server cannot start: one sentence that says what to do.

use crate::identity::FileError;
use coppice_emulators::dynamodb::CannotOpen;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the local server cannot start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The address is taken, or not this machine's.
    #[error(
        "cannot listen on {address}: {cause}; stop the process that does, or choose another with --listen"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The data directory cannot be made or written.
    #[error("the data directory {} cannot be written: {cause}; choose another with --data-dir, or use --in-memory", path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another server works on the data directory.
    #[error("another coppice server is using the data directory {}; stop it, or choose another with --data-dir", .0.display())]
    InUse(PathBuf),
    /// The data file is damaged.
    #[error(transparent)]
    Data(#[from] CannotOpen),
    /// A file of the development identity cannot be used.
    #[error(transparent)]
    Identity(#[from] FileError),
    /// An option's value cannot be used.
    #[error("the value of {option} cannot be used: {cause}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// Tables or queues could not be made.
    #[error("the embedded services did not start: {0}")]
    Services(String),
    /// The server stopped serving.
    #[error("the server stopped: {0}")]
    Stopped(String),
}
