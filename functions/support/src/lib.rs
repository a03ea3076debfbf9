//! Where the HTTP surface meets the store, for every API function alike: finding what a path or a body
//! refers to, listing, and turning the store's and the engine's refusals into answers.
//!
//! `coppice-api` knows no store and the store knows no HTTP; the functions know both, and this is what
//! they would otherwise each repeat.

mod cluster;
mod failure;
mod find;
mod host;
mod list;
mod owner;
mod requester;
mod unique;

pub use cluster::{bound_cluster, cluster_view, profile_names, show_cluster, show_clusters};
pub use failure::{refused, store_failed};
pub use find::{find, find_among, find_exactly, find_within, maybe_referenced, referenced, scope};
pub use host::host;
pub use list::{authorise_list, filtered, list, passes};
pub use owner::owner;
pub use requester::requester;
pub use unique::name_taken;
