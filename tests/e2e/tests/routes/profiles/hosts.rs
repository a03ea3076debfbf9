//! Profiles of containers and what these run on: looked up when the profile is made, and kept from being deleted
//! while there is one (spec schemas §3.3, api-resources H3, engine-nodes §3).

use crate::check;
use crate::nodes::foreign;
use coppice_e2e::{ALICE, Answer, BOB, Person, TestApp};
use futures::future::join_all;
use serde_json::{Value, json};

fn container(property: &str, host: &str) -> Value {
    json!({
        "type": "container.dockerinc.docker", "version": "1.0",
        "properties": { "image": "i", property: host },
    })
}

async fn create(app: &TestApp, person: Person, name: &str, spec: &Value) -> Answer {
    let body = json!({ "profile": { "name": name, "spec": spec } });
    app.post("/v1/profiles").by(person).json(&body).send().await
}

async fn created(app: &TestApp, name: &str, spec: &Value) -> String {
    let made = create(app, ALICE, name, spec).await.expect(201);
    made.json()["profile"]["id"].as_str().unwrap().to_owned()
}

/// A cluster `c` of one node, by their ids.
async fn hosts(app: &TestApp) -> (String, String) {
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let node = app.show(ALICE, "/v1/nodes", "nodes").await[0]["id"].as_str().unwrap().to_owned();
    (cluster, node)
}

async fn dependents(app: &TestApp, target: &str, key: &str) -> Value {
    app.show(ALICE, target, key).await["dependents"].clone()
}

fn sorted(mut ids: Vec<String>) -> Value {
    ids.sort_unstable();
    json!({ "profiles": ids })
}

#[tokio::test]
async fn a_host_that_is_not_one_of_the_project_is_refused() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let (cluster, node) = {
        let cluster = app.cluster(ALICE, "twin", &profile, 1).await;
        app.cluster(ALICE, "twin", &profile, 0).await;
        let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
        (cluster, nodes[0]["id"].as_str().unwrap().to_owned())
    };
    let before = app.items().await;
    for (person, property, host) in [
        (ALICE, "host_cluster", "nobody"),
        (ALICE, "host_node", "nobody"),
        // Of the other kind,
        (ALICE, "host_cluster", node.as_str()),
        (ALICE, "host_node", cluster.as_str()),
        // several of them,
        (ALICE, "host_cluster", "twin"),
        // and another project's.
        (BOB, "host_cluster", cluster.as_str()),
        (BOB, "host_node", node.as_str()),
    ] {
        let spec = container(property, host);
        let text = format!("The specified {property} '{host}' could not be found or is not unique.");
        check::fault(&create(&app, person, "x", &spec).await, 400, "InvalidSpec", &text);
        let body = json!({ "profile": { "spec": spec } });
        let validated = app.post("/v1/profiles/validate").by(person).at("1.2").json(&body).send().await;
        check::fault(&validated, 400, "InvalidSpec", &text);
    }
    assert_eq!(app.items().await, before, "nothing is half-made");
}

#[tokio::test]
async fn a_host_is_named_by_id_name_or_short_id_and_lists_its_profiles_until_they_are_deleted() {
    let app = TestApp::new().await;
    let (cluster, node) = hosts(&app).await;
    let name = app.show(ALICE, &format!("/v1/nodes/{node}"), "node").await["name"].clone();
    for (property, target, key, names) in [
        ("host_cluster", format!("/v1/clusters/{cluster}"), "cluster", [&cluster, "c", &cluster[..8]]),
        ("host_node", format!("/v1/nodes/{node}"), "node", [&node, name.as_str().unwrap(), &node[..8]]),
    ] {
        assert_eq!(dependents(&app, &target, key).await, json!({}));
        let body = json!({ "profile": { "spec": container(property, names[0]) } });
        app.post("/v1/profiles/validate").by(ALICE).at("1.2").json(&body).send().await.expect(200);
        assert_eq!(dependents(&app, &target, key).await, json!({}), "validating keeps nothing");
        let mut made = Vec::new();
        for host in names {
            made.push(created(&app, "container", &container(property, host)).await);
        }
        assert_eq!(dependents(&app, &target, key).await, sorted(made.clone()), "{property}");
        // What else becomes of the host changes nothing about that, and lists show it too.
        app.act(ALICE, &cluster, &json!({ "check": {} })).await;
        app.drain().await;
        assert_eq!(
            app.show(ALICE, &format!("/v1/{key}s"), &format!("{key}s")).await[0]["dependents"],
            sorted(made.clone())
        );
        while let Some(profile) = made.pop() {
            app.delete(&format!("/v1/profiles/{profile}")).by(ALICE).send().await.expect(204);
            let left = if made.is_empty() { json!({}) } else { sorted(made.clone()) };
            assert_eq!(dependents(&app, &target, key).await, left);
        }
    }
}

#[tokio::test]
async fn a_cluster_that_hosts_profiles_is_not_deleted_not_even_by_force() {
    let app = TestApp::new().await;
    let (cluster, _) = hosts(&app).await;
    let profile = created(&app, "container", &container("host_cluster", "c")).await;
    for query in ["", "?force=true"] {
        let answer = app.delete(&format!("/v1/clusters/c{query}")).by(ALICE).at("1.8").send().await;
        let text =
            format!("The cluster 'c' cannot be deleted: still referenced by profile(s): ['{profile}'].");
        check::fault(&answer, 409, "ResourceInUse", &text);
    }
    app.delete(&format!("/v1/profiles/{profile}")).by(ALICE).send().await.expect(204);
    app.delete(&format!("/v1/clusters/{cluster}")).by(ALICE).send().await.expect(202);
    // From now on it hosts nothing more.
    let late = create(&app, ALICE, "late", &container("host_cluster", &cluster)).await;
    let text = format!("The specified host_cluster '{cluster}' could not be found or is not unique.");
    check::fault(&late, 400, "InvalidSpec", &text);
    app.drain().await;
    assert_eq!(app.get(&format!("/v1/clusters/{cluster}")).by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn a_deletion_and_a_profile_at_the_same_time_do_not_both_succeed() {
    for first in [true, false] {
        let app = TestApp::new().await;
        let (cluster, _) = hosts(&app).await;
        let delete = async { app.delete(&format!("/v1/clusters/{cluster}")).by(ALICE).send().await.status };
        let make = async { create(&app, ALICE, "x", &container("host_cluster", "c")).await.status };
        let (deleted, made) = if first {
            futures::join!(delete, make)
        } else {
            let (made, deleted) = futures::join!(make, delete);
            (deleted, made)
        };
        assert!(matches!((deleted, made), (202, 400) | (409, 201)), "{deleted} {made}");
    }
}

#[tokio::test]
async fn a_node_that_hosts_profiles_may_go_and_its_profiles_can_still_be_deleted() {
    let app = TestApp::new().await;
    let (cluster, node) = hosts(&app).await;
    let profile = created(&app, "container", &container("host_node", &node)).await;
    app.delete(&format!("/v1/nodes/{node}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    app.delete(&format!("/v1/profiles/{profile}")).by(ALICE).send().await.expect(204);
    let items = app.items().await;
    let left: Vec<_> = items.keys().filter(|key| key.contains(&node) && key.contains("N#")).collect();
    assert!(left.iter().all(|key| !key.starts_with(&format!("S(\"N#{node}"))), "{left:?}");
    app.delete(&format!("/v1/clusters/{cluster}")).by(ALICE).send().await.expect(202);
}

#[tokio::test]
async fn profiles_made_at_the_same_time_are_all_listed_and_a_host_takes_so_many() {
    let app = TestApp::new().await;
    let (cluster, _) = hosts(&app).await;
    let spec = container("host_cluster", "c");
    let made = join_all((0..64).map(|_| create(&app, ALICE, "x", &spec))).await;
    let made = made
        .into_iter()
        .map(|answer| answer.expect(201).json()["profile"]["id"].as_str().unwrap().to_owned());
    let made: Vec<String> = made.collect();
    assert_eq!(dependents(&app, &format!("/v1/clusters/{cluster}"), "cluster").await, sorted(made.clone()));
    let text = "Request limit exceeded: the specified host_cluster 'c' hosts 64 profiles, and may host no more. \
                Delete one of them, or name another host.";
    check::fault(&create(&app, ALICE, "x", &spec).await, 400, "RequestLimitExceeded", text);
    app.delete(&format!("/v1/profiles/{}", made[0])).by(ALICE).send().await.expect(204);
    create(&app, ALICE, "x", &spec).await.expect(201);
}

#[tokio::test]
async fn an_adopted_container_has_a_host_like_any_other() {
    let app = TestApp::new().await;
    let (cluster, _) = hosts(&app).await;
    let adopt = async |host: &str, index| {
        let body = json!({
            "identity": foreign(&app, ALICE.project, index).await, "type": "container.dockerinc.docker-1.0",
            "overrides": { "image": "i", "host_cluster": host },
        });
        app.post("/v1/nodes/adopt").by(ALICE).at("1.7").json(&body).send().await
    };
    let text = "The specified host_cluster 'nobody' could not be found or is not unique.";
    check::fault(&adopt("nobody", 0).await, 400, "InvalidSpec", text);
    let profile = adopt("c", 1).await.expect(200).json()["node"]["profile_id"].as_str().unwrap().to_owned();
    let shown = dependents(&app, &format!("/v1/clusters/{cluster}"), "cluster").await;
    assert_eq!(shown, json!({ "profiles": [profile] }));
}
