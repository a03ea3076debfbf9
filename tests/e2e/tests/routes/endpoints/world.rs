//! One resource of each kind, for requests to name.

use crate::clusters::fixtures::{accepted_orphan, orphan};
use crate::nodes::foreign;
use crate::receivers::{create, message, signed, text};
use coppice_domain::node::NodeStatus;
use coppice_e2e::{Person, TestApp, deletion_policy, scaling_policy};
use serde_json::json;

/// Ids of resources, by the names that stand for them in paths and bodies.
pub(crate) struct World {
    ids: Vec<(&'static str, String)>,
}

impl World {
    /// Makes them as `person`. Everything that has a name has `secret` in it.
    pub(crate) async fn make(app: &TestApp, person: Person) -> Self {
        let profile = app.profile(person, "secret-profile").await;
        let cluster = app.cluster(person, "secret-cluster", &profile, 1).await;
        let mut ids = vec![("{profile}", profile.clone()), ("{cluster}", cluster.clone())];
        for (name, collection) in [("{node}", "nodes"), ("{action}", "actions"), ("{event}", "events")] {
            let listed = app.show(person, &format!("/v1/{collection}"), collection).await;
            ids.push((name, text(&listed[0], "id").to_owned()));
        }
        ids.push(("{spare-profile}", app.profile(person, "secret-spare").await));

        let policy = app.policy(person, "secret-policy", &scaling_policy()).await;
        app.attached(&cluster, &policy, true).await;
        ids.push(("{policy}", policy));
        ids.push(("{spare-policy}", app.policy(person, "secret-spare", &deletion_policy()).await));

        let webhook = json!({
            "name": "secret-hook", "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_CHECK",
        });
        let webhook = create(app, person, &webhook).await.expect(201).json();
        ids.push(("{receiver}", text(&webhook["receiver"], "id").to_owned()));
        ids.push(("{signed}", text(&signed(app, person, "secret-signed", &cluster).await, "id").to_owned()));
        ids.push(("{mailbox}", text(&message(app, person, "secret-box").await, "id").to_owned()));

        ids.push(("{orphan}", orphan(app, person, "secret-orphan", &profile, NodeStatus::Active).await));
        ids.push(("{instance}", foreign(app, person.project, 0).await));
        ids.push(("{running}", accepted_orphan(app, person, "secret-new", &profile).await.1));
        Self { ids }
    }

    /// A text with ids in place of their names.
    pub(crate) fn fill(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}
