//! Looking at instances for requests that are answered at once: a node's details, and what adopting an
//! instance would make of it (spec api-resources L2, L7).

use crate::env::Env;
use coppice_compute::ComputeError;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::profile_types::ProfileType;
use serde_json::{Value, json};
use std::fmt;

/// The backend did not tell what it was asked. The text is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The HTTP status that says why.
    pub code: u16,
    /// Why.
    pub message: String,
}

/// An instance as adopting it would take it over.
#[derive(Clone, Debug, PartialEq)]
pub struct Adoptee {
    /// The backend's id of it.
    pub instance: String,
    /// Whether this deployment made it: then it has a node, or is about to be deleted.
    pub own: bool,
    /// The spec of its profile.
    pub spec: JsonMap,
}

/// What `details` shows of the node with this instance: what the backend tells, or why it does not.
pub async fn details(env: &Env, physical_id: &str) -> Value {
    match env.compute.details(physical_id).await {
        Ok(Some(details)) => Value::Object(details),
        Ok(None) => Untold::unknown(physical_id).shown(),
        Err(error) => Untold::of(physical_id, &error).shown(),
    }
}

/// What adopting the instance that `identity` names would make of it, for a profile of type `kind`. The
/// instances of other projects are not there.
///
/// # Errors
/// When the backend does not know the instance, or cannot say.
pub async fn adoptee(
    env: &Env,
    project: &str,
    identity: &str,
    kind: &ProfileType,
    overrides: Option<&JsonMap>,
) -> Result<Adoptee, Untold> {
    let failed = |error| Untold::of(identity, &error);
    let instance = env.compute.get(identity).await.map_err(failed)?;
    let within_reach =
        instance.filter(|found| found.tags.as_ref().is_none_or(|tags| tags.project == project));
    let instance = within_reach.ok_or_else(|| Untold::unknown(identity))?;
    let described = env.compute.describe(&instance.id).await.map_err(failed)?;
    let described = described.ok_or_else(|| Untold::unknown(identity))?;
    Ok(Adoptee {
        own: instance.tags.is_some_and(|tags| tags.deployment == env.settings.deployment),
        instance: instance.id,
        spec: kind.adopted_spec(described, overrides),
    })
}

impl Untold {
    fn unknown(id: &str) -> Self {
        Self { code: 404, message: format!("The instance '{id}' could not be found.") }
    }

    fn of(id: &str, error: &ComputeError) -> Self {
        tracing::warn!(instance.id = %id, error = %error, "the backend does not tell of an instance");
        let code = match error {
            ComputeError::Invalid(_) | ComputeError::TokenSpent { .. } => 400,
            ComputeError::Denied(_) | ComputeError::Quota(_) => 403,
            ComputeError::Throttled { .. } => 429,
            ComputeError::Capacity(_) | ComputeError::Transient(_) => 503,
        };
        Self { code, message: error.to_string() }
    }

    fn shown(&self) -> Value {
        json!({ "Error": { "code": self.code, "message": self.message } })
    }
}

impl fmt::Display for Untold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl From<Untold> for Fault {
    fn from(untold: Untold) -> Self {
        Self::new(FaultKind::ProfileOperationFailed, untold.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_the_backend_did_not_tell_is_shown_as_a_cloud_would_say_it() {
        for (error, code) in [
            (ComputeError::Denied("no".to_owned()), 403),
            (ComputeError::Throttled { retry_after: None }, 429),
            (ComputeError::Transient("silence".to_owned()), 503),
        ] {
            let untold = Untold::of("i", &error);
            let message = error.to_string();
            assert_eq!(untold.shown(), json!({ "Error": { "code": code, "message": message } }));
            let fault = Fault::from(untold);
            assert_eq!((fault.kind.status(), fault.message), (500, format!("{code}: {message}")));
        }
    }
}
