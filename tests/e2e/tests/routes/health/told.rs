//! Events of instances from where AWS and Nova tell of them (functions/triggers) to the recovery of their nodes.

use super::events::ward;
use super::*;
use crate::receivers::webhook;
use coppice_compute::testing::{CallKind, Faulty, Injected};
use coppice_compute::{Alteration, Change, ComputeError, Progress, Token};
use coppice_domain::ids::ActionId;
use coppice_engine::Env;
use coppice_engine::health::NotHeard;
use coppice_triggers::{Mapping, answer};
use std::sync::Arc;

const EC2: &str = include_str!("../../../../../functions/triggers/tests/events/ec2_stopped.json");
const NOVA: &str = include_str!("../../../../../functions/triggers/tests/events/nova_versioned.json");

/// EC2 says that the instance came into this state just now.
fn ec2(ward: &Ward, instance: &str, state: &str) -> Value {
    let mut event: Value = serde_json::from_str(EC2).unwrap();
    event["time"] = ward.app.system.env.now().iso_z().into();
    event["detail"] = json!({ "instance-id": instance, "state": state });
    event
}

/// Nova says that the member's instance is switched off; the instance's metadata may name the node.
fn nova(ward: &Ward, member: &Value, names: bool) -> Value {
    let mut event: Value = serde_json::from_str(NOVA).unwrap();
    let record = &mut event["Records"][0]["Sns"];
    let mut message: Value = serde_json::from_str(record["Message"].as_str().unwrap()).unwrap();
    message["timestamp"] = ward.app.system.env.now().iso_z().into();
    let data = &mut message["payload"]["nova_object.data"];
    data["uuid"] = member["physical_id"].clone();
    data["metadata"] = if names { json!({ "cluster_node_id": member["id"] }) } else { json!({}) };
    record["Message"] = message.to_string().into();
    event
}

async fn deliver(env: &Env, mapping: &Mapping, event: &Value) -> Result<Value, NotHeard> {
    answer(env.clone(), Arc::new(mapping.clone()), event.clone()).await
}

/// Lets it be told of; how many events were noted.
async fn noted(ward: &Ward, event: &Value) -> Value {
    let answered = deliver(&ward.app.system.env, &Mapping::new(), event).await.unwrap();
    assert_eq!(answered["started"], 0, "{event}");
    answered["noted"].clone()
}

/// Somebody switches the member's instance off; answers with its id.
async fn stop(ward: &Ward, member: &Value) -> String {
    let instance = member["physical_id"].as_str().unwrap();
    let env = &ward.app.system.env;
    let token = Token::derived(ActionId::new(env.ids.uuid()), "stopped", 0);
    let what = Alteration::Operate { operation: "stop".to_owned(), params: Default::default() };
    assert_eq!(env.compute.change(instance, &Change { token, what }).await, Ok(Progress::Done));
    instance.to_owned()
}

/// RHE-7, from end to end.
#[tokio::test]
async fn rhe_7_a_member_whose_instance_ec2_says_was_stopped_is_recovered_once_however_often_that_is_delivered()
 {
    let ward = ward("1.2", json!({})).await;
    let instance = stop(&ward, &ward.members().await[0]).await;
    let event = ec2(&ward, &instance, "stopped");
    assert_eq!(noted(&ward, &event).await, 1);
    assert_eq!(noted(&ward, &event).await, 1);
    assert_eq!(ward.recoveries().await.len(), 1);
    // Remaking it ends the old instance, and EC2 tells of that, too: while it goes on, and when it is over.
    ward.app.clock.advance(Duration::from_secs(2));
    assert_eq!(noted(&ward, &ec2(&ward, &instance, "shutting-down")).await, 1);
    ward.app.drain().await;
    for state in ["stopped", "terminated"] {
        assert_eq!(noted(&ward, &ec2(&ward, &instance, state)).await, 0, "{state}");
    }
    assert_eq!(noted(&ward, &event).await, 0);
    for _ in 0..3 {
        assert_eq!(ward.round().await, 0);
    }
    let recoveries = ward.recoveries().await;
    assert_eq!(recoveries.len(), 1, "{recoveries:?}");
    assert_eq!(recoveries[0]["data"]["health"]["reason"], "The node's instance was switched off.");
    ward.assert_well().await;
}

#[tokio::test]
async fn nova_names_the_node_of_an_instance_that_nobody_finds_any_more() {
    let ward = ward("1.2", json!({})).await;
    let members = ward.members().await;
    ward.kill(1).await;
    let instance = members[0]["physical_id"].as_str().unwrap();
    assert_eq!(noted(&ward, &ec2(&ward, instance, "terminated")).await, 0, "EC2 does not say whose it was");
    assert_eq!(noted(&ward, &nova(&ward, &members[0], false)).await, 0);
    assert_eq!(noted(&ward, &nova(&ward, &members[0], true)).await, 1);
    ward.app.drain().await;
    assert_eq!(ward.recoveries().await.len(), 1);
    ward.assert_well().await;
}

#[tokio::test]
async fn what_concerns_nobody_is_told_and_left() {
    let looking = Ward::looked_at(1, "1.2").await;
    let member = looking.members().await[0].clone();
    let instance = member["physical_id"].as_str().unwrap();
    for event in [
        ec2(&looking, instance, "stopped"),
        ec2(&looking, instance, "running"),
        ec2(&looking, "i-1234567890abcdef0", "stopped"),
        nova(&looking, &member, true),
        // The node of one, the instance of another.
        nova(&looking, &json!({ "physical_id": "foreign", "id": member["id"] }), true),
    ] {
        assert_eq!(noted(&looking, &event).await, 0, "{event}");
    }
    assert_eq!(looking.recoveries().await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_cannot_be_heard_is_delivered_again_and_holds_nothing_up() {
    let mut ward = ward("1.2", json!({})).await;
    let members = ward.members().await;
    ward.kill(2).await;
    let mut both = nova(&ward, &members[2], false);
    let named = nova(&ward, &members[0], true)["Records"][0].take();
    both["Records"].as_array_mut().unwrap().push(named);
    let throttled = Injected::Before(ComputeError::Throttled { retry_after: None });
    let whole = Arc::clone(&ward.app.system.env.compute);
    ward.app.system.env.compute = Arc::new(Faulty::on_nth(whole, CallKind::Get, 0, throttled));
    let first = deliver(&ward.app.system.env, &Mapping::new(), &both).await;
    assert!(matches!(first, Err(NotHeard::Backend(..))), "{first:?}");
    let ids = |recoveries: Vec<Value>| -> Vec<Value> {
        recoveries.into_iter().map(|mut action| action["target"].take()).collect()
    };
    assert_eq!(ids(ward.recoveries().await), [members[0]["id"].clone()]);
    assert_eq!(noted(&ward, &both).await, 2);
    assert_eq!(ward.recoveries().await.len(), 2);
}

#[tokio::test]
async fn an_event_of_an_instance_calls_the_receiver_it_is_mapped_to_as_well() {
    let ward = ward("1.2", json!({})).await;
    let receiver = webhook(&ward.app, ALICE, "r", "c").await;
    let kind = "aws.ec2/EC2 Instance State-change Notification".to_owned();
    let mapping = Mapping::from([(kind, receiver["id"].as_str().unwrap().parse().unwrap())]);
    let instance = stop(&ward, &ward.members().await[0]).await;
    let event = ec2(&ward, &instance, "stopped");
    for _ in 0..2 {
        let answered = deliver(&ward.app.system.env, &mapping, &event).await.unwrap();
        assert_eq!(answered, json!({ "started": 1, "noted": 1 }));
    }
    // The call came first, and holds the cluster.
    assert_eq!(ward.recoveries().await, Vec::<Value>::new());
    ward.app.drain().await;
    assert_eq!(ward.members().await.len(), 5);
    assert_eq!(ward.round().await, 1);
    ward.app.drain().await;
    ward.assert_well().await;
}
