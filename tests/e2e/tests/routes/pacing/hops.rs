//! An action that goes round and round through the queue comes to an end.

use super::*;
use coppice_engine::Pace;

#[tokio::test]
async fn an_action_that_is_put_off_too_often_is_given_up_and_lets_its_target_go() {
    // Not one poll of this length fits in the timeout.
    let pace = Pace { first: Duration::from_secs(1), longest: Duration::from_secs(7200) };
    let settings = Settings { max_hops: 3, pace, ..Settings::default() };
    let throttled = Throttled::new(settings, CallKind::Create, None).await;
    let action = throttled.node().await;
    assert_eq!(throttled.app.drain().await.answered, 5);
    let reason = "The action was abandoned after it was put off 4 times.".to_owned();
    assert_eq!(throttled.outcome(&action).await, ("FAILED".to_owned(), reason));
    assert_eq!(throttled.app.show(ALICE, "/v1/nodes/n", "node").await["status"], "ERROR");
    throttled.app.delete("/v1/nodes/n").by(ALICE).send().await.expect(202);
    throttled.app.drain().await;
    assert_eq!(throttled.app.get("/v1/nodes/n").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn polls_that_a_long_timeout_explains_are_no_round_too_many() {
    let settings = Settings { max_hops: 3, default_action_timeout: 600, ..Settings::default() };
    let throttled = Throttled::new(settings, CallKind::Create, None).await;
    let action = throttled.node().await;
    let woken = throttled.wake(15).await;
    assert_eq!(woken.last(), Some(&(30, 1)));
    throttled.recover();
    throttled.app.drain().await;
    assert_eq!(throttled.outcome(&action).await.0, "SUCCEEDED");
}
