//! Reading: a cluster of a hundred nodes in two requests and four units; a page costs the page, however
//! many there are.

use super::{cost, show};
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use coppice_store::Usage;

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
