//! Fleets: what the steps of a cluster's life cost a node, at any size and in many clusters at once, and that
//! each step comes to what was asked for.

use super::sheet::{Counter, Limit, Sheet, Smallest};
use coppice_compute::{Filter, list_all};
use coppice_domain::time::Timestamp;
use coppice_e2e::{ALICE, Answer, Ask, TestApp, spec};
use serde_json::{Value, json};

/// More rings than any fleet needs: what goes on for longer does not end.
const ENDLESS: u32 = 200_000;
/// The smallest cluster. A step that makes fewer nodes pays more for itself than for them.
pub(super) const SMALLEST: u32 = 10;

const CREATE: &str = "create a node";
const MAKE_AGAIN: &str = "make a node again";

/// What making a node may cost, whatever the size of its cluster.
const MADE: Limit = Limit { requests: None, reads: Some(6.0), writes: Some(20.0), rings: None };

/// A value, or what is not as it should be.
type Checked<T> = Result<T, String>;

/// A cluster, each step of whose life is counted and checked.
struct Fleet<'a> {
    app: &'a TestApp,
    sheet: &'a mut Sheet,
    smallest: &'a mut Smallest,
    size: u32,
}

/// Counts and checks the life of a cluster of this size. What is wrong with one step ends it.
pub(super) async fn life(sheet: &mut Sheet, smallest: &mut Smallest, size: u32) {
    // Ready at the first poll.
    let app = super::app(0.5).await;
    let mut fleet = Fleet { app: &app, sheet: &mut *sheet, smallest, size };
    let lived = fleet.live().await;
    if let Err(cause) = lived {
        sheet.complain(cause);
    }
}

impl Fleet<'_> {
    async fn live(&mut self) -> Checked<()> {
        let (app, size, fifth) = (self.app, self.size, self.size / 5);
        let profile = app.profile(ALICE, "p").await;
        other_profile(app).await?;
        // What comes with a project's first cluster.
        app.cluster(ALICE, "first", &profile, 0).await;
        let resize =
            |number: u32| json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": number } });

        let body = json!({ "cluster": { "name": "fleet", "profile_id": profile, "desired_capacity": size } });
        let id = self.step(CREATE, size, Some(size), app.post("/v1/clusters").json(&body)).await?;
        let cluster = format!("/v1/clusters/{id}");
        let actions = format!("{cluster}/actions");
        let check = app.post(&actions).json(&json!({ "check": {} }));
        self.step("check a node", size, Some(size), check).await?;
        let update = app.patch(&cluster).json(&json!({ "cluster": { "profile_id": "other" } }));
        self.step("give a node another profile", size, Some(size), update).await?;
        let smaller = app.post(&actions).json(&resize(size - fifth));
        self.step("take a node out", fifth, Some(size - fifth), smaller).await?;
        let larger = app.post(&actions).json(&resize(size));
        self.step(MAKE_AGAIN, fifth, Some(size), larger).await?;
        self.step("delete a node with its cluster", size, None, app.delete(&cluster)).await?;
        Ok(())
    }

    /// Asks for a step that does something to so many nodes and leaves so many members, or no cluster; waits
    /// until it is done. Answers with the cluster's id.
    async fn step(
        &mut self,
        name: &'static str,
        nodes: u32,
        members: Option<u32>,
        ask: Ask<'_>,
    ) -> Checked<String> {
        let size = self.size;
        let what = if nodes == size {
            format!("{name}, one of {size}")
        } else {
            format!("{name}, one of {nodes} of {size}")
        };
        let wrong = |cause: String| format!("{what}: {cause}");
        let counter = Counter::start(self.app);
        let answer = accepted(ask).await.map_err(wrong)?;
        let drained = drain(self.app).await;
        let spent = counter.stop(nodes);
        let makes = [CREATE, MAKE_AGAIN].contains(&name) && nodes >= SMALLEST;
        let limit = if makes { MADE } else { Limit::default() };
        let limit = self.smallest.limit(name, &spent, limit);
        self.sheet.row(&what, &spent, limit);
        drained.map_err(wrong)?;
        ended(self.app, &answer.action(), members).await.map_err(wrong)
    }
}

/// What a node costs when a thousand clusters of ten are asked for at once, each of which must come to be.
pub(super) async fn crowd(sheet: &mut Sheet) {
    const CLUSTERS: u32 = 1_000;
    const NODES: u32 = 10;
    let what = format!("create a node, {CLUSTERS} clusters of {NODES} at once");
    let app = super::app(0.5).await;
    let profile = app.profile(ALICE, "p").await;
    let mut wrong = Vec::new();
    let mut clusters = Vec::new();
    let counter = Counter::start(&app);
    for number in 0..CLUSTERS {
        let name = format!("c{number}");
        let body = json!({ "cluster": { "name": name, "profile_id": profile, "desired_capacity": NODES } });
        match accepted(app.post("/v1/clusters").json(&body)).await {
            Ok(answer) => clusters.push(text(&answer.json()["cluster"]["id"])),
            Err(cause) => wrong.push(format!("{name}: {cause}")),
        }
    }
    wrong.extend(drain(&app).await.err());
    sheet.row(&what, &counter.stop(CLUSTERS * NODES), MADE);
    for id in &clusters {
        wrong.extend(standing(&app, id, NODES).await.err());
    }
    wrong.extend(backed(&app, CLUSTERS * NODES).await.err());
    if let Some(first) = wrong.first() {
        sheet.complain(format!("{what}: {first} (the first of {})", wrong.len()));
    }
}

/// A profile for the nodes to change to.
async fn other_profile(app: &TestApp) -> Checked<()> {
    let mut other = spec();
    other["properties"]["flavor"] = json!("2");
    let body = json!({ "profile": { "name": "other", "spec": other } });
    answered(app.post("/v1/profiles").json(&body), 201).await.map(|_| ())
}

async fn accepted(ask: Ask<'_>) -> Checked<Answer> {
    answered(ask, 202).await
}

async fn answered(ask: Ask<'_>, status: u16) -> Checked<Answer> {
    let answer = ask.by(ALICE).send().await;
    if answer.status == status { Ok(answer) } else { Err(format!("{} {}", answer.status, answer.text())) }
}

/// Answers rings until there are none.
async fn drain(app: &TestApp) -> Checked<()> {
    for _ in 0..ENDLESS {
        if app.answer_next().await.is_none() {
            return Ok(());
        }
    }
    Err("work goes on and on".to_owned())
}

/// That an action succeeded and its cluster has so many members, or is gone, and that the backend has as many
/// instances. Answers with the cluster's id.
async fn ended(app: &TestApp, action: &str, members: Option<u32>) -> Checked<String> {
    let answer = answered(app.get(&format!("/v1/actions/{action}")), 200).await?;
    let action = &answer.json()["action"];
    if action["status"] != "SUCCEEDED" {
        return Err(format!("the action is {}: {}", action["status"], action["status_reason"]));
    }
    let cluster = text(&action["target"]);
    match members {
        Some(members) => standing(app, &cluster, members).await?,
        None => {
            answered(app.get(&format!("/v1/clusters/{cluster}")), 404).await?;
        }
    }
    backed(app, members.unwrap_or(0)).await?;
    Ok(cluster)
}

/// That a cluster is active and has so many members.
async fn standing(app: &TestApp, id: &str, members: u32) -> Checked<()> {
    let answer = answered(app.get(&format!("/v1/clusters/{id}")), 200).await?;
    let cluster = &answer.json()["cluster"];
    let found = cluster["nodes"].as_array().map_or(0, Vec::len);
    if cluster["status"] == "ACTIVE" && found == members as usize {
        return Ok(());
    }
    let (status, reason) = (&cluster["status"], &cluster["status_reason"]);
    Err(format!("a cluster of {members} has {found} members and is {status}: {reason}"))
}

/// That there are so many instances, whoever has them.
async fn backed(app: &TestApp, wanted: u32) -> Checked<()> {
    let (from, before) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter = Filter::Deployment { name: "coppice", from, before };
    let listed = list_all(app.system.env.compute.as_ref(), filter).await;
    let found = listed.map_err(|cause| cause.to_string())?.len();
    if found == wanted as usize {
        Ok(())
    } else {
        Err(format!("the backend has {found} instances instead of {wanted}"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
