//! The harness of the end-to-end tests: the whole system in one process, without sockets, threads or
//! sleeps. Requests go through every function's router; what they start is done by [`TestApp::drain`],
//! which moves a clock by hand instead of waiting. The same test always sees the same ids and times.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness fails by panicking; nothing here is in a release"
)]

mod answer;
mod app;
mod ask;
mod bell;
mod copies;
mod described;
mod drain;
mod fixtures;
mod ids;
mod people;
mod ticking;

pub use answer::Answer;
pub use app::TestApp;
pub use ask::Ask;
pub use bell::{Bell, Ring};
pub use copies::Model;
pub use drain::Drained;
pub use fixtures::{deletion_policy, scaling_policy, spec};
pub use ids::SeededIds;
pub use people::{ADMIN, ALICE, BOB, Person, READER, STALE};
