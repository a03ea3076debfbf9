//! `POST /v1/clusters/{id}/actions` (spec api-resources I).

mod dispatch;
mod policy_attach;
mod policy_detach;
mod policy_update;
mod resize;
mod scale_in;
mod scale_out;
