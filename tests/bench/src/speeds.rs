//! Speeds: start-up, requests, work, memory.

use crate::clock::{millis, now, pause};
use crate::http::Connection;
use crate::load::Load;
use crate::server::{Program, Server};
use crate::table::{Table, budget, figure};
use crate::{Options, Outcome};
use coppice_e2e::spec;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;

/// Between two looks at an action that is under way.
const LOOK: Duration = Duration::from_millis(2);
/// Looks before it counts as stuck.
const LOOKS: u32 = 60_000;
/// Clusters in the list.
const CLUSTERS: u32 = 100;

/// Measures, and says what it found as it goes.
pub(crate) fn run(options: &Options, say: &mut dyn FnMut(&str) -> Outcome<()>) -> Outcome<()> {
    let program = Program::choose(options.server.as_deref())?;
    say(&format!("Server: {}.\n", program.describe()))?;
    say("Data in a file; simulated cloud without delays.\n")?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    say(&format!("Machine: {cores} cores, shared by server and clients.\n"))?;
    say(&start_up(&program, options.quick)?)?;
    let directory = tempfile::tempdir()?;
    let (server, _) = program.start(directory.path())?;
    let mut memory = Table::new("Memory, resident", &["when", "MB", "peak MB", ""]);
    remember(&mut memory, "after start", &server);
    let tenant = Tenant::log_in(server.address)?;
    say(&requests(&tenant, options.quick)?)?;
    remember(&mut memory, "after the load above", &server);
    say(&work(&tenant, options.quick)?)?;
    remember(&mut memory, "after the work above", &server);
    say(&memory.text())
}

fn remember(table: &mut Table, when: &str, server: &Server) {
    let (resident, peak) = server
        .memory()
        .map_or(("?".to_owned(), "?".to_owned()), |(resident, peak)| (figure(resident), figure(peak)));
    table.row(vec![when.to_owned(), resident, peak, String::new()]);
}

fn start_up(program: &Program, quick: bool) -> Outcome<String> {
    let mut table = Table::new("Start-up to first answer, median", &["data directory", "ms", ""]);
    let directory = tempfile::tempdir()?;
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for _ in 0..if quick { 3 } else { 9 } {
        let empty = tempfile::tempdir()?;
        fresh.push(program.start(empty.path())?.1);
        again.push(program.start(directory.path())?.1);
    }
    for (what, times) in [("empty", fresh), ("with tables", again)] {
        table.row(vec![what.to_owned(), figure(millis(median(times))), String::new()]);
    }
    Ok(table.text())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Someone who makes clusters.
struct Tenant {
    address: SocketAddr,
    token: String,
    profile: String,
}

impl Tenant {
    fn log_in(address: SocketAddr) -> Outcome<Self> {
        let user = json!({ "name": "demo", "password": "coppice", "domain": { "name": "Default" } });
        let identity = json!({ "methods": ["password"], "password": { "user": user } });
        let login = json!({ "auth": { "identity": identity } });
        let token =
            Connection::open(address, "")?.post("/identity/v3/auth/tokens", &login)?.expect(201)?.issued;
        let body = json!({ "profile": { "name": "bench", "spec": spec() } });
        let made = Connection::open(address, &token)?.post("/v1/profiles", &body)?.expect(201)?.json()?;
        let profile = made["profile"]["id"].as_str().ok_or("the profile has no id")?.to_owned();
        Ok(Self { address, token, profile })
    }

    /// Makes a cluster and waits until its action has ended; its id, and how long that took.
    fn cluster(&self, name: &str, nodes: u32) -> Outcome<(String, Duration)> {
        let mut connection = Connection::open(self.address, &self.token)?;
        let body =
            json!({ "cluster": { "name": name, "profile_id": self.profile, "desired_capacity": nodes } });
        let began = now();
        let accepted = connection.post("/v1/clusters", &body)?.expect(202)?;
        let action = format!("/v1/actions/{}", accepted.location);
        for _ in 0..LOOKS {
            let shown = connection.get(&action)?.expect(200)?.json()?;
            match shown["action"]["status"].as_str() {
                Some("SUCCEEDED") => {
                    let took = began.elapsed();
                    let cluster = accepted.json()?;
                    let id = cluster["cluster"]["id"].as_str().ok_or("the cluster has no id")?;
                    return Ok((id.to_owned(), took));
                }
                Some("FAILED" | "CANCELLED") => return Err(format!("the creation failed: {shown}").into()),
                _ => pause(LOOK),
            }
        }
        Err(format!("the creation of {nodes} nodes did not end").into())
    }
}

fn requests(tenant: &Tenant, quick: bool) -> Outcome<String> {
    let (small, _) = tenant.cluster("small", 3)?;
    let (hundred, _) = tenant.cluster("hundred", 100)?;
    for number in 2..CLUSTERS {
        tenant.cluster(&format!("empty-{number}"), 0)?;
    }
    let mut table = Table::new("Requests", &["what", "clients", "requests/s", "p50 ms", "p99 ms", "budget"]);
    for (what, path, budgeted) in [
        ("show a cluster of 3", format!("/v1/clusters/{small}"), true),
        ("show a cluster of 100", format!("/v1/clusters/{hundred}"), false),
        ("list 20 of 100 clusters", "/v1/clusters?limit=20".to_owned(), false),
        ("list 100 clusters", "/v1/clusters".to_owned(), false),
    ] {
        for clients in [1, 16] {
            let span = Duration::from_millis(if quick { 500 } else { 4000 });
            let load = Load { path: path.clone(), token: tenant.token.clone(), clients, span };
            let found = load.run(tenant.address)?;
            let kept = found.rate >= 4000.0 && found.p99 <= 20.0;
            let budget =
                if budgeted && clients == 16 { budget(">= 4000/s, p99 <= 20", kept) } else { String::new() };
            table.row(vec![
                what.to_owned(),
                clients.to_string(),
                figure(found.rate),
                figure(found.median),
                figure(found.p99),
                budget,
            ]);
        }
    }
    Ok(table.text())
}

fn work(tenant: &Tenant, quick: bool) -> Outcome<String> {
    let mut table = Table::new("Create to ACTIVE", &["nodes", "runs", "median ms", "nodes/s", "budget"]);
    for (nodes, runs, most) in [(1, 9, None), (10, 9, None), (100, 5, Some(1.0)), (1000, 3, Some(10.0))] {
        let runs = if quick { 1 } else { runs };
        let times: Outcome<Vec<Duration>> =
            (0..runs).map(|run| Ok(tenant.cluster(&format!("work-{nodes}-{run}"), nodes)?.1)).collect();
        let took = median(times?);
        let budget =
            most.map_or_else(String::new, |most| budget(&format!("<= {most} s"), took.as_secs_f64() <= most));
        let rate = f64::from(nodes) / took.as_secs_f64();
        table.row(vec![nodes.to_string(), runs.to_string(), figure(millis(took)), figure(rate), budget]);
    }
    Ok(table.text())
}
