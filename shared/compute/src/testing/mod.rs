//! Doubles and checks for tests and the simulation: a clock that is moved by hand, a decorator that
//! fails chosen calls, URLs that answer by script, a leak sweep in miniature, and the suites for stores.
#![expect(clippy::expect_used, reason = "checks fail by panicking; nothing here is in a release")]

mod balancer_harness;
mod clock;
mod faulty;
mod harness;
mod part_store_suite;
mod prober;
mod store_suite;
mod sweep;

pub use balancer_harness::{SimulatedBalancerHarness, balancing_properties};
pub use clock::ManualClock;
pub use faulty::{Call, CallKind, Faulty, Injected, PartCall};
pub use harness::SimulatedHarness;
pub use part_store_suite::{part_record, part_store_suite};
pub use prober::ScriptedProber;
pub use store_suite::store_suite;
pub use sweep::sweep;

use crate::request::{CreateRequest, Tags, Token};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use uuid::Uuid;

/// The request of the `index`th node that the action with this number creates: tags, token and name
/// derive from the two.
#[must_use]
pub fn request(action: u128, index: u64) -> CreateRequest {
    request_of(ActionId::new(Uuid::from_u128(action)), index)
}

/// The request of the `index`th node that an action creates.
#[must_use]
pub fn request_of(action: ActionId, index: u64) -> CreateRequest {
    CreateRequest {
        name: format!("node-{index}"),
        spec: JsonMap::new(),
        metadata: JsonMap::new(),
        tags: Tags {
            deployment: "test".to_owned(),
            cluster: Some(ClusterId::derived(action, "cluster", 0)),
            node: NodeId::derived(action, "node", index),
            action,
            project: "project".to_owned(),
            token: Token::derived(action, "create", index),
        },
    }
}
