//! The story: a cluster of 3, and its resize to 30.

use crate::Outcome;
use crate::point::CLOUDS;
use crate::server::{Client, Server};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::interval;

/// Nodes before.
const BEFORE: usize = 3;
/// Nodes after.
pub(crate) const AFTER: usize = 30;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// Looks before the story is given up.
const LOOKS: usize = 1500;

/// A data directory in which the cluster of 3 stands, for cases to copy.
pub(crate) struct Template {
    directory: TempDir,
    /// A token of the user; good in every copy.
    pub(crate) token: String,
    /// The cluster.
    pub(crate) cluster: String,
}

impl Template {
    /// A copy of the data directory.
    pub(crate) fn copy(&self) -> Outcome<TempDir> {
        let copy = tempfile::tempdir()?;
        for entry in std::fs::read_dir(self.directory.path())? {
            let entry = entry?;
            std::fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
        }
        Ok(copy)
    }
}

/// Makes the cluster of 3.
pub(crate) async fn prepare() -> Outcome<Template> {
    let directory = tempfile::tempdir()?;
    let server = Server::start(directory.path(), CLOUDS[0], None).await?;
    let client = server.client();
    let user = json!({ "name": "demo", "password": "coppice", "domain": { "name": "Default" } });
    let login = json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } });
    let (token, _) = client.post("", "/identity/v3/auth/tokens", &login).await?;
    let properties =
        json!({ "name": "s", "flavor": "small", "image": "i", "networks": [{ "network": "n" }] });
    let spec = json!({ "type": "os.nova.server", "version": "1.0", "properties": properties });
    let profile = json!({ "profile": { "name": "p", "spec": spec } });
    let (_, profile) = client.post(&token, "/v1/profiles", &profile).await?;
    let cluster = json!({ "cluster": {
        "name": "c", "profile_id": profile["profile"]["id"], "desired_capacity": BEFORE,
    } });
    let (_, cluster) = client.post(&token, "/v1/clusters", &cluster).await?;
    let cluster = cluster["cluster"]["id"].as_str().ok_or("the cluster has no id")?.to_owned();
    let mut look = interval(LOOK);
    for _ in 0..LOOKS {
        look.tick().await;
        let shown = client.get(&token, &format!("/v1/clusters/{cluster}")).await?;
        if shown["cluster"]["status"] == "ACTIVE" {
            drop(server);
            return Ok(Template { directory, token, cluster });
        }
    }
    Err("the cluster of 3 was not made".into())
}

/// Sees to it that the resize is accepted, once, and waits until it has ended. `accepted` is set as soon as
/// a server has said so: from then on the resize must be found again, whatever happened to that server.
pub(crate) async fn resize(client: Client, template: &Template, accepted: &mut bool) -> Outcome<()> {
    let path = format!("/v1/clusters/{}/actions", template.cluster);
    let body = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": AFTER } });
    let mut look = interval(LOOK);
    for _ in 0..LOOKS {
        look.tick().await;
        match recorded(&client, template).await?.as_slice() {
            [] if *accepted => return Err("an accepted request is lost".into()),
            [] => {
                client.post(&template.token, &path, &body).await?;
                *accepted = true;
            }
            [one] if ["SUCCEEDED", "FAILED", "CANCELLED"].iter().any(|end| one["status"] == *end) => {
                return Ok(());
            }
            [_] => {}
            several => return Err(format!("there are {} resizes", several.len()).into()),
        }
    }
    Err(format!("the resize did not end: {:?}", recorded(&client, template).await?).into())
}

async fn recorded(client: &Client, template: &Template) -> Outcome<Vec<Value>> {
    let path = format!("/v1/actions?action=CLUSTER_RESIZE&target={}", template.cluster);
    list(client, &template.token, &path, "actions").await
}

/// A list of resources.
pub(crate) async fn list(client: &Client, token: &str, path: &str, kind: &str) -> Outcome<Vec<Value>> {
    let answer = client.get(token, path).await?;
    Ok(answer[kind].as_array().cloned().unwrap_or_default())
}
