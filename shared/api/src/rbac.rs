//! Who may call what (spec api-common §15): one table of the default rules.

use crate::identity::Caller;
use coppice_domain::fault::Fault;

/// Who a rule lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// Anyone with a valid token. The defaults ask for no role, so `reader` suffices even to write;
    /// what a caller can reach is bounded by the project of the token.
    Anyone,
    /// Administrators.
    Admin,
}

use Allowed::{Admin, Anyone};

/// Every rule. What is not in it is refused to everybody: that is how the reference answers
/// `POST /actions`, whose rule it never registered.
const RULES: &[(&str, Allowed)] = &[
    ("build_info:build_info", Anyone),
    ("profile_types:index", Anyone),
    ("profile_types:get", Anyone),
    ("profile_types:ops", Anyone),
    ("policy_types:index", Anyone),
    ("policy_types:get", Anyone),
    ("profiles:index", Anyone),
    ("profiles:create", Anyone),
    ("profiles:get", Anyone),
    ("profiles:update", Anyone),
    ("profiles:delete", Anyone),
    ("profiles:validate", Anyone),
    ("policies:index", Anyone),
    ("policies:create", Anyone),
    ("policies:get", Anyone),
    ("policies:update", Anyone),
    ("policies:delete", Anyone),
    ("policies:validate", Anyone),
    ("clusters:index", Anyone),
    ("clusters:create", Anyone),
    ("clusters:get", Anyone),
    ("clusters:update", Anyone),
    ("clusters:delete", Anyone),
    ("clusters:action", Anyone),
    ("clusters:collect", Anyone),
    ("clusters:operation", Anyone),
    ("nodes:index", Anyone),
    ("nodes:create", Anyone),
    ("nodes:adopt", Anyone),
    ("nodes:adopt_preview", Anyone),
    ("nodes:get", Anyone),
    ("nodes:update", Anyone),
    ("nodes:delete", Anyone),
    ("nodes:action", Anyone),
    ("nodes:operation", Anyone),
    ("cluster_policies:index", Anyone),
    ("cluster_policies:get", Anyone),
    ("receivers:index", Anyone),
    ("receivers:create", Anyone),
    ("receivers:get", Anyone),
    ("receivers:update", Anyone),
    ("receivers:delete", Anyone),
    ("receivers:notify", Anyone),
    ("receivers:secret", Anyone),
    ("actions:index", Anyone),
    ("actions:get", Anyone),
    ("actions:update", Anyone),
    ("events:index", Anyone),
    ("events:get", Anyone),
    ("webhooks:trigger", Anyone),
    ("services:index", Admin),
];

/// Whether `caller` may do what `rule` guards.
///
/// # Errors
/// `Forbidden` when not, or when there is no such rule.
pub fn authorise(caller: &Caller, rule: &str) -> Result<(), Fault> {
    match allowed(rule) {
        Some(Anyone) => Ok(()),
        Some(Admin) if caller.is_admin() => Ok(()),
        Some(Admin) | None => Err(Fault::forbidden()),
    }
}

/// Whether a valid token is not enough for what `rule` guards.
pub(crate) fn is_restricted(rule: &str) -> bool {
    allowed(rule) != Some(Anyone)
}

fn allowed(rule: &str) -> Option<Allowed> {
    RULES.iter().find(|(name, _)| *name == rule).map(|(_, allowed)| *allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: &str) -> Caller {
        Caller {
            user_id: "u".into(),
            user_name: "u".into(),
            project_id: "p".into(),
            project_name: "p".into(),
            domain_id: None,
            roles: vec![role.into()],
            expires_at: None,
        }
    }

    #[test]
    fn defaults_ask_for_no_role_except_where_administrators_are_meant() {
        for (rule, reader, admin) in [
            ("clusters:create", true, true),
            ("events:get", true, true),
            ("services:index", false, true),
            ("actions:create", false, false),
        ] {
            assert_eq!(authorise(&caller("reader"), rule).is_ok(), reader, "{rule}");
            assert_eq!(authorise(&caller("admin"), rule).is_ok(), admin, "{rule}");
        }
    }
}
