//! `coppice`: the whole system on one machine.

use clap::Parser;
use coppice_local::cli::{Cli, Command};
use coppice_local::{emulators, pump, serve};
use std::io::Write;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => serve::run(cli.serve).await,
        Some(Command::Emulators(options)) => emulators::run(options).await,
        Some(Command::Pump(options)) => pump::run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to be done when standard error cannot be written either.
            writeln!(std::io::stderr(), "coppice: {failure}").ok();
            ExitCode::FAILURE
        }
    }
}
