//! The whole system in one process: every function's router, the worker and the reconciler, running the
//! same code as on AWS against embedded services.

pub mod cli;
pub mod clients;
mod consumer;
pub mod emulators;
mod failure;
pub mod halt;
pub mod identity;
pub mod pump;
pub mod serve;
pub mod services;
pub mod system;
mod ticker;

pub use failure::Failure;

/// Client library and embedded services allocate so much that a fifth of the requests a second depends on it:
/// `cargo run --release -p bench -- --quick`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
