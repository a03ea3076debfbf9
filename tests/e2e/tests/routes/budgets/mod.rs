//! What things cost, counted where it is spent: read and write units as billed, requests, messages. The
//! figures are shown with `--nocapture`.

mod accepting;
mod idle;
mod nodes;
mod reading;
mod table;

use coppice_e2e::TestApp;
use coppice_store::Usage;

/// What `work` cost.
async fn cost<T>(app: &TestApp, work: impl Future<Output = T>) -> (T, Usage) {
    let before = app.usage();
    let done = work.await;
    (done, app.usage() - before)
}

fn show(what: &str, usage: Usage) {
    let Usage { read_units, write_units, requests } = usage;
    eprintln!("{what:<52} {read_units:>8.1} RRU {write_units:>8.1} WRU {requests:>5} requests");
}
