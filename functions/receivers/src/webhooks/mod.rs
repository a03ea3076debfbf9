//! `/v1/webhooks` (spec api-resources N).

pub(crate) mod trigger;
