//! How many nodes a cluster should have after a resize or a scale request.
//!
//! A request travels through three small decisions, each in a file of its own:
//!
//! 1. [`calculate_desired`] turns an adjustment ("20 per cent more") into a target number of nodes.
//! 2. [`truncate_desired`] moves the target inside the limits, if the request is best-effort.
//! 3. [`check_sizes`] says what, if anything, is wrong with the target and the new limits.
//!
//! They run twice. When a request arrives, [`check_resize_request`] and [`check_scale_request`] refuse
//! what can already be seen to be wrong. When the action runs, perhaps much later, [`plan_resize`],
//! [`plan_scale_out`] and [`plan_scale_in`] decide again from the nodes there are then, and say how many
//! to create or delete.
//!
//! Every `Err` is the text a client or an operator reads, complete with its period.
//! The rules are those of spec engine-cluster §6 and §7, and api-resources §H4, §I4, §I5.

mod calculate;
mod check;
mod int_like;
mod plan;
mod request;
mod scale;
mod truncate;

pub use calculate::{AdjustmentType, UnknownAdjustmentType, calculate_desired};
pub use check::check_sizes;
pub use int_like::int_like;
pub(crate) use int_like::spelled;
pub use plan::{Change, ResizePlan, check_resize_request, plan_resize};
pub use request::ResizeRequest;
pub use scale::{ScaleDirection, check_scale_request, plan_scale_by, plan_scale_in, plan_scale_out};
pub use truncate::truncate_desired;
