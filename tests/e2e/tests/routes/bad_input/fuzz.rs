//! Thousands of random requests from a seed: the service answers every one for itself, and what it took
//! ends well.

use super::sound;
use coppice_e2e::{ADMIN, ALICE, BOB, READER, TestApp, spec};
use http::Method;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

const SEEDS: [u64; 3] = [1, 2, 3];
const REQUESTS: usize = 1_200;

#[tokio::test]
async fn random_requests_never_fail_the_service_and_leave_it_in_order() {
    for seed in SEEDS {
        let app = TestApp::new().await;
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        for number in 0..REQUESTS {
            let (method, target, body) = dice.request();
            let person = *dice.one(&[ALICE, ALICE, BOB, READER, ADMIN]);
            let microversion = *dice.one(&["1.0", "1.4", "1.8", "1.14", "latest", "1.99", "x"]);
            let mut ask = app.request(method.clone(), &target).by(person).at(microversion);
            if let Some(body) = &body {
                ask = ask.bytes(body.clone());
            }
            let answer = ask.send().await;
            assert!(
                sound(&answer),
                "seed {seed}, request {number}: {method} {target} {body:?} at {microversion}: {} {}",
                answer.status,
                answer.text()
            );
            for _ in 0..dice.0.random_range(0..3) {
                app.answer_next().await;
            }
        }
        app.drain().await;
        settled(&app, seed).await;
    }
}

/// Whatever is left is in order: every action has ended, every cluster has the nodes it says.
async fn settled(app: &TestApp, seed: u64) {
    for action in app.show(ADMIN, "/v1/actions", "actions").await.as_array().unwrap() {
        let status = action["status"].as_str().unwrap();
        assert!(["SUCCEEDED", "FAILED", "CANCELLED"].contains(&status), "seed {seed}: {action}");
    }
    let nodes = app.show(ADMIN, "/v1/nodes", "nodes").await;
    let nodes = nodes.as_array().unwrap();
    let mut members = 0;
    for cluster in app.show(ADMIN, "/v1/clusters", "clusters").await.as_array().unwrap() {
        let of_cluster = nodes.iter().filter(|node| node["cluster_id"] == cluster["id"]).count();
        assert_eq!(cluster["nodes"].as_array().unwrap().len(), of_cluster, "seed {seed}: {cluster}");
        assert_eq!(cluster["status"], "ACTIVE", "seed {seed}: {cluster}");
        members += of_cluster;
    }
    assert_eq!(members, nodes.len(), "seed {seed}: nodes of no cluster");
}

/// Chance, from a seed.
struct Dice(ChaCha8Rng);

impl Dice {
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    fn request(&mut self) -> (Method, String, Option<String>) {
        let reference = self.reference();
        let (method, target) = match self.0.random_range(0..16) {
            0 | 1 => (Method::POST, "/v1/profiles".to_owned()),
            2..=4 => (Method::POST, "/v1/clusters".to_owned()),
            5..=8 => (Method::POST, format!("/v1/clusters/{reference}/actions")),
            9 => (Method::PATCH, format!("/v1/clusters/{reference}")),
            10 => (Method::PATCH, format!("/v1/profiles/{reference}")),
            11 => (Method::DELETE, format!("/v1/clusters/{reference}")),
            12 => (Method::DELETE, format!("/v1/profiles/{reference}")),
            13 => (Method::POST, "/v1/profiles/validate".to_owned()),
            14 => (Method::GET, format!("/v1/{}/{reference}", self.collection())),
            _ => (Method::GET, format!("/v1/{}?{}", self.collection(), self.query())),
        };
        let body = (method != Method::GET || self.chance(3)).then(|| self.body(&target));
        let body = body.filter(|_| method != Method::DELETE || self.chance(20));
        (method, target, body)
    }

    fn collection(&mut self) -> &'static str {
        let known = ["profiles", "clusters", "nodes", "actions", "events", "profile-types", "nosuch"];
        known[self.0.random_range(0..known.len())]
    }

    /// A few names, so that requests meet each other's resources.
    fn reference(&mut self) -> String {
        match self.0.random_range(0..8) {
            0 => format!("{:x}", self.0.random_range(0..16)),
            1 => (*self.one(&["%25", "_", "%FF", "nosuch", "-"])).to_owned(),
            _ => format!("n{}", self.0.random_range(0..4)),
        }
    }

    fn query(&mut self) -> String {
        let mut pairs = Vec::new();
        for _ in 0..self.0.random_range(0..4) {
            let key = *self.one(&[
                "limit",
                "marker",
                "sort",
                "name",
                "status",
                "cluster_id",
                "action",
                "global_project",
                "x",
            ]);
            let value = *self.one(&[
                "1",
                "0",
                "-1",
                "name",
                "name:desc",
                "init_at:desc,name",
                "created_at",
                "ACTIVE",
                "true",
                "n1",
                "%00",
                "",
                "CLUSTER_CREATE",
                "11111111-2222-4333-8444-555555555555",
            ]);
            pairs.push(format!("{key}={value}"));
        }
        pairs.join("&")
    }

    fn body(&mut self, target: &str) -> String {
        let name = self.name();
        let mut body = if target.ends_with("/actions") {
            let number = self.0.random_range(-3..6);
            match self.0.random_range(0..4) {
                0 => json!({ "scale_out": { "count": number } }),
                1 => json!({ "scale_in": { "count": number } }),
                2 => {
                    json!({ "resize": { "adjustment_type": "CHANGE_IN_CAPACITY", "number": number, "strict": false } })
                }
                _ => {
                    json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": number, "max_size": 9 } })
                }
            }
        } else if target.contains("/clusters") {
            json!({ "cluster": { "name": name, "profile_id": self.reference(), "desired_capacity": self.0.random_range(0..4), "metadata": { "a": 1 } } })
        } else {
            json!({ "profile": { "name": name, "spec": spec() } })
        };
        if target.contains("/clusters/") && body.get("cluster").is_some() {
            body = json!({ "cluster": { "name": name, "timeout": self.0.random_range(1..9_000) } });
        }
        if self.chance(40) {
            self.spoil(&mut body);
        }
        let mut text = body.to_string();
        if self.chance(3) {
            let cut = self.0.random_range(0..=text.len());
            text.truncate(text.floor_char_boundary(cut));
        }
        text
    }

    fn name(&mut self) -> String {
        format!("n{}", self.0.random_range(0..4))
    }

    /// Changes something, somewhere.
    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Object(map) if !map.is_empty() && self.chance(80) => {
                let keys: Vec<String> = map.keys().cloned().collect();
                let key = self.one(&keys).clone();
                if self.chance(10) {
                    map.remove(&key);
                } else if self.chance(10) {
                    map.insert("surprise".to_owned(), self.value(2));
                } else if let Some(inner) = map.get_mut(&key) {
                    self.spoil(inner);
                }
            }
            Value::Array(items) if !items.is_empty() && self.chance(80) => {
                let place = self.0.random_range(0..items.len());
                self.spoil(&mut items[place]);
            }
            other => *other = self.value(3),
        }
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.0.random_range(0..if depth == 0 { 8 } else { 10 }) {
            0 => Value::Null,
            1 => json!(self.chance(50)),
            2 => json!(self.0.random::<i64>()),
            3 => json!(self.0.random_range(-5..2000)),
            4 => json!(self.0.random::<f64>() * 1e300),
            5 => json!(*self.one(&[
                "",
                "n1",
                "1",
                "-1",
                " 2 ",
                "💥",
                "a\u{0}b",
                "CHANGE_IN_PERCENTAGE",
                "true"
            ])),
            6 => json!("x".repeat(self.0.random_range(0..600))),
            7 => json!(u64::MAX),
            8 => (0..self.0.random_range(0..4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let count = self.0.random_range(0..4);
                (0..count).map(|number| (format!("k{number}"), self.value(depth - 1))).collect()
            }
        }
    }
}
