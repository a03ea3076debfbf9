//! On whose behalf actions are asked for.

use coppice_api::call::Call;
use coppice_engine::accept::Requester;

/// On whose behalf `call` asks.
#[must_use]
pub fn requester(call: &Call) -> Requester<'_> {
    Requester { user: &call.caller.user_id, project: &call.caller.project_id }
}
