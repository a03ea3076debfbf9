//! Every endpoint of this version, with a request that it accepts.

use coppice_e2e::{Answer, Person, TestApp, spec};
use http::Method;
use serde_json::{Value, json};

/// What an endpoint does for someone from another project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It concerns no project: everyone gets the same.
    Same,
    /// It makes or lists things of the caller's own project.
    Own,
    /// It names a resource: there is none for them.
    Absent,
    /// Its body names a resource: a bad request.
    Refused,
    /// It is refused to everyone.
    Forbidden,
}

/// An endpoint.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// Its path, with `{cluster}` and the like for ids.
    pub(crate) path: &'static str,
    pub(crate) body: Option<Value>,
    pub(crate) status: u16,
    pub(crate) foreign: Foreign,
}

/// Ids of one resource of each kind.
pub(crate) struct World {
    ids: Vec<(&'static str, String)>,
}

impl World {
    /// A profile named `secret-profile`, and a cluster `secret-cluster` of one node, made by `person`.
    pub(crate) async fn make(app: &TestApp, person: Person) -> Self {
        let profile = app.profile(person, "secret-profile").await;
        let cluster = app.cluster(person, "secret-cluster", &profile, 1).await;
        let mut ids = vec![("{profile}", profile), ("{cluster}", cluster)];
        for (name, collection) in [("{node}", "nodes"), ("{action}", "actions"), ("{event}", "events")] {
            let listed = app.show(person, &format!("/v1/{collection}"), collection).await;
            ids.push((name, listed[0]["id"].as_str().unwrap().to_owned()));
        }
        Self { ids }
    }

    /// A text with ids in place of their names.
    pub(crate) fn fill(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}

impl Endpoint {
    /// Makes the request, as whoever `dress` makes it.
    pub(crate) async fn ask<'a>(
        &self,
        app: &'a TestApp,
        world: &World,
        dress: impl FnOnce(coppice_e2e::Ask<'a>) -> coppice_e2e::Ask<'a>,
    ) -> Answer {
        let ask = dress(app.request(self.method.clone(), &world.fill(self.path)).at("1.14"));
        match &self.body {
            Some(body) => ask.bytes(world.fill(&body.to_string())).send().await,
            None => ask.send().await,
        }
    }
}

/// All of them; those that destroy what others need come last.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    use Foreign::{Absent, Forbidden, Own, Refused, Same};
    let get = |path, foreign| Endpoint { method: Method::GET, path, body: None, status: 200, foreign };
    let post = |path, body, status, foreign| Endpoint {
        method: Method::POST,
        path,
        body: Some(body),
        status,
        foreign,
    };
    let patch = |path, body, status| Endpoint {
        method: Method::PATCH,
        path,
        body: Some(body),
        status,
        foreign: Absent,
    };
    let delete =
        |path, status| Endpoint { method: Method::DELETE, path, body: None, status, foreign: Absent };
    let actions = "/v1/clusters/{cluster}/actions";
    vec![
        get("/v1/", Same),
        get("/v1/build-info", Same),
        get("/v1/profile-types", Same),
        get("/v1/profile-types/os.nova.server-1.0", Same),
        get("/v1/profile-types/os.nova.server-1.0/ops", Same),
        post("/v1/profiles/validate", json!({ "profile": { "spec": spec() } }), 200, Same),
        get("/v1/profiles", Own),
        post("/v1/profiles", json!({ "profile": { "name": "mine", "spec": spec() } }), 201, Own),
        get("/v1/profiles/{profile}", Absent),
        patch("/v1/profiles/{profile}", json!({ "profile": { "metadata": { "a": 1 } } }), 200),
        get("/v1/clusters", Own),
        post(
            "/v1/clusters",
            json!({ "cluster": { "name": "mine", "profile_id": "{profile}" } }),
            202,
            Refused,
        ),
        get("/v1/clusters/{cluster}", Absent),
        get("/v1/nodes/{node}?show_details=true", Absent),
        patch("/v1/clusters/{cluster}", json!({ "cluster": { "metadata": { "a": 1 } } }), 202),
        post(actions, json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 2 } }), 202, Absent),
        post(actions, json!({ "scale_out": {} }), 202, Absent),
        post(actions, json!({ "scale_in": {} }), 202, Absent),
        get("/v1/nodes", Own),
        get("/v1/nodes?cluster_id={cluster}", Refused),
        get("/v1/actions", Own),
        get("/v1/actions?cluster_id={cluster}", Own),
        get("/v1/actions/{action}", Absent),
        post("/v1/actions", json!({ "action": {} }), 403, Forbidden),
        get("/v1/events", Own),
        get("/v1/events?cluster_id={cluster}", Own),
        get("/v1/events/{event}", Absent),
        delete("/v1/clusters/{cluster}", 202),
        delete("/v1/profiles/{profile}", 204),
    ]
}
