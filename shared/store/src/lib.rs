//! Resources in DynamoDB. See this crate's README for the table of access patterns.

mod accept;
mod batch;
mod cluster;
mod codec;
mod due;
mod entity;
mod error;
mod find;
mod item;
pub mod keys;
mod links;
mod list;
mod meter;
mod node;
mod profile;
mod project;
mod schema;
mod store;
mod system;
mod task;
mod transaction;
mod view;

pub use accept::{Acceptance, AcceptedAction};
pub use due::DueTask;
pub use entity::{Entity, Kind};
pub use error::{FindError, ListError, StoreError};
pub use links::{ActionLinks, CHILD};
pub use list::{ListRequest, Sort};
pub use meter::{Meter, Usage};
pub use node::{NODES_PER_STEP, PER_PART, Registration, Retirement, Settled, Step, Stepped};
pub use profile::ProfileDeletion;
pub use schema::{TableDefinition, create_table};
pub use store::{Scope, Store};
pub use task::{Claim, Finish, Parking, Task};
pub use view::ClusterView;
