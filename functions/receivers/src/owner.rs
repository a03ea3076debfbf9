//! On whose behalf the calls of a receiver act (spec engine-receivers-health-events §1).

use coppice_api::identity::{ADMIN_ROLE, Caller};
use coppice_domain::receiver::Receiver;

/// The receiver's owner, with the roles of the time when it was made.
pub(crate) fn owner(receiver: &Receiver) -> Caller {
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

/// The roles that a receiver which acts on a cluster keeps of its maker's: whoever knows a webhook's URL is no
/// administrator, and neither is the time.
pub(crate) fn without_admin(roles: &[String]) -> Vec<String> {
    roles.iter().filter(|role| *role != ADMIN_ROLE).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::webhook;

    #[test]
    fn a_webhooks_calls_are_never_an_administrators() {
        let roles = ["member".to_owned(), ADMIN_ROLE.to_owned()];
        let receiver = Receiver { roles: without_admin(&roles), ..webhook() };
        assert_eq!(receiver.roles, ["member"]);
        let caller = owner(&receiver);
        assert!(!caller.is_admin());
        assert_eq!((caller.user_id.as_str(), caller.project_id.as_str()), ("u", "p"));
    }
}
