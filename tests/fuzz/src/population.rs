//! What a world begins with: of every kind something, in two projects and an administrator's.

use crate::author::BIRDS;
use crate::known::Known;
use coppice_compute::testing::request;
use coppice_domain::cluster::JsonMap;
use coppice_e2e::{ADMIN, Person, TestApp, deletion_policy, scaling_policy, spec};
use serde_json::{Value, json};

/// Instances that each project could adopt.
const STRANGERS: u64 = 4;

/// The version header of those who ask for what this service adds.
pub(crate) const ADDED: &str = "clustering 1.14, coppice 1.0";

/// Fills a world.
pub(crate) async fn populate(app: &TestApp, known: &mut Known) {
    for (place, (person, bird)) in BIRDS.iter().enumerate() {
        let profile = app.profile(*person, &format!("{bird}n0")).await;
        app.profile(*person, &format!("{bird}n1")).await;
        stack(app, *person, bird).await;
        let scaling = app.policy(*person, &format!("{bird}n0"), &scaling_policy()).await;
        let deletion = app.policy(*person, &format!("{bird}n1"), &deletion_policy()).await;
        app.policy(*person, &format!("{bird}n2"), &scaling_policy()).await;
        let large = app.cluster(*person, &format!("{bird}n0"), &profile, 2).await;
        let small = app.cluster(*person, &format!("{bird}n1"), &profile, 1).await;
        for (cluster, policy) in [(&large, &scaling), (&large, &deletion), (&small, &scaling)] {
            app.attached(cluster, policy, true).await;
            known.bound.push((person.project.to_owned(), cluster.clone(), policy.clone()));
        }
        orphans(app, *person, bird, &profile).await;
        receivers(app, *person, bird, &large).await;
        strangers(app, known, *person, bird, place as u128).await;
    }
    let profile = app.profile(ADMIN, "n0").await;
    app.cluster(ADMIN, "n0", &profile, 1).await;
}

async fn stack(app: &TestApp, person: Person, bird: &str) {
    let spec = json!({
        "type": "os.heat.stack", "version": "1.0", "properties": { "template_url": format!("http://{bird}") },
    });
    made(
        app,
        person,
        "/v1/profiles",
        &json!({ "profile": { "name": format!("{bird}n2"), "spec": spec } }),
        201,
    )
    .await;
}

async fn orphans(app: &TestApp, person: Person, bird: &str, profile: &str) {
    for number in 0..2 {
        let node = json!({
            "name": format!("{bird}n{number}"), "profile_id": profile, "metadata": { "k": bird }, "role": bird,
        });
        made(app, person, "/v1/nodes", &json!({ "node": node }), 202).await;
    }
    app.drain().await;
}

async fn receivers(app: &TestApp, person: Person, bird: &str, cluster: &str) {
    for (number, action) in ["CLUSTER_SCALE_OUT", "CLUSTER_CHECK"].iter().enumerate() {
        let receiver = json!({
            "name": format!("{bird}n{number}"), "type": "webhook", "cluster_id": cluster, "action": action,
            "params": { "w": bird },
        });
        made(app, person, "/v1/receivers", &json!({ "receiver": receiver }), 201).await;
    }
    let receiver = json!({ "name": format!("{bird}n2"), "type": "message" });
    made(app, person, "/v1/receivers", &json!({ "receiver": receiver }), 201).await;
    for (number, own) in [
        (3, json!({ "type": "webhook", "protection": { "signing": true } })),
        (4, json!({ "type": "webhook", "protection": { "rate": { "calls": 2, "seconds": 60 } } })),
        (5, json!({ "type": "schedule", "schedule": { "cron": "* * * * *" } })),
    ] {
        let mut receiver = own;
        receiver["name"] = format!("{bird}n{number}").into();
        (receiver["cluster_id"], receiver["action"]) = (cluster.into(), "CLUSTER_CHECK".into());
        made(app, person, "/v1/receivers", &json!({ "receiver": receiver }), 201).await;
    }
}

/// Instances that another deployment made for this project.
async fn strangers(app: &TestApp, known: &mut Known, person: Person, bird: &str, place: u128) {
    for index in 0..STRANGERS {
        let mut asked = request(77 + place, index);
        "another deployment".clone_into(&mut asked.tags.deployment);
        person.project.clone_into(&mut asked.tags.project);
        asked.name = format!("{bird}-{index}");
        asked.spec = spec()["properties"].as_object().cloned().unwrap_or_else(JsonMap::new);
        asked.metadata = JsonMap::from_iter([("own".to_owned(), json!(bird))]);
        // A cloud that throttles takes it in the end.
        while let Err(error) = app.system.env.compute.create(&asked).await.map(|instance| {
            known.strangers.push((person.project.to_owned(), instance.id));
        }) {
            assert!(matches!(error, coppice_compute::ComputeError::Throttled { .. }), "{error}");
        }
    }
}

async fn made(app: &TestApp, person: Person, target: &str, body: &Value, status: u16) {
    let ask = app.post(target).by(person).header("openstack-api-version", ADDED);
    let answer = ask.json(body).send().await;
    assert_eq!(answer.status, status, "{target}: {}", answer.text());
}
