//! `/v1/webhooks` (spec api-resources N).

mod signature;
pub(crate) mod trigger;
