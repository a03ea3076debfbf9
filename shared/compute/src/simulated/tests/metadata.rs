//! What a profile's metadata says of its instances counts, whatever the configuration says of all others.

use super::*;

/// The creation of the `index`th node of an action, by a profile with this metadata.
fn profiled(action: u128, index: u64, metadata: &Value) -> CreateRequest {
    let mut request = request(action, index);
    request.spec.insert("metadata".to_owned(), metadata.clone());
    request
}

/// How many of 300 instances fail.
async fn failed(backend: &Simulated, metadata: &Value) -> usize {
    let states = join_all((0..300).map(|index| {
        let request = profiled(1, index, metadata);
        async move { backend.create(&request).await.unwrap().state }
    }))
    .await;
    states.iter().filter(|state| matches!(state, InstanceState::Error { .. })).count()
}

#[tokio::test]
async fn a_fail_rate_counts_for_the_instances_that_have_it() {
    for (configured, metadata, share) in [
        (0.0, json!({"simulated.fail_rate": 1}), 300..=300),
        (0.0, json!({"simulated.fail_rate": "0.2"}), 35..=85),
        (0.0, json!({}), 0..=0),
        (1.0, json!({"simulated.fail_rate": 0}), 0..=0),
        (1.0, json!({"simulated.fail_rate": 0.2}), 35..=85),
        (1.0, json!({}), 300..=300),
    ] {
        let backend = World::new().process(SimulatedConfig { fail_rate: configured, ..config() });
        let failed = failed(&backend, &metadata).await;
        assert!(share.contains(&failed), "{failed} of 300 with {metadata}, {configured} configured");
    }
}

#[tokio::test]
async fn an_instance_may_be_seen_later_than_the_others_within_what_callers_are_promised() {
    let world = World::new();
    let limited = SimulatedConfig { staleness_limit_seconds: Some(3.0), ..config() };
    let backend = world.process(limited);
    assert_eq!(backend.staleness(), 3 * SECOND);
    let late = profiled(1, 0, &json!({"simulated.staleness_seconds": "2"}));
    let (late, prompt) =
        (backend.create(&late).await.unwrap().id, backend.create(&request(1, 1)).await.unwrap().id);
    let listed = async || {
        let instances = list_all(&backend, Filter::Action(request(1, 0).tags.action)).await.unwrap();
        instances.into_iter().map(|instance| instance.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, std::slice::from_ref(&prompt));
    assert_eq!(backend.get(&late).await, Ok(None), "not shown yet");
    world.clock.advance(2 * SECOND);
    assert_eq!(listed().await.len(), 2);
    for id in [&late, &prompt] {
        assert_eq!(backend.delete(id).await, Ok(Deletion::Gone));
    }
    world.clock.advance(Duration::from_millis(1999));
    assert_eq!(listed().await, std::slice::from_ref(&late), "still shown");
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(listed().await, [""; 0]);
    let older = backend.create(&profiled(1, 2, &json!({"simulated.staleness_seconds": 4}))).await;
    assert!(matches!(older, Err(ComputeError::Invalid(_))), "{older:?}");
}

#[tokio::test]
async fn an_instance_may_be_seen_earlier_than_the_others() {
    let backend = World::new().process(SimulatedConfig { staleness_seconds: 5.0, ..config() });
    let prompt = profiled(1, 0, &json!({"simulated.staleness_seconds": 0}));
    let prompt = backend.create(&prompt).await.unwrap();
    let late = backend.create(&request(1, 1)).await.unwrap();
    assert_eq!(backend.get(&prompt.id).await, Ok(Some(prompt)));
    assert_eq!(backend.get(&late.id).await, Ok(None));
    assert_eq!(backend.staleness(), 5 * SECOND);
}

#[tokio::test]
async fn a_capacity_counts_the_instances_of_one_cluster_that_have_it() {
    let backend = World::new().process(config());
    let two = json!({"simulated.capacity": "2"});
    let full = async |request: &CreateRequest| match backend.create(request).await {
        Ok(_) => false,
        Err(ComputeError::Capacity(text)) => {
            assert_eq!(text, "No valid host was found. There are not enough hosts available.");
            true
        }
        other => panic!("{other:?}"),
    };
    let first = backend.create(&profiled(1, 0, &two)).await.unwrap().id;
    assert!(!full(&profiled(1, 1, &two)).await);
    assert!(full(&profiled(1, 2, &two)).await);
    // Others are not counted, and another cluster has room of its own.
    assert!(!full(&request(1, 3)).await);
    assert!(!full(&profiled(2, 0, &two)).await);
    assert_eq!(backend.delete(&first).await, Ok(Deletion::Gone));
    assert!(!full(&profiled(1, 2, &two)).await);
    assert!(full(&profiled(1, 4, &two)).await);
}

#[tokio::test]
async fn nodes_of_no_cluster_share_a_capacity_with_those_of_their_project() {
    let backend = World::new().process(config());
    let alone = |index, project: &str| {
        let mut request = profiled(1, index, &json!({"simulated.capacity": 1}));
        request.tags.cluster = None;
        project.clone_into(&mut request.tags.project);
        request
    };
    assert!(backend.create(&alone(0, "one")).await.is_ok());
    let refused = backend.create(&alone(1, "one")).await;
    assert!(matches!(refused, Err(ComputeError::Capacity(_))), "{refused:?}");
    assert!(backend.create(&alone(2, "other")).await.is_ok());
}
