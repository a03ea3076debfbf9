//! Clusters whose policy listens for events instead of looking.

use super::*;
use coppice_engine::health::{Heard, InstanceEvent, InstanceEventKind, event};

pub(super) async fn ward(version: &str, breaker: Value) -> Ward {
    let detection = json!({ "detection_modes": [{ "type": "LIFECYCLE_EVENTS" }] });
    let mut recovery = json!({ "actions": [{ "name": "RECREATE" }] });
    if version == "1.3" {
        recovery["circuit_breaker"] = breaker;
    }
    Ward::of(4, version, detection, recovery).await
}

async fn of_member(ward: &Ward, place: usize) -> InstanceEvent {
    let member = ward.members().await[place].clone();
    InstanceEvent {
        kind: InstanceEventKind::named("SHUTDOWN").unwrap(),
        instance: member["physical_id"].as_str().unwrap().to_owned(),
        node: Some(member["id"].as_str().unwrap().parse().unwrap()),
        at: ward.app.system.env.now(),
    }
}

async fn hear(ward: &Ward, of: &InstanceEvent) -> Heard {
    event(&ward.app.system.env, of).await.unwrap()
}

/// RHE-7: what an event starts is accepted.
#[tokio::test]
async fn rhe_7_a_member_whose_instance_shut_down_is_recovered_once_however_often_it_is_told() {
    let ward = ward("1.2", json!({})).await;
    let happened = of_member(&ward, 0).await;
    ward.kill(1).await;
    assert_eq!(hear(&ward, &happened).await, Heard::Noted(1));
    hear(&ward, &happened).await;
    ward.app.drain().await;
    let again = hear(&ward, &happened).await;
    assert_eq!(again, Heard::Ignored("The instance is not its node's any more."));
    let recoveries = ward.recoveries().await;
    assert_eq!(recoveries.len(), 1);
    assert_eq!(recoveries[0]["data"]["health"]["reason"], "The node's instance shut down.");
    ward.assert_well().await;
    // Nothing is left to do, and nobody looks.
    for _ in 0..3 {
        assert_eq!(ward.round().await, 0);
    }
    assert_eq!(ward.recoveries().await.len(), 1);
    let due = ward.app.items().await.into_values().filter(|item| item.contains_key("due")).count();
    assert_eq!(due, 0);
}

#[tokio::test]
async fn an_event_during_another_action_is_seen_to_afterwards_if_it_still_matters() {
    for matters in [true, false] {
        let ward = ward("1.2", json!({})).await;
        let happened = of_member(&ward, 0).await;
        if matters {
            ward.kill(1).await;
        }
        let target = format!("/v1/nodes/{}/actions", happened.node.unwrap());
        let check = json!({ "check": {} });
        ward.app.post(&target).by(ALICE).at("1.14").json(&check).send().await.expect(202);
        assert_eq!(hear(&ward, &happened).await, Heard::Noted(0));
        assert_eq!(ward.recoveries().await, Vec::<Value>::new());
        ward.app.drain().await;
        assert_eq!(ward.round().await, usize::from(matters));
        ward.app.drain().await;
        ward.assert_well().await;
        assert_eq!(ward.round().await, 0);
    }
}

#[tokio::test]
async fn the_breaker_counts_what_events_start() {
    let ward = ward("1.3", json!({ "max_recoveries": 1, "max_sick_percent": 100 })).await;
    let events = [of_member(&ward, 0).await, of_member(&ward, 1).await];
    ward.kill(2).await;
    assert_eq!(hear(&ward, &events[0]).await, Heard::Noted(1));
    assert_eq!(hear(&ward, &events[1]).await, Heard::Noted(0));
    ward.app.drain().await;
    assert_eq!(ward.recoveries().await.len(), 1);
    let told = ward.told().await;
    assert!(told.len() == 1 && told[0].contains("1 members were recovered lately"), "{told:?}");
}

#[tokio::test]
async fn events_that_concern_nobody_are_left() {
    let listening = ward("1.2", json!({})).await;
    let mut happened = of_member(&listening, 0).await;
    happened.node = None;
    listening.kill(0).await;
    assert_eq!(hear(&listening, &happened).await, Heard::Noted(1), "the instance's own tags name its node");
    happened.instance = "unknown".to_owned();
    assert_eq!(hear(&listening, &happened).await, Heard::Ignored("The instance is no node's."));
    let looking = Ward::looked_at(1, "1.2").await;
    let happened = of_member(&looking, 0).await;
    let looks = Heard::Ignored("The cluster's policy looks at nodes by itself.");
    assert_eq!(hear(&looking, &happened).await, looks);
    let disable = json!({ "policy_update": { "policy_id": "health", "enabled": false } });
    looking.act(&disable).await;
    let nobody = Heard::Ignored("No policy looks after the node's cluster.");
    assert_eq!(hear(&looking, &happened).await, nobody);
}
