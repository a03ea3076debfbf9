//! Members that are asked by URL, alone or beside their instances' state.

use super::*;
use coppice_compute::testing::ScriptedProber;
use coppice_domain::health::PollFailure;

fn by_url(retries: u64, conditional: &str, with_status: bool) -> Value {
    let options = json!({
        "poll_url": "http://{nodename}.example/health", "poll_url_healthy_response": "up",
        "poll_url_retry_limit": retries, "poll_url_retry_interval": 90,
    });
    let mut modes = vec![json!({ "type": "NODE_STATUS_POLL_URL", "options": options })];
    if with_status {
        modes.push(json!({ "type": "NODE_STATUS_POLLING" }));
    }
    json!({ "interval": 300, "recovery_conditional": conditional, "detection_modes": modes })
}

async fn ward(detection: Value) -> Ward {
    Ward::of(4, "1.2", detection, json!({ "actions": [] })).await
}

/// A prober to which these nodes are down.
fn down(names: Vec<String>) -> ScriptedProber {
    ScriptedProber::new(move |probe, _| {
        if names.iter().any(|name| probe.url == format!("http://{name}.example/health")) {
            Err(PollFailure::Unreachable("connection refused".to_owned()))
        } else {
            Ok("up and running".to_owned())
        }
    })
}

async fn names(ward: &Ward) -> Vec<String> {
    ward.members().await.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

/// RHE-14: after the last of its polls a member is sick, and the limit counts them all.
#[tokio::test]
async fn rhe_14_a_member_is_sick_after_the_last_poll_and_runs_are_spent_not_waits() {
    let mut ward = ward(by_url(3, "ANY_FAILED", false)).await;
    let names = names(&ward).await;
    let prober = ward.app.probing(down(names[..1].to_vec()));
    let polls = |name: &str| prober.probes().iter().filter(|probe| probe.url.contains(name)).count();
    assert_eq!((ward.run().await, polls(&names[0]), polls(&names[1])), (0, 1, 1));
    // Not before its time.
    assert_eq!((ward.round().await, polls(&names[0])), (0, 1));
    assert_eq!((ward.round().await, polls(&names[0])), (0, 2));
    assert_eq!((ward.round().await, polls(&names[0])), (0, 2));
    assert_eq!((ward.round().await, polls(&names[0]), polls(&names[1])), (1, 3, 1));
    ward.app.drain().await;
    let recoveries = ward.recoveries().await;
    assert_eq!(recoveries.len(), 1);
    let reason = "The URL could not be reached: connection refused.";
    assert_eq!(recoveries[0]["data"]["health"]["reason"], reason);
    ward.assert_well().await;
}

#[tokio::test]
async fn any_takes_one_mode_and_all_takes_every_one() {
    for (conditional, killed, recovered) in
        [("ANY_FAILED", 0, 1), ("ANY_FAILED", 1, 1), ("ALL_FAILED", 0, 0), ("ALL_FAILED", 1, 1)]
    {
        let mut ward = ward(by_url(1, conditional, true)).await;
        let names = names(&ward).await;
        ward.app.probing(down(names[..1].to_vec()));
        ward.kill(killed).await;
        assert_eq!(ward.run().await, recovered, "{conditional}, {killed} killed");
    }
}

/// What may not be polled says nothing about the node.
#[tokio::test]
async fn an_address_that_is_not_gone_to_makes_nobody_sick() {
    let mut ward = ward(by_url(1, "ANY_FAILED", false)).await;
    ward.app.probing(ScriptedProber::new(|_, _| {
        Err(PollFailure::Forbidden { host: "h".to_owned(), problem: "it is loopback".to_owned() })
    }));
    assert_eq!(ward.run().await, 0);
}

#[tokio::test]
async fn a_member_within_its_grace_is_not_polled() {
    let mut ward = ward(by_url(1, "ANY_FAILED", false)).await;
    assert_eq!(ward.act(&json!({ "check": {} })).await.0, "SUCCEEDED");
    let prober = ward.app.probing(ScriptedProber::answering("down"));
    assert_eq!((ward.run().await, prober.probes().len()), (0, 0));
    ward.app.clock.advance(GRACE);
    assert_eq!((ward.run().await, prober.probes().len()), (4, 4));
}
