//! The small worlds that rehearsals begin in, and what is asked for there.

use crate::policy_story::behind_a_balancer;
use crate::records::{PROFILE_TYPE, cluster, policy, profile};
use crate::story::USER;
use crate::world::World;
use coppice_compute::simulated::{InstanceStore, MemoryStore, Record};
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::{Cluster, JsonMap, Sizes};
use coppice_domain::ids::{ActionId, ClusterId, NodeId, PolicyId, ProfileId};
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked, NewNode, Refusal, Requester};
use coppice_store::{ListRequest, Scope};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

const PROJECT: &str = "red";

/// What is asked for, and of what.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    /// A cluster of two nodes.
    Cluster,
    /// An action on the cluster.
    OnCluster(ActionKind, Value),
    /// A node of the cluster.
    Member,
    /// An action on a node.
    OnNode(NodeId, ActionKind, Value),
}

/// Where a client works: a profile and another, a cluster of three, two nodes of no cluster, policies.
#[derive(Clone)]
pub(crate) struct Stage {
    env: Env,
    instances: Arc<MemoryStore>,
    /// Whether the cluster is behind a load balancer.
    behind: bool,
    known: Arc<Mutex<Known>>,
}

/// What has been made.
#[derive(Clone, Default)]
struct Known {
    members: Vec<Node>,
    orphans: Vec<NodeId>,
}

const PROFILE: ProfileId = ProfileId::new(Uuid::from_u128(0xA1));
const OTHER: ProfileId = ProfileId::new(Uuid::from_u128(0xA2));
const CLUSTER: ClusterId = ClusterId::new(Uuid::from_u128(0xC1));
/// The id of a cluster that is asked for: the client's request is one, however often it is sent.
const NEW: ClusterId = ClusterId::new(Uuid::from_u128(0xC2));
const DELETION: PolicyId = PolicyId::new(Uuid::from_u128(0xD1));
const BATCH: PolicyId = PolicyId::new(Uuid::from_u128(0xD2));
const SCALING: PolicyId = PolicyId::new(Uuid::from_u128(0xD3));
const BALANCE: PolicyId = PolicyId::new(Uuid::from_u128(0xD4));

/// Makes the world that an action of this kind is rehearsed in, and says what to ask for.
pub(crate) fn set_up(world: &mut World, stage: &Stage, kind: ActionKind) -> Request {
    let steps: [(&str, bool); 5] = [
        ("templates", true),
        ("cluster", kind != ActionKind::ClusterCreate),
        (
            "orphans",
            matches!(
                kind,
                ActionKind::ClusterAddNodes | ActionKind::ClusterReplaceNodes | ActionKind::NodeJoin
            ),
        ),
        ("policies", wants_policies(kind) && !stage.behind),
        ("balancer", stage.behind && kind != ActionKind::ClusterAttachPolicy),
    ];
    for (step, wanted) in steps {
        if wanted {
            world.client(stage.clone().prepare(step, kind));
            world.settle();
        }
    }
    world.client(stage.clone().look(kind));
    world.settle();
    stage.request(kind)
}

const fn wants_policies(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::ClusterDetachPolicy
            | ActionKind::ClusterUpdatePolicy
            | ActionKind::ClusterScaleIn
            | ActionKind::ClusterScaleOut
            | ActionKind::ClusterUpdate
    )
}

impl Stage {
    pub(crate) fn new(env: Env, instances: Arc<MemoryStore>, behind: bool) -> Self {
        Self { env, instances, behind, known: Arc::default() }
    }

    fn known(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is asked for an action of this kind to come about. Joining and leaving is derived from others.
    fn request(&self, kind: ActionKind) -> Request {
        let known = self.known();
        let member = known.members.first().map_or(NodeId::new(Uuid::nil()), |node| node.id);
        let orphan = known.orphans.first().copied();
        let on_cluster = |inputs| Request::OnCluster(kind, inputs);
        match kind {
            ActionKind::ClusterCreate => Request::Cluster,
            ActionKind::ClusterUpdate => on_cluster(json!({ "new_profile_id": OTHER })),
            ActionKind::ClusterAddNodes => on_cluster(json!({ "nodes": known.orphans })),
            ActionKind::NodeJoin => {
                Request::OnCluster(ActionKind::ClusterAddNodes, json!({ "nodes": known.orphans }))
            }
            ActionKind::ClusterDelNodes => {
                on_cluster(json!({ "candidates": [member], "destroy_after_deletion": true }))
            }
            ActionKind::NodeLeave => {
                Request::OnCluster(ActionKind::ClusterDelNodes, json!({ "candidates": [member] }))
            }
            ActionKind::ClusterReplaceNodes => {
                on_cluster(json!({ "candidates": { member.to_string(): orphan } }))
            }
            ActionKind::ClusterResize => {
                on_cluster(json!({ "adjustment_type": "EXACT_CAPACITY", "number": 5, "strict": true }))
            }
            ActionKind::ClusterScaleIn => on_cluster(json!({ "count": 2 })),
            ActionKind::ClusterRecover => on_cluster(json!({ "operation": "RECREATE", "check": true })),
            ActionKind::ClusterAttachPolicy | ActionKind::ClusterDetachPolicy if self.behind => {
                on_cluster(json!({ "policy_id": BALANCE, "enabled": true }))
            }
            ActionKind::ClusterAttachPolicy => on_cluster(json!({ "policy_id": SCALING, "enabled": true })),
            ActionKind::ClusterDetachPolicy => on_cluster(json!({ "policy_id": DELETION })),
            ActionKind::ClusterUpdatePolicy => on_cluster(json!({ "policy_id": DELETION, "enabled": false })),
            ActionKind::ClusterOperation => {
                on_cluster(json!({ "operation": "reboot", "params": { "type": "SOFT" }, "nodes": [member] }))
            }
            ActionKind::NodeCreate => Request::Member,
            ActionKind::NodeUpdate => {
                Request::OnNode(member, kind, json!({ "new_profile_id": OTHER, "role": "chief" }))
            }
            ActionKind::NodeRecover => Request::OnNode(member, kind, json!({ "operation": "RECREATE" })),
            ActionKind::NodeOperation => {
                Request::OnNode(member, kind, json!({ "operation": "reboot", "params": { "type": "SOFT" } }))
            }
            ActionKind::NodeDelete | ActionKind::NodeCheck => Request::OnNode(member, kind, json!({})),
            _ => on_cluster(json!({})),
        }
    }

    /// Asks. When nobody answers, looks whether it was heard, and asks again if not.
    pub(crate) async fn ask(self, request: Request) {
        let known = self.recorded().await;
        for _ in 0..3 {
            let Err(Refusal::Store(_)) = self.ask_once(&request).await else { return };
            if self.recorded().await > known {
                return;
            }
        }
    }

    /// How many actions were asked for so far.
    async fn recorded(&self) -> usize {
        let asked_for = |action: &Action| action.parent.is_none();
        let scope = Scope::Project(PROJECT);
        let actions = self.env.store.list(scope, &ListRequest::default(), &asked_for).await;
        actions.expect("the store answers").len()
    }

    async fn ask_once(&self, request: &Request) -> Result<ActionId, Refusal> {
        let requester = Requester { user: USER, project: PROJECT };
        let asked = |kind, inputs: &Value| Asked::new(kind, inputs.as_object().cloned().unwrap_or_default());
        match request {
            Request::Cluster => accept::cluster_create(&self.env, &self.cluster(NEW, 2)).await,
            Request::OnCluster(kind, inputs) => {
                let cluster = self.env.store.get::<Cluster>(CLUSTER).await?;
                let Some(cluster) = cluster else { return Ok(ActionId::new(Uuid::nil())) };
                accept::cluster_action(&self.env, &cluster, asked(*kind, inputs), requester).await
            }
            Request::Member => {
                let cluster = self.env.store.get::<Cluster>(CLUSTER).await?;
                self.node(cluster.as_ref()).await
            }
            Request::OnNode(node, kind, inputs) => {
                let node = self.env.store.get::<Node>(*node).await?;
                let Some(node) = node else { return Ok(ActionId::new(Uuid::nil())) };
                accept::node_action(&self.env, &node, asked(*kind, inputs), requester).await
            }
        }
    }

    fn cluster(&self, id: ClusterId, desired_capacity: i64) -> Cluster {
        let sizes = Sizes { min_size: 0, max_size: -1, desired_capacity };
        cluster(&self.env, PROJECT, (id, "cluster".to_owned()), PROFILE, sizes)
    }

    async fn node(&self, cluster: Option<&Cluster>) -> Result<ActionId, Refusal> {
        let new = NewNode {
            name: "node".to_owned(),
            role: String::new(),
            metadata: JsonMap::new(),
            profile_id: PROFILE,
            profile_type: PROFILE_TYPE.to_owned(),
            domain: None,
        };
        let requester = Requester { user: USER, project: PROJECT };
        let (node, action) = accept::node_create(&self.env, new, cluster, requester).await?;
        if cluster.is_none() {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).orphans.push(node.id);
        }
        Ok(action)
    }

    async fn prepare(self, step: &'static str, kind: ActionKind) {
        let store = &self.env.store;
        match step {
            "templates" => {
                for (id, flavor) in [(PROFILE, "1"), (OTHER, "2")] {
                    let profile = profile(&self.env, PROJECT, (id, format!("flavor {flavor}")), flavor);
                    store.template_create(&profile).await.expect("a profile");
                }
                for (id, type_name, properties) in policies() {
                    let name = type_name.rsplit_once('-').map_or(type_name, |(name, _)| name).to_owned();
                    let policy = policy(&self.env, PROJECT, (id, name), type_name, &properties);
                    store.template_create(&policy).await.expect("a policy");
                }
            }
            "cluster" => {
                let _ = accept::cluster_create(&self.env, &self.cluster(CLUSTER, 3)).await;
            }
            "orphans" => {
                for _ in 0..2 {
                    self.node(None).await.expect("a node");
                }
            }
            _ => {
                let policy = match kind {
                    _ if step == "balancer" => BALANCE,
                    ActionKind::ClusterUpdate => BATCH,
                    ActionKind::ClusterScaleOut => SCALING,
                    _ => DELETION,
                };
                let attach =
                    Request::OnCluster(ActionKind::ClusterAttachPolicy, json!({ "policy_id": policy }));
                self.ask_once(&attach).await.expect("the policy is attached");
            }
        }
    }

    /// Looks who is a member, and breaks the instance of one where there is to be something to recover.
    async fn look(self, kind: ActionKind) {
        let view = self.env.store.cluster_view(CLUSTER).await.expect("the store answers");
        let ids: Vec<NodeId> =
            view.iter().flat_map(|view| view.members.iter().map(|member| member.node)).collect();
        let members: Vec<Node> = self.env.store.get_many(&ids).await.expect("the store answers");
        if kind == ActionKind::ClusterRecover
            && let Some(instance) = members.first().and_then(|node| node.physical_id.as_deref())
        {
            let was = self.instances.get(instance).await.expect("memory answers").expect("it is there");
            let error = Some("broken".to_owned());
            let now = Record { version: was.version + 1, error, ..was.clone() };
            assert!(self.instances.replace(&was, &now).await.expect("memory answers"));
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).members = members;
    }
}

fn policies() -> [(PolicyId, &'static str, Value); 4] {
    let hooks = json!({ "type": "zaqar", "params": { "queue": "going" }, "timeout": 20 });
    [
        (DELETION, "senlin.policy.deletion-1.1", json!({ "hooks": hooks, "grace_period": 10 })),
        (BATCH, "senlin.policy.batch-1.0", json!({ "max_batch_size": 2, "pause_time": 30 })),
        (
            SCALING,
            "senlin.policy.scaling-1.0",
            json!({ "event": "CLUSTER_SCALE_OUT", "adjustment": { "number": 2 } }),
        ),
        (BALANCE, "senlin.policy.loadbalance-1.3", behind_a_balancer()),
    ]
}
