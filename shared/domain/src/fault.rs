//! The errors a client must be able to tell apart, independent of HTTP.
//!
//! `kind` is the class name the reference puts on the wire, `message` its public text
//! (spec api-common §10). Internal causes never travel in a fault; they are logged where they occur.

use std::fmt;

/// What went wrong, in the reference's vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// An API-layer check failed.
    HttpBadRequest,
    /// A service-side check failed; the message ends in a period.
    BadRequest,
    /// A profile spec, or the meaning of a policy spec, is wrong.
    InvalidSpec,
    /// The endpoint does not exist at the requested microversion.
    MethodVersionNotFound,
    /// A name or short id matches several resources.
    MultipleChoices,
    /// The request is larger than allowed.
    RequestLimitExceeded,
    /// The caller may not do this.
    Forbidden,
    /// A limit on the number of resources is reached (the reference answers 500 here).
    OverQuota,
    /// The resource does not exist, or not for this project.
    ResourceNotFound,
    /// The policy is not attached to the cluster.
    PolicyBindingNotFound,
    /// The microversion is outside the supported range.
    InvalidGlobalApiVersion,
    /// There were more calls than are taken.
    TooManyRequests,
    /// Another action is active on the target.
    ActionConflict,
    /// A scaling policy is cooling down.
    ActionCooldown,
    /// The target is in a status that excludes the request.
    ActionInProgress,
    /// The action has ended and cannot change any more.
    ActionImmutable,
    /// The request is not supported in the present state.
    FeatureNotSupported,
    /// Something still refers to the resource.
    ResourceInUse,
    /// The target is locked.
    ResourceIsLocked,
    /// A spec violates its schema (500 by contract, tempest asserts it).
    ESchema,
    /// The backend did not do what a request needs of it at once.
    ProfileOperationFailed,
    /// Something that a resource needs could not be made.
    EResourceCreation,
    /// Something that a resource has could not be removed.
    EResourceDeletion,
    /// The service failed.
    InternalError,
    /// A dependency is unavailable or throttling; the same request may succeed later.
    ServiceUnavailable,
}

impl FaultKind {
    /// The HTTP status this kind answers with (spec api-common §10).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::HttpBadRequest
            | Self::BadRequest
            | Self::InvalidSpec
            | Self::MethodVersionNotFound
            | Self::MultipleChoices
            | Self::RequestLimitExceeded => 400,
            Self::Forbidden | Self::OverQuota => 403,
            Self::ResourceNotFound | Self::PolicyBindingNotFound => 404,
            Self::InvalidGlobalApiVersion => 406,
            Self::ActionConflict
            | Self::ActionCooldown
            | Self::ActionInProgress
            | Self::ActionImmutable
            | Self::FeatureNotSupported
            | Self::ResourceInUse
            | Self::ResourceIsLocked => 409,
            Self::TooManyRequests => 429,
            Self::ESchema
            | Self::ProfileOperationFailed
            | Self::EResourceCreation
            | Self::EResourceDeletion
            | Self::InternalError => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// The class name shown as `error.type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpBadRequest => "HTTPBadRequest",
            Self::BadRequest => "BadRequest",
            Self::InvalidSpec => "InvalidSpec",
            Self::MethodVersionNotFound => "MethodVersionNotFound",
            Self::MultipleChoices => "MultipleChoices",
            Self::RequestLimitExceeded => "RequestLimitExceeded",
            Self::Forbidden => "Forbidden",
            Self::OverQuota => "OverQuota",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::PolicyBindingNotFound => "PolicyBindingNotFound",
            Self::InvalidGlobalApiVersion => "InvalidGlobalAPIVersion",
            Self::TooManyRequests => "TooManyRequests",
            Self::ActionConflict => "ActionConflict",
            Self::ActionCooldown => "ActionCooldown",
            Self::ActionInProgress => "ActionInProgress",
            Self::ActionImmutable => "ActionImmutable",
            Self::FeatureNotSupported => "FeatureNotSupported",
            Self::ResourceInUse => "ResourceInUse",
            Self::ResourceIsLocked => "ResourceIsLocked",
            Self::ESchema => "ESchema",
            Self::ProfileOperationFailed => "ProfileOperationFailed",
            Self::EResourceCreation => "EResourceCreation",
            Self::EResourceDeletion => "EResourceDeletion",
            Self::InternalError => "InternalError",
            Self::ServiceUnavailable => "ServiceUnavailable",
        }
    }
}

/// An error with its public text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind of error it is.
    pub kind: FaultKind,
    /// The text a client reads.
    pub message: String,
}

/// The text of a 400 that says no more (spec api-common §7).
pub const MALFORMED: &str =
    "The server could not comply with the request since it is either malformed or otherwise incorrect.";

impl Fault {
    /// A fault of this kind with this text.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An API-layer check failed.
    pub fn http(message: impl Into<String>) -> Self {
        Self::new(FaultKind::HttpBadRequest, message)
    }

    /// The generic 400, where the reference gives no reason.
    #[must_use]
    pub fn malformed() -> Self {
        Self::http(MALFORMED)
    }

    /// A service-side check failed: the text gains exactly one closing period.
    pub fn bad_request(message: impl fmt::Display) -> Self {
        let text = message.to_string();
        Self::new(FaultKind::BadRequest, format!("{}.", text.trim_end_matches('.')))
    }

    /// `The cluster 'x' could not be found.`; `id` as the caller gave it.
    #[must_use]
    pub fn not_found(kind: &str, id: &str) -> Self {
        Self::new(FaultKind::ResourceNotFound, format!("The {kind} '{id}' could not be found."))
    }

    /// A name or short id that matches several resources.
    #[must_use]
    pub fn multiple_choices(criterion: &str) -> Self {
        Self::new(
            FaultKind::MultipleChoices,
            format!(
                "Multiple results found matching the query criteria '{criterion}'. Please be more specific."
            ),
        )
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(FaultKind::Forbidden, "You are not authorized to complete this operation.")
    }
}
