//! Pure decisions of the clustering service.
//!
//! Nothing here reads a clock, draws a random number, or talks to anything: time, chance and the
//! state of the world are arguments (invariant 9), so every rule can be tested exhaustively.

pub mod action;
pub mod announcement;
pub mod cluster;
pub mod cluster_config;
pub mod drift;
pub mod evaluate;
pub mod event;
pub mod fault;
pub mod health;
pub mod ids;
pub mod jsonpath;
pub mod naming;
pub mod nesting;
pub mod node;
pub mod policies;
pub mod policy;
pub mod policy_types;
pub mod profile;
pub mod profile_types;
pub mod pyrepr;
pub mod receiver;
pub mod recovery;
pub mod resize;
pub mod schema;
pub mod secret;
pub mod service;
pub mod time;
pub mod victims;
