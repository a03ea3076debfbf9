//! The HTTP surface shared by the API functions. See the crate's README for a request's way through it.

pub mod additions;
mod body;
pub mod call;
pub mod document;
pub mod error;
pub mod fields;
pub mod identity;
pub mod limits;
pub mod microversion;
pub mod openapi;
pub mod operation;
mod path;
pub mod pipeline;
pub mod pyjson;
pub mod raw;
pub mod rbac;
pub mod respond;
pub mod views;
