//! What a profile would have to say to ask for an instance like a simulated one: what it was made from, as
//! far as a cloud would tell (spec engine-nodes §5.9).

use super::details::{security_group_names, zone};
use super::record::Record;
use coppice_domain::cluster::JsonMap;
use serde_json::{Value, json};

/// What a cloud takes and does not tell again.
const UNTOLD: [&str; 5] = ["admin_pass", "context", "personality", "scheduler_hints", "user_data"];

/// The marks that this service puts into the metadata of instances begin so.
const OWN_MARK: &str = "cluster_";

pub(super) fn describe(record: &Record) -> JsonMap {
    let told = |(key, value): &(&String, &Value)| !value.is_null() && !UNTOLD.contains(&key.as_str());
    let mut described: JsonMap =
        record.spec.iter().filter(told).map(|(key, value)| (key.clone(), value.clone())).collect();
    let metadata: JsonMap = record
        .metadata
        .iter()
        .filter(|(key, _)| !key.starts_with(OWN_MARK))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (key, value) in [
        ("availability_zone", json!(zone(record))),
        ("metadata", Value::Object(metadata)),
        ("name", json!(record.name)),
        ("networks", networks(&record.spec)),
        ("security_groups", json!(security_group_names(&record.spec))),
    ] {
        described.insert(key.to_owned(), value);
    }
    described
}

/// The networks it is connected to, each once. Of a port it is not known which network that is on.
fn networks(spec: &JsonMap) -> Value {
    let given = spec.get("networks").and_then(Value::as_array).into_iter().flatten();
    let mut names: Vec<&str> = Vec::new();
    for name in given.filter_map(|network| network.get("network").and_then(Value::as_str)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| json!({ "network": name })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::request;
    use coppice_domain::time::Timestamp;
    use std::time::Duration;

    fn described(spec: &Value, metadata: &Value) -> Value {
        let mut request = request(1, 1);
        request.spec = spec.as_object().unwrap().clone();
        request.metadata = metadata.as_object().unwrap().clone();
        let (now, none) = (Timestamp::from_micros(0), Duration::ZERO);
        Value::Object(describe(&Record::accepted("i".to_owned(), 0, &request, now, none, none)))
    }

    #[test]
    fn an_instance_is_described_by_what_it_was_made_from_without_nulls_secrets_and_marks() {
        let spec = json!({
            "flavor": "1", "image": null, "admin_pass": "secret", "user_data": "secret",
            "networks": [
                { "network": "a", "fixed_ip": "10.0.0.3" }, { "port": "p" }, { "network": "b" },
                { "network": "a", "port": null },
            ],
            "security_groups": ["web", "db", "web"], "availability_zone": "z1",
        });
        let metadata = json!({ "own": 1, "cluster_id": "c", "cluster_node_index": "1" });
        let expected = json!({
            "flavor": "1", "name": "node-1", "metadata": { "own": 1 }, "availability_zone": "z1",
            "networks": [{ "network": "a" }, { "network": "b" }], "security_groups": ["db", "web"],
        });
        assert_eq!(described(&spec, &metadata), expected);
    }

    #[test]
    fn what_was_not_asked_for_is_described_as_it_came_to_be() {
        let expected = json!({
            "name": "node-1", "metadata": {}, "availability_zone": "simulated", "networks": [],
            "security_groups": [],
        });
        assert_eq!(described(&json!({}), &json!({})), expected);
    }
}
