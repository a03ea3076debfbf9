//! Failures by chance, and what is left when they are over.

use super::*;

#[tokio::test]
async fn failures_come_at_their_rate_and_again_in_a_replay() {
    let states = async |seed| {
        let backend = World::new().process(SimulatedConfig { seed, fail_rate: 0.2, ..config() });
        join_all((0..300).map(|index| {
            let (backend, request) = (&backend, request(1, index));
            async move { backend.create(&request).await.unwrap().state == InstanceState::Active }
        }))
        .await
    };
    let (run, replay, other) = (states(1).await, states(1).await, states(2).await);
    assert_eq!(run, replay);
    assert_ne!(run, other);
    let failed = run.iter().filter(|active| !**active).count();
    assert!((35..85).contains(&failed), "{failed} of 300");
}

#[tokio::test]
async fn a_throttled_call_gets_through_when_repeated_even_at_the_same_moment() {
    let backend = World::new().process(SimulatedConfig { throttle_rate: 0.5, ..config() });
    let mut throttled = 0;
    while backend.create(&request(1, 0)).await.is_err() {
        throttled += 1;
        assert!(throttled < 64, "never gets through");
    }
}

#[tokio::test]
async fn whatever_is_lost_one_instance_a_node_is_left_after_the_sweep() {
    let nodes = 5;
    for seed in 0..150_u32 {
        let world = World::new();
        let config = SimulatedConfig {
            seed: u64::from(seed),
            tokens: seed % 2 == 0,
            throttle_rate: 0.1,
            staleness_seconds: f64::from(seed % 4),
            build_seconds: 2.0,
            delete_seconds: f64::from(seed % 3),
            ..config()
        };
        let backend = Faulty::new(world.process(config), move |call: &Call| {
            let lost = ComputeError::Transient("no answer".to_owned());
            match seed.wrapping_mul(31).wrapping_add(u32::try_from(call.number).unwrap().wrapping_mul(17)) % 7
            {
                0 => Some(Injected::Before(lost)),
                1 | 2 => Some(Injected::After(lost)),
                _ => None,
            }
        });
        let mut claimed = Vec::new();
        for index in 0..nodes {
            let request = request(1, index);
            let mut answered = 0;
            // Each node's step runs until its third answer: the first two are lost with their workers.
            while answered < 3 {
                match ensure_created(&backend, &request).await {
                    Ok(instance) => {
                        answered += 1;
                        if answered == 3 {
                            claimed.push(instance.id);
                        }
                    }
                    Err(error) => {
                        assert_ne!(error.consequence(), Consequence::Fail, "seed {seed}: {error:?}")
                    }
                }
                world.clock.advance(SECOND);
            }
        }
        for _ in 0..40 {
            world.clock.advance(SECOND);
            let _ = sweep(&backend, request(1, 0).tags.action, &claimed).await;
        }
        let quiet = world.process(SimulatedConfig::default());
        let mut left: Vec<String> = list_all(&quiet, Filter::Action(request(1, 0).tags.action))
            .await
            .unwrap()
            .into_iter()
            .map(|instance| instance.id)
            .collect();
        left.sort_unstable();
        claimed.sort_unstable();
        assert_eq!(left, claimed, "seed {seed}");
    }
}
