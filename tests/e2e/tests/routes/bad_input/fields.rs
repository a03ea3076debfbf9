//! Every field of every body with values of every other type.

use super::assert_sound;
use crate::endpoints::World;
use crate::receivers::ADDED;
use coppice_e2e::{ALICE, TestApp, scaling_policy, spec};
use http::Method;
use serde_json::{Value, json};

/// Values as JSON text: some cannot be built from numbers this language has.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.5",
    "-1.5",
    "1e2",
    "1e400",
    "-1e400",
    "1e-400",
    "NaN",
    "Infinity",
    "-Infinity",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1000000000000000000000000000000",
    "1e30",
    "\"\"",
    "\" \"",
    "\"x\"",
    "\"1\"",
    "\" 7 \"",
    "\"+3\"",
    "\"1_0\"",
    "\"-1\"",
    "\"1.5\"",
    "\"NaN\"",
    "\"1e3\"",
    "\"٣\"",
    "\"99999999999999999999\"",
    "\"a\\u0000b\"",
    "\"💥\"",
    "\"é\"",
    "\"a/b\"",
    "\"a\\n\"",
    "\"%\"",
    "\"_\"",
    "\"true\"",
    "\"{}\"",
    "\"[1]\"",
    "\"null\"",
    "[]",
    "[1]",
    "[null]",
    "[[]]",
    "[\"a\", \"a\"]",
    "{}",
    "{\"a\": 1}",
    "{\"\": null}",
    "{\"a\": {\"a\": {\"a\": []}}}",
    "{\"__proto__\": 1}",
    "{\"id\": \"x\"}",
];

/// A body whose field of interest is `null`, and a path to it.
struct Place {
    method: Method,
    path: &'static str,
    body: Value,
    field: Vec<String>,
}

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    let mut add = |method: &Method, path, wrapper: &[&str], body: Value, fields: &[&str]| {
        for field in fields {
            let mut keys: Vec<String> = wrapper.iter().map(|key| (*key).to_owned()).collect();
            keys.push((*field).to_owned());
            let body = wrapper.iter().rev().fold(body.clone(), |body, key| json!({ *key: body }));
            places.push(Place { method: method.clone(), path, body, field: keys });
        }
    };
    let (post, patch, delete) = (&Method::POST, &Method::PATCH, &Method::DELETE);
    let profile = json!({ "name": "p", "spec": spec() });
    add(post, "/v1/profiles", &[], json!({ "profile": {} }), &["profile", "other"]);
    add(post, "/v1/profiles", &["profile"], profile, &["name", "spec", "metadata", "id", "other"]);
    let properties = ["type", "version", "properties", "other"];
    for path in ["/v1/profiles", "/v1/profiles/validate"] {
        add(post, path, &["profile", "spec"], spec(), &properties);
        let inner = spec()["properties"].clone();
        let keys = [
            "name",
            "flavor",
            "image",
            "networks",
            "metadata",
            "personality",
            "key_name",
            "config_drive",
            "block_device_mapping_v2",
            "scheduler_hints",
            "user_data",
            "other",
        ];
        add(post, path, &["profile", "spec", "properties"], inner, &keys);
    }
    add(patch, "/v1/profiles/{profile}", &[], json!({ "profile": {} }), &["profile"]);
    add(patch, "/v1/profiles/{profile}", &["profile"], json!({}), &["name", "metadata", "spec", "other"]);
    let cluster = json!({ "name": "c", "profile_id": "{profile}" });
    let fields = [
        "name",
        "profile_id",
        "min_size",
        "max_size",
        "desired_capacity",
        "metadata",
        "timeout",
        "config",
        "parent",
        "other",
    ];
    add(post, "/v1/clusters", &[], json!({}), &["cluster"]);
    add(post, "/v1/clusters", &["cluster"], cluster, &fields);
    add(
        patch,
        "/v1/clusters/{cluster}",
        &["cluster"],
        json!({}),
        &[&fields[..], &["profile_only", "identity"]].concat(),
    );
    add(delete, "/v1/clusters/{cluster}", &[], json!({}), &["force", "other"]);
    let actions = "/v1/clusters/{cluster}/actions";
    add(post, actions, &[], json!({}), &["resize", "scale_in", "scale_out", "check", "fly", ""]);
    let exact = json!({ "adjustment_type": "EXACT_CAPACITY", "number": 1 });
    let percentage = json!({ "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 10 });
    let change = json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1 });
    let fields = ["adjustment_type", "number", "min_size", "max_size", "min_step", "strict", "other"];
    for adjustment in [exact, percentage, change, json!({})] {
        add(post, actions, &["resize"], adjustment, &fields);
    }
    add(post, actions, &["scale_in"], json!({}), &["count", "other"]);
    add(post, actions, &["scale_out"], json!({}), &["count", "other"]);
    let keys = ["add_nodes", "del_nodes", "replace_nodes", "recover", "complete_lifecycle"];
    add(post, actions, &[], json!({}), &keys);
    let keys = ["policy_attach", "policy_detach", "policy_update"];
    add(post, actions, &[], json!({}), &keys);
    add(post, actions, &["check"], json!({}), &["delete_check_action", "other"]);
    let fields = ["operation", "operation_params", "check", "check_capacity", "other"];
    add(post, actions, &["recover"], json!({}), &fields);
    add(post, actions, &["complete_lifecycle"], json!({}), &["lifecycle_action_token", "other"]);
    let attachment = json!({ "policy_id": "{spare-policy}" });
    add(post, actions, &["policy_attach"], attachment, &["policy_id", "enabled", "other"]);
    let attached = json!({ "policy_id": "{policy}" });
    add(post, actions, &["policy_update"], attached.clone(), &["policy_id", "enabled", "other"]);
    add(post, actions, &["policy_detach"], attached, &["policy_id", "enabled", "other"]);
    add(post, actions, &["replace_nodes"], json!({}), &["nodes", "other"]);
    add(post, actions, &["replace_nodes", "nodes"], json!({}), &["{node}", "nosuch", ""]);
    let nodes = json!({ "nodes": ["{orphan}"] });
    add(post, actions, &["add_nodes"], nodes.clone(), &["nodes", "other"]);
    add(post, actions, &["del_nodes"], nodes, &["nodes", "destroy_after_deletion", "other"]);
    of_nodes(&mut add);
    of_policies(&mut add);
    of_receivers(&mut add);
    places
}

/// Takes the fields of a body: its method and path, what wraps it, the body, and the fields.
type Add<'a> = dyn FnMut(&Method, &'static str, &[&str], Value, &[&str]) + 'a;

fn of_nodes(add: &mut Add<'_>) {
    let (post, patch) = (&Method::POST, &Method::PATCH);
    let node = json!({ "name": "n", "profile_id": "{profile}" });
    let fields = ["name", "profile_id", "cluster_id", "role", "metadata", "tainted", "other"];
    add(post, "/v1/nodes", &[], json!({}), &["node"]);
    add(post, "/v1/nodes", &["node"], node, &fields);
    add(patch, "/v1/nodes/{node}", &[], json!({}), &["node"]);
    add(patch, "/v1/nodes/{node}", &["node"], json!({}), &fields);
    let instance = json!({ "identity": "{instance}", "type": "os.nova.server-1.0" });
    let fields = ["identity", "type", "overrides", "snapshot", "name", "role", "metadata", "other"];
    add(post, "/v1/nodes/adopt-preview", &[], instance.clone(), &fields);
    add(post, "/v1/nodes/adopt", &[], instance, &fields);
    add(post, "/v1/nodes/{node}/ops", &[], json!({}), &["reboot", "fly", ""]);
    add(post, "/v1/nodes/{node}/ops", &["reboot"], json!({}), &["type", "other"]);
    let actions = "/v1/nodes/{node}/actions";
    add(post, actions, &[], json!({}), &["check", "recover", "fly", ""]);
    add(post, actions, &["check"], json!({}), &["other"]);
    let fields = ["operation", "operation_params", "check", "delete_timeout", "force_recreate", "other"];
    add(post, actions, &["recover"], json!({}), &fields);
    // No member: the deletion of its cluster would take it along.
    add(&Method::DELETE, "/v1/nodes/{orphan}", &[], json!({}), &["force", "other"]);
}

fn of_policies(add: &mut Add<'_>) {
    let (post, patch) = (&Method::POST, &Method::PATCH);
    let spec = scaling_policy();
    for path in ["/v1/policies", "/v1/policies/validate"] {
        let policy = json!({ "name": "l", "spec": spec });
        let properties = spec["properties"].clone();
        let adjustment = properties["adjustment"].clone();
        let fields = ["type", "number", "min_step", "best_effort", "cooldown", "other"];
        add(post, path, &[], json!({}), &["policy", "other"]);
        add(post, path, &["policy"], policy, &["name", "spec", "other"]);
        add(post, path, &["policy", "spec"], spec.clone(), &["type", "version", "properties", "other"]);
        let keys = ["event", "adjustment", "other"];
        add(post, path, &["policy", "spec", "properties"], properties, &keys);
        add(post, path, &["policy", "spec", "properties", "adjustment"], adjustment, &fields);
    }
    add(patch, "/v1/policies/{policy}", &[], json!({}), &["policy"]);
    add(patch, "/v1/policies/{policy}", &["policy"], json!({}), &["name", "spec", "other"]);
}

fn of_receivers(add: &mut Add<'_>) {
    let (post, patch, path) = (&Method::POST, &Method::PATCH, "/v1/receivers");
    let webhook =
        json!({ "name": "r", "type": "webhook", "cluster_id": "{cluster}", "action": "CLUSTER_CHECK" });
    let fields =
        ["name", "type", "cluster_id", "action", "actor", "params", "schedule", "protection", "other"];
    add(post, path, &[], json!({}), &["receiver", "other"]);
    add(post, path, &["receiver"], webhook.clone(), &fields);
    add(post, path, &["receiver"], json!({ "name": "r", "type": "message" }), &fields);
    let mut schedule = webhook;
    schedule["type"] = "schedule".into();
    schedule["schedule"] = json!({ "cron": "* * * * *" });
    add(post, path, &["receiver"], schedule, &fields);
    let one = "/v1/receivers/{receiver}";
    add(patch, one, &[], json!({}), &["receiver"]);
    add(patch, one, &["receiver"], json!({}), &fields);
    add(patch, one, &["receiver", "protection"], json!({}), &["signing", "rate", "other"]);
    let rate = json!({ "calls": 1, "seconds": 1 });
    add(patch, one, &["receiver", "protection", "rate"], rate, &["calls", "seconds", "other"]);
    let cron = json!({ "cron": "* * * * *" });
    let fields = ["cron", "at", "timezone", "missed", "other"];
    add(patch, one, &["receiver", "schedule"], cron, &fields);
    add(patch, one, &["receiver", "schedule"], json!({}), &["at"]);
    add(post, "/v1/receivers/{signed}/secret", &[], json!({}), &["grace", "other"]);
    add(post, "/v1/receivers/{mailbox}/notify", &[], json!({}), &["other"]);
}

/// The body with `text` in the place of its field.
fn with(place: &Place, text: &str) -> String {
    let marker = json!("@here@");
    let mut body = place.body.clone();
    let mut at = &mut body;
    for key in &place.field {
        at = &mut at[key];
    }
    *at = marker.clone();
    body.to_string().replace(&marker.to_string(), text)
}

/// Tries every value in every place of one collection.
async fn try_all(of: impl Fn(&Place) -> bool) {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    for place in places().into_iter().filter(of) {
        let mut refused = Vec::new();
        for text in VALUES {
            if send(&app, &world, &place, text).await >= 400 {
                refused.push(*text);
            }
        }
        // What was taken is done to its end, and can be read.
        app.drain().await;
        for list in ["profiles", "policies", "clusters", "nodes", "receivers", "actions", "events"] {
            let listed = app.get(&format!("/v1/{list}?limit=50")).by(ALICE).at("1.14").send().await;
            assert_eq!(listed.status, 200, "after {}: {}", place.field.join("."), listed.text());
        }
        // What was refused left nothing behind.
        let before = app.items().await;
        let mut taken = Vec::new();
        for text in refused {
            if send(&app, &world, &place, text).await < 400 {
                taken.push(text);
            }
        }
        if taken.is_empty() {
            assert_eq!(app.items().await, before, "{} {}", place.path, place.field.join("."));
        }
        app.drain().await;
    }
}

/// Sends one value; answers with the status, which is no failure of the service.
async fn send(app: &TestApp, world: &World, place: &Place, text: &str) -> u16 {
    let body = world.fill(&with(place, text));
    let ask = app.request(place.method.clone(), &world.fill(place.path)).by(ALICE);
    let ask = ask.header("openstack-api-version", ADDED);
    let answer = ask.bytes(body).send().await;
    let what = format!("{} {} {} = {text}", place.method, place.path, place.field.join("."));
    assert_sound(&answer, &what);
    answer.status
}

#[tokio::test]
async fn a_profiles_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| place.path.contains("profiles")).await;
}

#[tokio::test]
async fn a_clusters_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| {
        place.path == "/v1/clusters" || place.method == Method::PATCH && place.path.contains("clusters")
    })
    .await;
}

#[tokio::test]
async fn an_actions_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| place.path.ends_with("/actions")).await;
}

#[tokio::test]
async fn a_nodes_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    let deletes = |place: &Place| place.method == Method::DELETE;
    try_all(|place| {
        place.path.starts_with("/v1/nodes") && !place.path.ends_with("/actions") && !deletes(place)
    })
    .await;
}

#[tokio::test]
async fn a_policys_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| place.path.starts_with("/v1/policies")).await;
}

#[tokio::test]
async fn a_receivers_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| place.path.starts_with("/v1/receivers")).await;
}

#[tokio::test]
async fn a_deletions_fields_of_a_wrong_type_are_refused_or_taken_but_never_a_failure() {
    try_all(|place| place.method == Method::DELETE).await;
}
