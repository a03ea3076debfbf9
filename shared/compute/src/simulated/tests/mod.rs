//! The simulated backend under the contract, and what is particular to it.

mod chance;
mod limits;
mod metadata;

use super::*;
use crate::contract::suite;
use crate::testing::{Call, Faulty, Injected, ManualClock, SimulatedHarness, request, sweep};
use crate::{
    Compute, ComputeError, Consequence, CreateRequest, Deletion, Filter, InstanceState, ensure_created,
    list_all,
};
use coppice_domain::cluster::JsonMap;
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn config() -> SimulatedConfig {
    SimulatedConfig::default()
}

fn nova_like() -> SimulatedConfig {
    let limited = Limited { max: 0, when_full: WhenFull::AcceptThenError };
    SimulatedConfig {
        tokens: false,
        build_seconds: 5.0,
        delete_seconds: 4.0,
        staleness_seconds: 3.0,
        capacity: Some(limited),
        quota: Some(limited),
        ..config()
    }
}

/// A backend on a store, at a clock.
struct World {
    store: MemoryStore,
    clock: ManualClock,
}

impl World {
    fn new() -> Self {
        Self { store: MemoryStore::default(), clock: ManualClock::default() }
    }

    /// A process that uses it.
    fn process(&self, config: SimulatedConfig) -> Simulated {
        Simulated::new(config, Arc::new(self.store.clone()), Arc::new(self.clock.clone())).unwrap()
    }
}

fn with(metadata: Value) -> CreateRequest {
    let metadata: JsonMap = serde_json::from_value(metadata).unwrap();
    CreateRequest { metadata, ..request(1, 0) }
}

async fn run(config: SimulatedConfig) {
    suite(&SimulatedHarness::new(config, || Arc::new(MemoryStore::default()))).await;
}

#[tokio::test]
async fn the_contract_holds_with_tokens_and_fresh_reads() {
    run(SimulatedConfig { build_seconds: 5.0, delete_seconds: 4.0, ..config() }).await;
}

#[tokio::test]
async fn the_contract_holds_without_tokens_and_with_stale_reads() {
    run(nova_like()).await;
}

#[tokio::test]
async fn the_contract_holds_with_tokens_and_stale_reads() {
    run(SimulatedConfig { tokens: true, ..nova_like() }).await;
}

#[tokio::test]
async fn the_contract_holds_without_any_delay() {
    run(config()).await;
    run(SimulatedConfig { tokens: false, ..config() }).await;
}

#[tokio::test]
async fn without_delays_an_instance_is_active_when_accepted_and_gone_when_deleted() {
    let backend = World::new().process(config());
    let instance = backend.create(&request(1, 0)).await.unwrap();
    assert_eq!(instance.state, InstanceState::Active);
    assert_eq!(backend.delete(&instance.id).await, Ok(Deletion::Gone));
    assert_eq!(backend.get(&instance.id).await, Ok(None));
}

#[tokio::test]
async fn stale_reads_show_what_was() {
    let world = World::new();
    let backend = world.process(SimulatedConfig { staleness_seconds: 3.0, ..config() });
    let shown = async |id: &str| {
        let listed = list_all(&backend, Filter::Node(request(1, 0).tags.node)).await.unwrap();
        let read = backend.get(id).await.unwrap();
        assert_eq!(listed.first(), read.as_ref(), "lists and reads are equally old");
        read.map(|instance| instance.state)
    };
    let id = backend.create(&request(1, 0)).await.unwrap().id;
    world.clock.advance(Duration::from_millis(2999));
    assert_eq!(shown(&id).await, None, "not shown yet");
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(shown(&id).await, Some(InstanceState::Active));
    assert_eq!(backend.delete(&id).await, Ok(Deletion::Gone));
    world.clock.advance(Duration::from_millis(2999));
    assert_eq!(shown(&id).await, Some(InstanceState::Active), "still shown");
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(shown(&id).await, None);
}

#[tokio::test]
async fn an_instance_may_set_its_own_delays() {
    let world = World::new();
    let backend = world.process(SimulatedConfig { build_seconds: 100.0, ..config() });
    let request = with(json!({"simulated.build_seconds": "2", "simulated.delete_seconds": 3}));
    let id = backend.create(&request).await.unwrap().id;
    let state = async || backend.get(&id).await.unwrap().map(|instance| instance.state);
    assert_eq!(state().await, Some(InstanceState::Building));
    world.clock.advance(2 * SECOND);
    assert_eq!(state().await, Some(InstanceState::Active));
    assert_eq!(backend.delete(&id).await, Ok(Deletion::Underway));
    assert_eq!(state().await, Some(InstanceState::Deleting));
    world.clock.advance(2 * SECOND);
    assert_eq!(backend.delete(&id).await, Ok(Deletion::Underway));
    world.clock.advance(SECOND);
    assert_eq!(state().await, None);
    assert_eq!(backend.delete(&id).await, Ok(Deletion::Gone));
}

#[tokio::test]
async fn an_instance_may_be_told_to_fail() {
    let backend = World::new().process(config());
    let fail = async |how| backend.create(&with(json!({"simulated.fail": how}))).await;
    assert!(matches!(fail("capacity").await, Err(ComputeError::Capacity(_))));
    assert!(matches!(fail("quota").await, Err(ComputeError::Quota(_))));
    assert!(matches!(fail("invalid").await, Err(ComputeError::Invalid(_))));
    assert!(matches!(fail("nonsense").await, Err(ComputeError::Invalid(_))));
    let failed = fail("error").await.unwrap();
    let message = "No valid host was found. There are not enough hosts available.".to_owned();
    assert_eq!(failed.state, InstanceState::Error { message });
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_by_ensuring_it() {
    for tokens in [true, false] {
        let backend = World::new().process(SimulatedConfig { tokens, ..config() });
        let request = with(json!({"simulated.fail": "timeout"}));
        let lost = backend.create(&request).await.unwrap_err();
        assert_eq!(lost.consequence(), Consequence::LookUpThenRetry);
        let found = ensure_created(&backend, &request).await.unwrap();
        let all = list_all(&backend, Filter::Action(request.tags.action)).await.unwrap();
        assert_eq!(all, [found]);
    }
}

#[tokio::test]
async fn a_process_sees_what_another_made_before_it_started() {
    let world = World::new();
    let made = world.process(config()).create(&request(1, 0)).await.unwrap();
    let restarted = world.process(config());
    assert_eq!(restarted.get(&made.id).await, Ok(Some(made.clone())));
    assert_eq!(restarted.create(&request(1, 0)).await, Ok(made), "a token outlives the process");
}
