//! Counted costs and measured speeds. See this crate's README.

mod clock;
mod costs;
mod http;
mod load;
mod server;
mod speeds;
mod table;

use clap::Parser;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Counted costs and measured speeds of Coppice.
#[derive(Clone, Debug, Parser)]
struct Options {
    /// Measure less often and smaller: seconds instead of minutes.
    #[arg(long)]
    quick: bool,
    /// Count what nodes cost in clusters of up to 5,000 and in 1,000 clusters at once, and nothing else.
    #[arg(long)]
    scale: bool,
    /// The server to measure.
    #[arg(long)]
    server: Option<PathBuf>,
}

fn main() -> Outcome<()> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == server::AS_SERVER) {
        return server::serve(&arguments[1..]);
    }
    let options = Options::parse();
    if cfg!(debug_assertions) {
        say("This is a debug build: use --release for figures worth keeping.\n")?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sheet = if options.scale {
        runtime.block_on(costs::scale())
    } else {
        speeds::run(&options, &mut say)?;
        runtime.block_on(costs::run(options.quick))?
    };
    say(&sheet.text())?;
    sheet.verdict()
}

fn say(text: &str) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
