//! The simulated service under the contract, and what is particular to it.

use super::super::{MemoryStore, Simulated, SimulatedConfig};
use super::*;
use crate::balancer::contract::suite;
use crate::balancer::{Balancer, BalancerError, Blueprint, Origin, PartRequest, PartState};
use crate::testing::{ManualClock, SimulatedBalancerHarness, balancing_properties};
use coppice_domain::ids::{ClusterId, PolicyId};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

async fn run(config: BalancerConfig) {
    suite(&SimulatedBalancerHarness::new(config, || Arc::new(MemoryStore::default()))).await;
}

#[tokio::test]
async fn the_contract_holds_without_any_delay() {
    run(BalancerConfig::default()).await;
}

#[tokio::test]
async fn the_contract_holds_with_delays_and_fresh_lists() {
    let config = BalancerConfig {
        provision_seconds: 5.0,
        change_seconds: 2.0,
        delete_seconds: 3.0,
        ..BalancerConfig::default()
    };
    run(config).await;
}

#[tokio::test]
async fn the_contract_holds_with_delays_and_stale_lists() {
    let config = BalancerConfig {
        provision_seconds: 2.5,
        change_seconds: 1.0,
        delete_seconds: 4.0,
        staleness_seconds: 3.0,
        ..BalancerConfig::default()
    };
    run(config).await;
}

#[tokio::test]
async fn the_contract_holds_without_delays_and_with_stale_lists() {
    run(BalancerConfig { staleness_seconds: 3.0, ..BalancerConfig::default() }).await;
}

fn service(config: BalancerConfig, store: &MemoryStore, clock: &ManualClock) -> SimulatedBalancer {
    let instances = Arc::new(store.clone());
    let compute = Simulated::new(SimulatedConfig::default(), instances, Arc::new(clock.clone())).unwrap();
    let parts = Arc::new(store.clone());
    SimulatedBalancer::new(config, parts, Arc::new(compute), Arc::new(clock.clone())).unwrap()
}

fn request(number: u128, zone: Option<&str>) -> PartRequest {
    let id = Uuid::from_u128(number);
    PartRequest {
        name: "n".to_owned(),
        origin: Origin {
            deployment: "here".to_owned(),
            cluster: ClusterId::new(id),
            policy: PolicyId::new(id),
            project: "p".to_owned(),
        },
        what: Blueprint::Balancer {
            vip: balancing_properties()["vip"].as_object().cloned().unwrap(),
            zone: zone.map(str::to_owned),
            flavor: None,
        },
    }
}

#[tokio::test]
async fn a_process_sees_what_another_made_before_it_started() {
    let (store, clock) = (MemoryStore::default(), ManualClock::default());
    let made = service(BalancerConfig::default(), &store, &clock).create(&request(1, None)).await.unwrap();
    let restarted = service(BalancerConfig::default(), &store, &clock);
    assert_eq!(restarted.get(&made.reference()).await, Ok(Some(made)));
}

#[tokio::test]
async fn a_zone_may_tell_how_a_creation_fails() {
    let (store, clock) = (MemoryStore::default(), ManualClock::default());
    let service = service(BalancerConfig::default(), &store, &clock);
    let create = async |zone| service.create(&request(1, Some(zone))).await;
    assert!(matches!(create("simulated.quota").await, Err(BalancerError::Quota(_))));
    assert!(matches!(create("simulated.nonsense").await, Err(BalancerError::Invalid(_))));
    assert!(matches!(create("simulated.timeout").await, Err(BalancerError::Transient(_))));
    let failed = create("simulated.error").await.unwrap();
    assert!(matches!(failed.state, PartState::Error { .. }));
    assert_eq!(create("nova").await.unwrap().state, PartState::Active);
}

#[tokio::test]
async fn failures_come_at_their_rate_and_again_in_a_replay() {
    let failed = async |seed| {
        let (store, clock) = (MemoryStore::default(), ManualClock::default());
        let config = BalancerConfig { seed, fail_rate: 0.2, ..BalancerConfig::default() };
        let service = service(config, &store, &clock);
        let mut failed = Vec::new();
        for number in 0..300 {
            let made = service.create(&request(number, None)).await.unwrap();
            if made.state != PartState::Active {
                failed.push(number);
            }
        }
        failed
    };
    let (run, replay, other) = (failed(1).await, failed(1).await, failed(2).await);
    assert_eq!(run, replay);
    assert_ne!(run, other);
    assert!((35..85).contains(&run.len()), "{} of 300", run.len());
}

#[tokio::test]
async fn a_balancer_takes_along_more_than_goes_at_once() {
    let (store, clock) = (MemoryStore::default(), ManualClock::default());
    let service = service(BalancerConfig::default(), &store, &clock);
    let top = service.create(&request(1, None)).await.unwrap();
    let mut pool = request(1, None);
    for _ in 0..250 {
        pool.what = Blueprint::Pool { balancer: top.id.clone(), pool: serde_json::Map::new() };
        service.create(&pool).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    let mut calls = 1;
    while service.delete(&top.reference()).await != Ok(crate::Deletion::Gone) {
        calls += 1;
        assert_eq!(service.get(&top.reference()).await, Ok(None), "nobody sees it meanwhile");
    }
    assert_eq!(calls, 3);
}
