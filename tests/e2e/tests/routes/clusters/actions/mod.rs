//! `POST /v1/clusters/{id}/actions` (spec api-resources I).

mod dispatch;
mod resize;
mod scale_in;
mod scale_out;
