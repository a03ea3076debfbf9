//! With which roles the calls of a receiver act, and what is for its owner alone (spec
//! engine-receivers-health-events §1).

use coppice_api::identity::{ADMIN_ROLE, Caller};
use coppice_domain::fault::Fault;
use coppice_domain::receiver::Receiver;

/// The roles that a receiver which acts on a cluster keeps of its maker's: whoever knows a webhook's URL is no
/// administrator, and neither is the time.
pub(crate) fn without_admin(roles: &[String]) -> Vec<String> {
    roles.iter().filter(|role| *role != ADMIN_ROLE).cloned().collect()
}

/// Checks that the caller made the receiver, or is an administrator: what others in the project may not do.
///
/// # Errors
/// `Forbidden` for anybody else.
pub(crate) fn only_owner(caller: &Caller, receiver: &Receiver) -> Result<(), Fault> {
    if caller.is_admin() || caller.user_id == receiver.user { Ok(()) } else { Err(Fault::forbidden()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::webhook;
    use coppice_support::owner;

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
