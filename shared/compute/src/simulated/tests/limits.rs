//! Capacity and quotas, counted without losing any.

use super::*;

#[tokio::test]
async fn several_processes_together_keep_to_the_capacity() {
    let world = World::new();
    let config = SimulatedConfig { capacity: Some(Limited::refusing(7)), ..config() };
    let processes = [world.process(config.clone()), world.process(config.clone()), world.process(config)];
    let created = join_all((0..30).map(|index| {
        let (process, request) = (&processes[index as usize % 3], request(1, index));
        async move { process.create(&request).await }
    }))
    .await;
    assert_eq!(created.iter().filter(|outcome| outcome.is_ok()).count(), 7);
    // Everything is deleted, some of it twice and by several: there is room for exactly 7 again.
    for instance in created.into_iter().flatten() {
        for process in &processes {
            assert_eq!(process.delete(&instance.id).await, Ok(Deletion::Gone));
        }
    }
    let again = join_all((100..130).map(|index| {
        let (process, request) = (&processes[index as usize % 3], request(1, index));
        async move { process.create(&request).await }
    }))
    .await;
    assert_eq!(again.iter().filter(|outcome| outcome.is_ok()).count(), 7);
}

#[tokio::test]
async fn capacity_is_held_until_a_deletion_ends_and_free_then_without_another_call() {
    let world = World::new();
    let capacity = Some(Limited::refusing(1));
    let backend = world.process(SimulatedConfig { capacity, delete_seconds: 10.0, ..config() });
    let id = backend.create(&request(1, 0)).await.unwrap().id;
    assert_eq!(backend.delete(&id).await, Ok(Deletion::Underway));
    world.clock.advance(9 * SECOND);
    let refusal = backend.create(&request(1, 1)).await;
    assert!(matches!(refusal, Err(ComputeError::Capacity(_))), "{refusal:?}");
    world.clock.advance(SECOND);
    assert!(backend.create(&request(1, 1)).await.is_ok());
}

#[tokio::test]
async fn an_instance_that_found_no_host_takes_no_capacity_but_counts_towards_the_quota() {
    let full = |max| Some(Limited { max, when_full: WhenFull::AcceptThenError });
    let backend = World::new().process(SimulatedConfig { capacity: full(1), quota: full(3), ..config() });
    let state = async |index| backend.create(&request(1, index)).await.unwrap().state;
    let error = |message: &str| InstanceState::Error { message: message.to_owned() };
    let no_host = error("No valid host was found. There are not enough hosts available.");
    assert_eq!(state(0).await, InstanceState::Active);
    assert_eq!(state(1).await, no_host);
    assert_eq!(state(2).await, no_host);
    let over = error("Quota exceeded for instances: Requested 1, but already used 3 of 3 instances");
    assert_eq!(state(3).await, over);
}
