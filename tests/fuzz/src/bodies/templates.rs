//! Profiles and policies (spec api-resources E, G).

use super::{Fields, data_or_null, name};
use crate::author::Author;
use serde_json::{Value, json};

pub(crate) fn profile(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("name", author.name()).with("spec", author.profile_spec());
    fields.maybe(author, 40, "metadata", data_or_null).under("profile")
}

pub(crate) fn profile_check(author: &mut Author<'_>) -> Value {
    json!({ "profile": { "spec": author.profile_spec() } })
}

pub(crate) fn profile_update(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().maybe(author, 60, "name", name);
    fields.maybe(author, 60, "metadata", data_or_null).under("profile")
}

pub(crate) fn policy(author: &mut Author<'_>) -> Value {
    Fields::default().with("name", author.name()).with("spec", author.policy_spec()).under("policy")
}

pub(crate) fn policy_check(author: &mut Author<'_>) -> Value {
    json!({ "policy": { "spec": author.policy_spec() } })
}

pub(crate) fn policy_update(author: &mut Author<'_>) -> Value {
    Fields::default().with("name", author.name()).under("policy")
}
