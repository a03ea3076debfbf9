//! `/v1/webhooks` (spec api-resources N).

mod trigger;
