//! So many members are sick that none is recovered.

use super::*;

const STOPPED: &str = "Sick members are not recovered: 60 of 100 members are sick, which is more than the 40 % up to \
                       which members are recovered.";

#[tokio::test]
async fn most_of_a_cluster_dies_and_nobody_makes_it_worse() {
    let ward = Ward::looked_at(100, "1.3").await;
    ward.kill(60).await;
    for _ in 0..5 {
        assert_eq!(ward.round().await, 0);
        ward.app.drain().await;
    }
    assert_eq!(ward.recoveries().await, Vec::<Value>::new());
    assert_eq!(ward.told().await, [STOPPED]);
    assert_eq!(ward.cluster().await["status_reason"], STOPPED);
    let events = ward.list("/v1/events?action=NODE_RECOVER", "events").await;
    assert_eq!((&events[0]["level"], events.len()), (&json!("WARN"), 1));
    // Somebody sees to half of them; the others are recovered.
    let recover = json!({ "recover": { "operation": "RECREATE", "check": true } });
    for member in ward.members().await.iter().take(30) {
        let target = format!("/v1/nodes/{}/actions", member["id"].as_str().unwrap());
        ward.app.post(&target).by(ALICE).at("1.14").json(&recover).send().await.expect(202);
        ward.app.drain().await;
    }
    assert_eq!(ward.round().await, 30);
    ward.app.drain().await;
    ward.assert_well().await;
    let again = "Sick members are recovered again.";
    assert_eq!(ward.told().await, [STOPPED, again]);
    assert_eq!(ward.cluster().await["status_reason"], again);
    ward.round().await;
    assert_eq!(ward.told().await.len(), 2);
}

#[tokio::test]
async fn policies_that_others_know_have_no_breaker() {
    let ward = Ward::looked_at(10, "1.2").await;
    ward.kill(10).await;
    assert_eq!(ward.round().await, 10);
    ward.app.drain().await;
    ward.assert_well().await;
}

#[tokio::test]
async fn recoveries_are_limited_within_a_window() {
    let breaker = json!({ "max_recoveries": 3, "window": 600, "max_sick_percent": 90 });
    let recovery = json!({ "actions": [], "circuit_breaker": breaker });
    let ward = Ward::of(10, "1.3", by_status(), recovery).await;
    ward.kill(5).await;
    assert_eq!(ward.round().await, 3);
    ward.app.drain().await;
    assert_eq!(ward.round().await, 0);
    let told = ward.told().await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("Not all sick members are recovered: 5 members are sick, and only 3"));
    assert!(told[1].starts_with("Sick members are not recovered: 3 members were recovered lately"));
    ward.app.clock.advance(Duration::from_secs(660));
    assert_eq!(ward.run().await, 2);
    ward.app.drain().await;
    ward.assert_well().await;
    assert_eq!(ward.told().await.last().unwrap(), "Sick members are recovered again.");
}

#[tokio::test]
async fn a_breaker_can_be_off() {
    let recovery = json!({ "actions": [], "circuit_breaker": { "enabled": false } });
    let ward = Ward::of(5, "1.3", by_status(), recovery).await;
    ward.kill(5).await;
    assert_eq!(ward.round().await, 5);
}

/// Those that are listed see versions that this service adds, and nobody else does.
#[tokio::test]
async fn the_version_with_a_breaker_is_listed_for_who_asks_for_additions() {
    let app = TestApp::new().await;
    let listed = async |version: &str| {
        let ask = app.get("/v1/policy-types").by(ALICE).header("openstack-api-version", version);
        ask.send().await.expect(200).json()["policy_types"].to_string().contains("senlin.policy.health-1.3")
    };
    assert!(!listed("clustering 1.0").await);
    assert!(listed("clustering 1.0, coppice 1.0").await);
    // Who names it gets it.
    app.get("/v1/policy-types/senlin.policy.health-1.3").by(ALICE).send().await.expect(200);
}
