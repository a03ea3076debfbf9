//! Records with defaults, and a store to put them in.

use aws_sdk_dynamodb::Client;
use coppice_domain::action::{Action, ActionKind, ActionStatus, Cause};
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::ids::{ActionId, ClusterId, ProfileId};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_emulators::dynamodb::DynamoDb;
use coppice_emulators::http_client::{Answer, Call, Service};
use coppice_emulators::sqs::Sqs;
use coppice_local::clients::in_process;
use coppice_local::services::TABLE;
use coppice_store::{Acceptance, AcceptedAction, Store, StoreError};
use futures::future::BoxFuture;
use std::time::Duration;
use uuid::Uuid;

/// The project that owns a record unless it says otherwise.
pub(crate) const PROJECT: &str = "blue";
/// More clusters than any test makes.
pub(crate) const NO_QUOTA: i64 = 1_000_000;

/// A database that lets others go first at every call, so that what runs at the same time takes turns.
struct Turns(DynamoDb);

impl Service for Turns {
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer> {
        let database = self.0.clone();
        Box::pin(async move {
            tokio::task::yield_now().await;
            database.execute(&call)
        })
    }
}

/// An empty store.
pub(crate) async fn store() -> Store {
    store_with().await.0
}

/// An empty store, and what reaches its table past it.
pub(crate) async fn store_with() -> (Store, Client) {
    let database = Turns(DynamoDb::in_memory().unwrap());
    let aws = in_process(database, Sqs::new("http://127.0.0.1:1".to_owned()));
    let store = Store::new(aws.dynamodb.clone(), TABLE);
    store.ensure_table().await.unwrap();
    (store, aws.dynamodb)
}

/// So many seconds into the test.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
}

/// A profile with this number for an id.
pub(crate) fn profile(id: u128, name: &str) -> Profile {
    Profile {
        id: ProfileId::new(Uuid::from_u128(id)),
        name: name.to_owned(),
        type_name: "os.nova.server-1.0".to_owned(),
        user: "user".to_owned(),
        project: PROJECT.to_owned(),
        domain: None,
        spec: JsonMap::new(),
        metadata: Some(JsonMap::new()),
        created_at: at(0),
        updated_at: None,
    }
}

/// A cluster with this number for an id.
pub(crate) fn cluster(id: u128, name: &str, profile: &Profile) -> Cluster {
    Cluster {
        id: ClusterId::new(Uuid::from_u128(id)),
        name: name.to_owned(),
        profile_id: profile.id,
        profile_type: profile.type_name.clone(),
        profile_refs: vec![profile.id],
        user: "user".to_owned(),
        project: profile.project.clone(),
        domain: None,
        sizes: Sizes { min_size: 0, max_size: -1, desired_capacity: 0 },
        next_index: 1,
        timeout: 3600,
        status: ClusterStatus::Init,
        status_reason: "Initializing".to_owned(),
        init_at: at(0),
        created_at: None,
        updated_at: None,
        active_action: None,
        active_kind: None,
        metadata: JsonMap::new(),
        config: JsonMap::new(),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    }
}

/// An action on a cluster, with this number for an id.
pub(crate) fn action(id: u128, kind: ActionKind, cluster: &Cluster) -> Action {
    Action {
        id: ActionId::new(Uuid::from_u128(id)),
        name: Action::conventional_name(kind, cluster.id.uuid()),
        kind,
        target: cluster.id.uuid(),
        cluster_id: Some(cluster.id),
        cause: Cause::Request,
        parent: None,
        user: cluster.user.clone(),
        project: cluster.project.clone(),
        timeout: 3600,
        status: ActionStatus::Ready,
        status_reason: String::new(),
        inputs: JsonMap::new(),
        outputs: JsonMap::new(),
        data: JsonMap::new(),
        created_at: at(0),
        updated_at: None,
        start_time: None,
        end_time: None,
    }
}

/// Accepts a cluster, held by an action whose id is the cluster's plus one.
pub(crate) async fn accept(store: &Store, cluster: &Cluster, quota: i64) -> Result<Acceptance, StoreError> {
    accept_at(store, cluster, quota, at(1)).await
}

/// The same at another time.
pub(crate) async fn accept_at(
    store: &Store,
    cluster: &Cluster,
    quota: i64,
    now: Timestamp,
) -> Result<Acceptance, StoreError> {
    let action = action(cluster.id.uuid().as_u128() + 1, ActionKind::ClusterCreate, cluster);
    let held = Cluster { active_action: Some(action.id), active_kind: Some(action.kind), ..cluster.clone() };
    let accepted = AcceptedAction { action: &action, due_at: at(30), work: None };
    store.accept_cluster(&held, accepted, quota, now).await
}
