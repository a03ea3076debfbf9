//! Reading: a cluster of a hundred nodes in two requests and four units; a page costs the page, however
//! many there are.

use super::{cost, show};
use crate::check;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::ClusterId;
use coppice_e2e::{ALICE, Model, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use coppice_store::Usage;
use std::time::Duration;
use uuid::Uuid;

#[tokio::test]
async fn showing_a_cluster_of_a_hundred_nodes_stays_within_its_budget() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 100).await;
    let (answer, usage) = cost(&app, app.get(&format!("/v1/clusters/{id}")).by(ALICE).send()).await;
    assert_eq!(answer.json()["cluster"]["nodes"].as_array().unwrap().len(), 100);
    show("show a cluster of 100 nodes by id", usage);
    assert!(usage.requests <= 2 && usage.read_units <= 4.0, "{usage:?}");
}

#[tokio::test]
async fn a_page_costs_the_page_however_many_clusters_there_are() {
    let settings = Settings { max_clusters_per_project: 1_000, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let mut few: Vec<Usage> = Vec::new();
    for target in [40, 300] {
        let made = app.show(ALICE, "/v1/clusters", "clusters").await.as_array().unwrap().len();
        for number in made..target {
            app.cluster(ALICE, &format!("c{:03}", number * 7 % 1000), &profile, 0).await;
        }
        let mut costs = Vec::new();
        for sort in ["", "&sort=init_at:desc", "&sort=name", "&sort=name:desc"] {
            let page = app.get(&format!("/v1/clusters?limit=20{sort}")).by(ALICE);
            let (answer, usage) = cost(&app, page.send()).await;
            assert_eq!(answer.json()["clusters"].as_array().unwrap().len(), 20);
            show(&format!("a page of 20 of {target}{sort}"), usage);
            costs.push(usage);
        }
        if few.is_empty() {
            few = costs;
            continue;
        }
        for (few, many) in few.iter().zip(&costs) {
            assert!(many.read_units <= few.read_units * 1.1, "{few:?} {many:?}");
            assert!(many.requests <= few.requests + 1, "{few:?} {many:?}");
        }
    }
}

/// Clusters there are, at the most that an order without an index takes.
const MANY: u64 = 10_000;

#[tokio::test]
async fn a_page_of_twenty_out_of_ten_thousand_clusters_costs_the_page_and_other_orders_are_refused() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c00000", &profile, 0).await;
    let first = app.store().get::<Cluster>(id.parse().unwrap()).await.unwrap().unwrap();
    let numbered = |number: u64| Cluster {
        id: ClusterId::new(Uuid::from_u128(0x10_0000 + u128::from(number))),
        name: format!("c{number:05}"),
        init_at: first.init_at.plus(Duration::from_secs(number)),
        ..first.clone()
    };
    let client = &app.system.services.aws.dynamodb;
    let model = Model::of(client, &first).await;
    model.copy(client, (1..MANY).map(numbered)).await;
    for (sort, names) in [
        ("", ["c00000", "c00019"]),
        ("&sort=init_at:desc", ["c09999", "c09980"]),
        ("&sort=name", ["c00000", "c00019"]),
        ("&sort=name:desc", ["c09999", "c09980"]),
    ] {
        let page = app.get(&format!("/v1/clusters?limit=20{sort}")).by(ALICE);
        let (answer, usage) = cost(&app, page.send()).await;
        let shown = &answer.json()["clusters"];
        assert_eq!(shown.as_array().unwrap().len(), 20, "{sort}");
        assert_eq!([&shown[0]["name"], &shown[19]["name"]], names, "{sort}");
        show(&format!("a page of 20 of {MANY}{sort}"), usage);
        // As of 41 clusters, which the table of costs shows.
        assert!(usage.requests <= 23 && usage.read_units <= 65.0, "{sort}: {usage:?}");
    }
    // Other orders are made of all of them, up to as many.
    model.copy(client, [numbered(MANY)].into_iter()).await;
    let answer = app.get("/v1/clusters?limit=20&sort=status").by(ALICE).send().await;
    let text = "Request limit exceeded: this order is made from at most 10000 resources, and there are more. \
                Leave 'sort' out, or sort by one key that is the name or the default.";
    check::fault(&answer, 400, "RequestLimitExceeded", text);
}
