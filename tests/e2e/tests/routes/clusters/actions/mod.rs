//! `POST /v1/clusters/{id}/actions` (spec api-resources I).

mod add_nodes;
mod check;
mod complete_lifecycle;
mod del_nodes;
mod dispatch;
mod policy_attach;
mod policy_detach;
mod policy_update;
mod recover;
mod replace_nodes;
mod resize;
mod scale_in;
mod scale_out;
