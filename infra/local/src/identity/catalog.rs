//! The service catalogue.

use super::PREFIX;
use super::directory::EntityId;
use serde_json::{Value, json};

/// The one region there is.
pub(super) const REGION: &str = "RegionOne";

/// The services clients can find: the Clustering API and the identity itself.
pub(super) struct Catalog(Value);

impl Catalog {
    /// The catalogue of an identity reached at `root` and an API reached at `api`.
    ///
    /// The clustering endpoint is the bare root of the API: clients append the version they read from
    /// the version document's link, so an endpoint with `/v1` in it would end up as `/v1/v1`.
    pub(super) fn new(root: &str, api: &str) -> Self {
        Self(json!([
            service("clustering", "coppice", api),
            service("identity", "keystone", &format!("{root}{PREFIX}")),
        ]))
    }

    /// Its form in the Identity API.
    pub(super) const fn json(&self) -> &Value {
        &self.0
    }
}

fn service(kind: &str, name: &str, url: &str) -> Value {
    let endpoints: Vec<Value> = ["public", "internal", "admin"]
        .into_iter()
        .map(|interface| {
            json!({
                "id": EntityId::of("endpoint", &format!("{kind}\0{interface}")).to_string(),
                "interface": interface,
                "region": REGION,
                "region_id": REGION,
                "url": url,
            })
        })
        .collect();
    json!({"id": EntityId::of("service", kind).to_string(), "type": kind, "name": name, "endpoints": endpoints})
}
