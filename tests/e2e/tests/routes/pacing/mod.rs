//! Who is served when there is much to do, and how a backend that asks to be left alone is.

mod fairness;
mod hops;
mod throttling;

use crate::outcomes::ended;
use coppice_compute::testing::{Call, CallKind, Faulty, Injected};
use coppice_compute::{Compute, ComputeError};
use coppice_domain::time::Clock;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::{Env, Settings};
use coppice_local::system::Options;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A system whose backend throttles one kind of call until it recovers.
struct Throttled {
    app: TestApp,
    backend: Arc<Faulty<Arc<dyn Compute>>>,
    throttling: Arc<AtomicBool>,
}

impl Throttled {
    async fn new(settings: Settings, kind: CallKind, retry_after: Option<Duration>) -> Self {
        Self::with(Options { settings, ..Options::default() }, kind, retry_after).await
    }

    async fn with(options: Options, kind: CallKind, retry_after: Option<Duration>) -> Self {
        let throttling = Arc::new(AtomicBool::new(true));
        let active = Arc::clone(&throttling);
        let script = move |call: &Call| {
            (call.kind == kind && active.load(Ordering::SeqCst))
                .then_some(Injected::Before(ComputeError::Throttled { retry_after }))
        };
        let mut backend = None;
        let app = TestApp::arranged(options, |env, _| {
            let faulty = Arc::new(Faulty::new(Arc::clone(&env.compute), script));
            backend = Some(Arc::clone(&faulty));
            Env { compute: faulty, ..env }
        })
        .await;
        app.profile(ALICE, "p").await;
        Self { app, backend: backend.unwrap(), throttling }
    }

    fn recover(&self) {
        self.throttling.store(false, Ordering::SeqCst);
    }

    /// Asks for a node; answers with the action's id.
    async fn node(&self) -> String {
        let body = json!({ "node": { "name": "n", "profile_id": "p" } });
        self.app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action()
    }

    /// The first `count` times that a worker wakes: seconds since the one before, and calls of the backend.
    async fn wake(&self, count: usize) -> Vec<(u64, usize)> {
        let mut woken = Vec::new();
        let (mut then, mut calls) = (self.app.clock.now(), self.backend.calls().len());
        for _ in 0..count {
            self.app.answer_next().await.unwrap();
            let (now, so_far) = (self.app.clock.now(), self.backend.calls().len());
            woken.push((now.since(then).as_secs(), so_far - calls));
            (then, calls) = (now, so_far);
        }
        woken
    }

    /// An action's status and reason.
    async fn outcome(&self, action: &str) -> (String, String) {
        ended(&self.app, action).await
    }
}
