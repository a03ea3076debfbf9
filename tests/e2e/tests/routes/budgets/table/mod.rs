//! The table of costs in ARCHITECTURE.md, counted anew: it cannot go stale. With `COPPICE_REWRITE=1` it is
//! written.

mod clusters;
mod nodes;
mod polls;
mod requests;

use super::cost;
use crate::outcomes::{ended, succeeded};
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, Ask, TestApp};
use coppice_local::system::Options;
use coppice_store::Usage;
use std::fs;
use std::path::PathBuf;

const BEGIN: &str = "<!-- costs: counted by tests/e2e, do not edit -->\n";
const END: &str = "<!-- end of costs -->\n";

/// The rows, as they are written.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn add(&mut self, what: &str, usage: Usage, per: u32) {
        let each = |total: f64| total / f64::from(per);
        let requests = each(f64::from(u32::try_from(usage.requests).unwrap()));
        let figure = |value: f64| {
            let text = format!("{value:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let cells = [requests, each(usage.write_units), each(usage.read_units)].map(figure);
        self.0.push(format!("| {what} | {} |", cells.join(" | ")));
    }
}

async fn app(build_seconds: f64) -> TestApp {
    let simulated = SimulatedConfig { build_seconds, ..SimulatedConfig::default() };
    TestApp::with(Options { simulated, ..Options::default() }).await
}

/// Profiles `p`, and `other`, which has another flavor; the id of the first.
async fn profiles(app: &TestApp) -> String {
    app.bigger_profile(ALICE, "other").await;
    app.profile(ALICE, "p").await
}

/// What an action costs, from the request for it to its end; it has to do what it was asked for.
async fn done(app: &TestApp, ask: Ask<'_>) -> Usage {
    let (action, usage) = cost(app, async {
        let action = ask.by(ALICE).at("1.14").send().await.expect(202).action();
        app.drain().await;
        action
    })
    .await;
    assert_eq!(ended(app, &action).await, succeeded(), "{action}");
    usage
}

#[tokio::test]
async fn the_table_of_costs_is_what_is_counted() {
    let mut rows = Rows::default();
    requests::add(&mut rows).await;
    for size in [10, 100] {
        clusters::add(&mut rows, size).await;
    }
    nodes::add(&mut rows).await;
    polls::add(&mut rows).await;
    requests::idle(&mut rows).await;
    let head = "| what | requests | write units | read units |\n|---|---|---|---|\n";
    let counted = format!("{head}{}\n", rows.0.join("\n"));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ARCHITECTURE.md");
    let document = fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect("ARCHITECTURE.md has a table of costs");
    let (written, after) = rest.split_once(END).expect("the table of costs ends");
    if option_env!("COPPICE_REWRITE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{counted}{END}{after}")).unwrap();
        return;
    }
    let again = "COPPICE_REWRITE=1 cargo test -p coppice-e2e the_table_of_costs";
    assert_eq!(written, counted, "costs have changed; if that is meant to be: {again}");
}
