//! On whose behalf the calls of a receiver act (spec engine-receivers-health-events §1).

use coppice_api::identity::Caller;
use coppice_domain::receiver::Receiver;

/// The receiver's owner, with the roles of the time when it was made.
#[must_use]
pub fn owner(receiver: &Receiver) -> Caller {
    Caller {
        user_id: receiver.user.clone(),
        user_name: receiver.user.clone(),
        project_id: receiver.project.clone(),
        project_name: receiver.project.clone(),
        domain_id: receiver.domain.clone(),
        roles: receiver.roles.clone(),
        expires_at: None,
    }
}
