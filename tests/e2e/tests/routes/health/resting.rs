//! Nobody is judged while an action changes the cluster, and what was held is left for the next round.

use super::*;
use coppice_compute::simulated::SimulatedConfig;

fn slow() -> Options {
    let simulated =
        SimulatedConfig { build_seconds: 200.0, delete_seconds: 200.0, ..SimulatedConfig::default() };
    Options { simulated, ..Options::default() }
}

async fn ward(size: u64) -> Ward {
    Ward::with(slow(), size, "1.2", by_status(), json!({ "actions": [] })).await
}

/// POL-22, ACT-4: nothing has to be switched on again.
#[tokio::test]
async fn pol_22_act_4_nobody_is_recovered_while_a_cluster_shrinks_and_everybody_afterwards() {
    for body in [
        json!({ "scale_in": { "count": 1 } }),
        json!({ "resize": { "adjustment_type": "CHANGE_IN_CAPACITY", "number": -1 } }),
    ] {
        let ward = ward(4).await;
        ward.kill(1).await;
        ward.app.clock.advance(Duration::from_secs(200));
        let action = ward.start(&body).await;
        ward.app.answer_next().await;
        assert_eq!(ward.round().await, 0, "{body}");
        assert_eq!(ward.told().await, Vec::<String>::new(), "{body}");
        ward.app.drain().await;
        let shown = ward.app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!(shown["status"], "SUCCEEDED", "{shown}");
        ward.app.clock.advance(GRACE);
        ward.round().await;
        ward.app.drain().await;
        ward.assert_well().await;
    }
}

/// RHE-16: what could not begin is not accepted. Growth keeps looking.
#[tokio::test]
async fn rhe_16_clu_11_while_a_cluster_grows_the_sick_are_found_and_left_for_the_next_round() {
    for body in [
        json!({ "scale_out": { "count": 1 } }),
        json!({ "resize": { "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1 } }),
    ] {
        let ward = ward(4).await;
        ward.kill(1).await;
        ward.app.clock.advance(Duration::from_secs(200));
        ward.start(&body).await;
        ward.app.answer_next().await;
        assert_eq!(ward.round().await + ward.round().await, 0);
        let told = ward.told().await;
        let text = "Sick members are not recovered: an action holds the cluster or 1 of them, which are left for \
                    the next round.";
        assert_eq!(told, [text], "{body}");
        assert_eq!(ward.recoveries().await, Vec::<Value>::new());
        ward.app.drain().await;
        assert_eq!(ward.round().await, 1);
        ward.app.drain().await;
        ward.assert_well().await;
        assert_eq!(ward.recoveries().await.len(), 1);
    }
}

#[tokio::test]
async fn a_member_that_an_action_holds_is_not_judged() {
    let ward = ward(3).await;
    let killed = ward.kill(1).await;
    ward.app.clock.advance(Duration::from_secs(200));
    let target = format!("/v1/nodes/{}", killed[0]);
    ward.app.delete(&target).by(ALICE).send().await.expect(202);
    assert_eq!(ward.round().await, 0);
    ward.app.drain().await;
    assert_eq!((ward.members().await.len(), ward.round().await), (2, 0));
}

/// A resize that grows notes what becomes of sick nodes, as the reference does; nothing else does.
#[tokio::test]
async fn a_resize_that_grows_notes_what_the_policy_does() {
    let ward = Ward::looked_at(1, "1.2").await;
    let resize = |number: i64| json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": number } });
    for (number, noted) in [
        (3, json!({ "recover_action": [{ "name": "RECREATE", "params": null }], "fencing": null })),
        (1, Value::Null),
    ] {
        let action = ward.start(&resize(number)).await;
        ward.app.drain().await;
        let shown = ward.app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!(shown["data"]["health"], noted, "{number}");
    }
}
