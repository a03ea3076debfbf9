//! A page costs the page, however long the list is (spec api-common §13).

use crate::records::{NO_QUOTA, PROJECT, accept, at, cluster, profile, store_with};
use coppice_domain::cluster::Cluster;
use coppice_e2e::Model;
use coppice_store::{Acceptance, ListError, ListRequest, Scope, Sort, Store, Usage};

/// Clusters there are, at the most that an order without an index takes.
const MANY: u64 = 10_000;

/// The cluster of this number: names are in another order than ages.
fn numbered(number: u64) -> Cluster {
    let template = profile(1, "p");
    let name = format!("c{:05}", number * 7919 % MANY);
    Cluster { init_at: at(number), ..cluster(0x10_0000 + u128::from(number), &name, &template) }
}

/// A page of twenty in this order, after the cluster of this number: the names on it, and what it cost.
async fn page(store: &Store, order: &str, after: Option<u64>) -> Result<(Vec<String>, Usage), ListError> {
    let sort = match order.strip_suffix(":desc") {
        Some(key) => vec![Sort { key: key.to_owned(), descending: true }],
        None if order.is_empty() => Vec::new(),
        None => vec![Sort { key: order.to_owned(), descending: false }],
    };
    let marker = after.map(|number| numbered(number).id.uuid());
    let request = ListRequest { sort, limit: Some(20), marker };
    let before = store.meter().usage();
    let listed = store.list::<Cluster>(Scope::Project(PROJECT), &request, &|_| true).await?;
    Ok((listed.into_iter().map(|cluster| cluster.name).collect(), store.meter().usage() - before))
}

#[tokio::test]
async fn a_page_of_twenty_out_of_ten_thousand_clusters_costs_the_page() {
    let (store, client) = store_with().await;
    store.template_create(&profile(1, "p")).await.unwrap();
    assert_eq!(accept(&store, &numbered(0), NO_QUOTA).await, Ok(Acceptance::Accepted));
    let model = Model::of(&client, &numbered(0)).await;
    model.copy(&client, (1..MANY).map(numbered)).await;

    let of_age = |numbers: [u64; 2]| numbers.map(|number| numbered(number).name);
    let of_name = |numbers: [u64; 2]| numbers.map(|number| format!("c{number:05}"));
    let named = (0..MANY).find(|number| numbered(*number).name == "c05000");
    for (order, after, ends) in [
        ("", None, of_age([0, 19])),
        ("", Some(5000), of_age([5001, 5020])),
        ("init_at:desc", None, of_age([9999, 9980])),
        ("init_at:desc", Some(5000), of_age([4999, 4980])),
        ("name", None, of_name([0, 19])),
        ("name", named, of_name([5001, 5020])),
        ("name:desc", None, of_name([9999, 9980])),
        ("name:desc", named, of_name([4999, 4980])),
    ] {
        let (names, usage) = page(&store, order, after).await.unwrap();
        assert_eq!((names.len(), [&names[0], &names[19]]), (20, [&ends[0], &ends[1]]), "{order} {after:?}");
        // Two items a cluster, strongly consistent: the page, its marker twice, and one more.
        assert!(usage.read_units <= 48.0 && usage.requests <= 3, "{order} {after:?}: {usage:?}");
    }

    // Other orders are made of the project's clusters, all of them.
    let (names, usage) = page(&store, "status:desc", None).await.unwrap();
    assert_eq!((names.len(), &names[0]), (20, &numbered(0).name));
    assert!((20_000.0..20_500.0).contains(&usage.read_units) && usage.requests <= 210, "{usage:?}");
    model.copy(&client, [numbered(MANY)].into_iter()).await;
    assert_eq!(page(&store, "status", None).await.unwrap_err(), ListError::TooMany { limit: 10_000 });
    page(&store, "name", None).await.unwrap();
}
