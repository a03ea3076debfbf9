//! The stores of the simulated backend and of its load balancing service on the embedded DynamoDB, under the
//! suites of their contracts.

use coppice_compute::balancer::contract as balancing;
use coppice_compute::contract::suite;
use coppice_compute::simulated::balancer::{BalancerConfig, PartStore};
use coppice_compute::simulated::{DynamoStore, InstanceStore, SimulatedConfig, TABLE};
use coppice_compute::testing::{SimulatedBalancerHarness, SimulatedHarness, part_store_suite, store_suite};
use coppice_emulators::dynamodb::DynamoDb;
use coppice_emulators::sqs::Sqs;
use coppice_local::clients::in_process;
use coppice_store::{TableDefinition, create_table};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The embedded database with as many empty tables as are wanted.
async fn tables(count: u32) -> aws_sdk_dynamodb::Client {
    let aws = in_process(DynamoDb::in_memory().unwrap(), Sqs::new("http://127.0.0.1:1".to_owned()));
    let definition = TableDefinition::parse(TABLE).unwrap();
    for number in 0..count {
        create_table(&aws.dynamodb, &format!("table-{number}"), &definition).await.unwrap();
    }
    aws.dynamodb
}

#[tokio::test]
async fn the_store_keeps_its_promises() {
    let client = tables(1).await;
    store_suite(&DynamoStore::new(client, "table-0")).await;
}

#[tokio::test]
async fn instances_and_parts_of_load_balancers_share_a_table_and_do_not_meet() {
    let store = DynamoStore::new(tables(1).await, "table-0");
    part_store_suite(&store).await;
    store_suite(&store).await;
}

#[tokio::test]
async fn the_backend_keeps_its_contract_in_every_mood() {
    // More backends than the suite asks for.
    const TABLES: u32 = 100;
    let delayed = SimulatedConfig {
        build_seconds: 3.0,
        delete_seconds: 2.0,
        staleness_seconds: 1.5,
        ..SimulatedConfig::default()
    };
    for config in [
        SimulatedConfig::default(),
        SimulatedConfig { tokens: false, ..SimulatedConfig::default() },
        delayed.clone(),
        // The hardest: a repeated creation makes a second instance, and what the first made is not seen yet.
        SimulatedConfig { tokens: false, ..delayed },
    ] {
        let client = tables(TABLES).await;
        let next = AtomicU32::new(0);
        let store = move || -> Arc<dyn InstanceStore> {
            let table = next.fetch_add(1, Ordering::SeqCst);
            Arc::new(DynamoStore::new(client.clone(), format!("table-{table}")))
        };
        suite(&SimulatedHarness::new(config, store)).await;
    }
}

#[tokio::test]
async fn the_load_balancing_service_keeps_its_contract_in_every_mood() {
    // More services than the suite asks for.
    const TABLES: u32 = 150;
    let delayed = BalancerConfig {
        provision_seconds: 3.0,
        change_seconds: 1.0,
        delete_seconds: 2.0,
        ..BalancerConfig::default()
    };
    for config in [BalancerConfig::default(), BalancerConfig { staleness_seconds: 1.5, ..delayed }] {
        let client = tables(TABLES).await;
        let next = AtomicU32::new(0);
        let store = move || -> Arc<dyn PartStore> {
            let table = next.fetch_add(1, Ordering::SeqCst);
            Arc::new(DynamoStore::new(client.clone(), format!("table-{table}")))
        };
        balancing::suite(&SimulatedBalancerHarness::new(config, store)).await;
    }
}
