//! What clients do: each is a sequence of requests with pauses, as the API functions would serve them.

use crate::cloud::Cloud;
use crate::gate::{Class, Gate};
use crate::post::Post;
use crate::records;
use crate::time::seconds;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap, Sizes};
use coppice_domain::ids::{ActionId, ClusterId, NodeId, PolicyId, ProfileId, ReceiverId};
use coppice_domain::profile::Profile;
use coppice_domain::resize::{ResizeRequest, check_resize_request};
use coppice_domain::time::Timestamp;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked, Refusal, Requester};
use coppice_store::{ListRequest, Scope, TemplateDeletion};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What clients were told, and what they know of.
#[derive(Default)]
pub(crate) struct Book {
    /// Actions that a client was told are accepted.
    pub(crate) acknowledged: Vec<ActionId>,
    /// Profiles that a client was told are deleted.
    pub(crate) deleted_profiles: Vec<ProfileId>,
    /// Policies that a client was told are deleted.
    pub(crate) deleted_policies: Vec<PolicyId>,
    /// Policies that clients have made.
    pub(crate) policies: Vec<(String, PolicyId)>,
    /// Receivers that clients have made.
    pub(crate) receivers: Vec<(String, ReceiverId)>,
    /// Receivers that a client was told are deleted.
    pub(crate) deleted_receivers: Vec<ReceiverId>,
    /// Receivers that took a call, as often as they did, and when by the clock of who asked.
    pub(crate) admitted: Vec<(ReceiverId, Timestamp)>,
    /// When schedules that were made run first.
    pub(crate) runs: Vec<(ReceiverId, Timestamp)>,
    /// What clients saw that cannot be.
    pub(crate) violations: Vec<String>,
    clusters: Vec<(String, ClusterId)>,
    profiles: Vec<(String, ProfileId)>,
    /// Instances of somebody else that a client was told are nodes now.
    pub(crate) adopted: Vec<String>,
    /// Nodes that clients asked for by themselves.
    pub(crate) nodes: Vec<(String, NodeId)>,
}

/// One client.
pub(crate) struct Client {
    pub(crate) env: Env,
    pub(crate) gate: Gate,
    pub(crate) post: Arc<Post>,
    pub(crate) cloud: Cloud,
    pub(crate) book: Arc<Mutex<Book>>,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) project: String,
    pub(crate) requests: usize,
    /// Most clusters this story has.
    pub(crate) clusters: usize,
    /// Most nodes a new cluster has.
    pub(crate) nodes: i64,
    pub(crate) build_seconds: u64,
}

pub(crate) const USER: &str = "user";

impl Client {
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the story.
    pub(crate) async fn tell(mut self) {
        if self.rng.random_bool(0.3) {
            self.guard().await;
        }
        for _ in 0..self.requests {
            let accepted = self.request().await;
            let longest = [0, 5, 60, 600][self.rng.random_range(0..4_usize)] + self.build_seconds;
            let pause = Duration::from_millis(self.rng.random_range(0..=longest * 1000));
            let now = self.env.now();
            let class = match accepted {
                Some(action) if self.rng.random_bool(0.6) => Class::Await(action, now.plus(seconds(1200))),
                _ => Class::Pause(now.plus(pause)),
            };
            self.gate.arrive(class, "client waits".to_owned()).await;
        }
    }

    /// Has a cluster looked after from the beginning.
    async fn guard(&mut self) {
        if let Some(action) = self.create().await {
            self.wait_for(action).await;
        }
        self.attach_health().await;
    }

    /// Waits until an action has ended, but not for ever.
    pub(crate) async fn wait_for(&self, action: ActionId) {
        let until = self.env.now().plus(seconds(1200));
        self.gate.arrive(Class::Await(action, until), "client waits".to_owned()).await;
    }

    async fn request(&mut self) -> Option<ActionId> {
        let known = self.book().clusters.iter().filter(|(project, _)| *project == self.project).count();
        if known == 0 {
            return self.create().await;
        }
        if self.rng.random_bool(0.25) {
            return self.with_nodes().await;
        }
        if self.rng.random_bool(0.2) {
            return self.with_policies().await;
        }
        if self.rng.random_bool(0.2) {
            return self.with_receivers().await;
        }
        match self.rng.random_range(0..20) {
            0..=3 if self.book().clusters.len() < self.clusters => self.create().await,
            0..=7 => self.resize().await,
            8..=9 => self.scale(ActionKind::ClusterScaleOut).await,
            10..=11 => self.scale(ActionKind::ClusterScaleIn).await,
            12..=13 => self.update().await,
            14..=16 => self.delete().await,
            17 if self.rng.random_bool(0.5) => self.create_profile().await,
            17 => self.update_profile().await,
            18 if self.rng.random_bool(0.5) => self.delete_profile().await,
            18 => self.use_and_delete_profile().await,
            _ => self.look_around().await,
        }
    }

    pub(crate) fn any_cluster(&mut self) -> Option<ClusterId> {
        self.any_of(|book| &book.clusters)
    }

    pub(crate) async fn any_profile(&mut self) -> Option<Profile> {
        let id = self.any_of(|book| &book.profiles)?;
        self.env.store.get::<Profile>(id).await.ok().flatten()
    }

    /// One of those of its project that clients know of, if there are any.
    pub(crate) fn any_of<I: Copy>(&mut self, list: fn(&Book) -> &Vec<(String, I)>) -> Option<I> {
        let known: Vec<I> = {
            let book = self.book();
            list(&book).iter().filter(|(project, _)| *project == self.project).map(|(_, id)| *id).collect()
        };
        let place = self.rng.random_range(0..known.len().max(1));
        known.get(place).copied()
    }

    pub(crate) fn accepted(&self, outcome: Result<ActionId, Refusal>) -> Option<ActionId> {
        let action = outcome.ok()?;
        self.book().acknowledged.push(action);
        Some(action)
    }

    async fn create(&mut self) -> Option<ActionId> {
        if self.any_profile().await.is_none() {
            self.create_profile().await;
        }
        let profile = self.any_profile().await?;
        let desired_capacity = self.rng.random_range(0..=self.nodes);
        let min_size = self.rng.random_range(0..=desired_capacity);
        let max_size =
            if self.rng.random_bool(0.5) { -1 } else { desired_capacity + self.rng.random_range(0..4) };
        let id = ClusterId::new(self.env.ids.uuid());
        let timeout = if self.rng.random_bool(0.7) { 3600 } else { self.rng.random_range(30..400) };
        let name = format!("cluster-{}", self.rng.random_range(0..3));
        let sizes = Sizes { min_size, max_size, desired_capacity };
        let cluster = records::cluster(&self.env, &self.project, (id, name), profile.id, sizes);
        let cluster = Cluster { timeout, ..cluster };
        self.book().clusters.push((self.project.clone(), id));
        let outcome = accept::cluster_create(&self.env, &cluster).await;
        self.accepted(outcome)
    }

    /// Asks for an action on some cluster.
    pub(crate) async fn act(&mut self, kind: ActionKind, inputs: Value) -> Option<ActionId> {
        let id = self.any_cluster()?;
        self.act_in(id, kind, inputs).await
    }

    pub(crate) async fn act_in(&self, id: ClusterId, kind: ActionKind, inputs: Value) -> Option<ActionId> {
        let view = self.env.store.cluster_view(id).await.ok().flatten()?;
        if kind == ActionKind::ClusterResize {
            let request = ResizeRequest::from_inputs(inputs.as_object()?).ok()?;
            let count = i64::try_from(view.members.len()).unwrap_or(0);
            check_resize_request(&view.cluster.sizes, count, &request, 1000).ok()?;
        }
        let requester = Requester { user: USER, project: &self.project };
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        let outcome =
            accept::cluster_action(&self.env, &view.cluster, Asked::new(kind, inputs), requester).await;
        self.accepted(outcome)
    }

    async fn resize(&mut self) -> Option<ActionId> {
        let strict = self.rng.random_bool(0.5);
        let mut inputs = match self.rng.random_range(0..4) {
            0 => {
                json!({ "adjustment_type": "EXACT_CAPACITY", "number": self.rng.random_range(0..=self.nodes + 2) })
            }
            1 => json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": self.rng.random_range(-3..=3) }),
            2 => json!({
                "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": self.rng.random_range(-100..=100),
                "min_step": 1,
            }),
            _ => json!({}),
        };
        if inputs.as_object().is_some_and(JsonMap::is_empty) || self.rng.random_bool(0.3) {
            inputs["min_size"] = json!(self.rng.random_range(0..=2));
            inputs["max_size"] = json!(self.rng.random_range(2..=self.nodes.max(2) + 3));
        }
        inputs["strict"] = json!(strict);
        self.act(ActionKind::ClusterResize, inputs).await
    }

    async fn scale(&mut self, kind: ActionKind) -> Option<ActionId> {
        let inputs = json!({ "count": self.rng.random_range(1..=3) });
        self.act(kind, inputs).await
    }

    async fn update(&mut self) -> Option<ActionId> {
        let mut inputs = json!({});
        if self.rng.random_bool(0.6) {
            inputs["name"] = json!(format!("cluster-{}", self.rng.random_range(0..5)));
        }
        if self.rng.random_bool(0.2) {
            let (stop, drift) =
                (self.rng.random_bool(0.6), ["report", "repair"][self.rng.random_range(0..2_usize)]);
            inputs["config"] = json!({ "cluster.stop_node_before_delete": stop, "node.drift": drift });
        }
        if self.rng.random_bool(0.1) {
            inputs["timeout"] = json!(self.rng.random_range(60..3600));
        }
        if self.rng.random_bool(0.5) {
            inputs["metadata"] = json!({ "turn": self.rng.random_range(0..9) });
        }
        if self.rng.random_bool(0.5) {
            let profile = self.any_profile().await?;
            inputs["new_profile_id"] = json!(profile.id.to_string());
            if self.rng.random_bool(0.5) {
                inputs["profile_only"] = json!(true);
            }
        }
        self.act(ActionKind::ClusterUpdate, inputs).await
    }

    async fn delete(&mut self) -> Option<ActionId> {
        self.act(ActionKind::ClusterDelete, json!({})).await
    }

    /// Makes a profile.
    pub(crate) async fn create_profile(&mut self) -> Option<ActionId> {
        let id = ProfileId::new(self.env.ids.uuid());
        let name = format!("profile-{}", self.rng.random_range(0..3));
        let profile = records::profile(&self.env, &self.project, (id, name), "1");
        if self.env.store.template_create(&profile).await.is_ok() {
            self.book().profiles.push((self.project.clone(), profile.id));
        }
        None
    }

    async fn delete_profile(&mut self) -> Option<ActionId> {
        let profile = self.any_profile().await?;
        let now = self.env.now();
        if let Ok(TemplateDeletion::Deleted) = self.env.store.template_delete(&profile, now).await {
            self.book().deleted_profiles.push(profile.id);
        }
        None
    }

    /// Deletes a profile right after a cluster was asked to use it.
    async fn use_and_delete_profile(&mut self) -> Option<ActionId> {
        self.create_profile().await;
        let profile = self.any_profile().await?;
        let inputs = json!({ "new_profile_id": profile.id.to_string(), "profile_only": true });
        let action = self.act(ActionKind::ClusterUpdate, inputs).await;
        let now = self.env.now();
        if let Ok(TemplateDeletion::Deleted) = self.env.store.template_delete(&profile, now).await {
            self.book().deleted_profiles.push(profile.id);
        }
        action
    }

    /// Renames a profile.
    async fn update_profile(&mut self) -> Option<ActionId> {
        let before = self.any_profile().await?;
        let name = format!("profile-{}", self.rng.random_range(0..3));
        let after = Profile { name, updated_at: Some(self.env.now()), ..before.clone() };
        let _ = self.env.store.template_update(&before, &after).await;
        None
    }

    /// Lists and finds: whatever lags, a client sees nothing but its own.
    async fn look_around(&mut self) -> Option<ActionId> {
        let scope = Scope::Project(&self.project);
        let everything = |_: &Cluster| true;
        let clusters = self.env.store.list(scope, &ListRequest::default(), &everything).await.ok()?;
        let foreign = clusters.iter().find(|cluster| cluster.project != self.project);
        if let Some(foreign) = foreign {
            let text = format!("project {} was shown cluster {} of another", self.project, foreign.id);
            self.book().violations.push(text);
        }
        let profiles: Vec<ProfileId> = clusters.iter().map(|cluster| cluster.profile_id).collect();
        let _ = self.env.store.profile_names(&profiles).await;
        let _ = self.env.store.find::<Cluster>(scope, "cluster-1").await;
        None
    }
}
