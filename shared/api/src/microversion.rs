//! Microversions: what each one changed, and how a request asks for one (spec api-common §3, §4).

use coppice_domain::fault::{Fault, FaultKind};
use std::fmt;
use std::ops::RangeInclusive;

/// The name of the header that asks for a microversion and, on success, says which one was used.
pub const HEADER: &str = "OpenStack-API-Version";

/// The service's name inside that header.
pub const SERVICE: &str = "clustering";

/// A microversion of the API, such as 1.14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microversion {
    /// The major part.
    pub major: u32,
    /// The minor part.
    pub minor: u32,
}

/// What a client meets below the microversion that brought a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// The endpoint or action answers `MethodVersionNotFound`.
    Refused,
    /// The request field is checked, then discarded; a response field is left out.
    Dropped,
    /// The older form of the representation or of the request.
    OldForm,
    /// The change was only announced: every microversion behaves alike.
    Alike,
}

/// One change of the API.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// What changed.
    pub feature: Feature,
    /// The microversion that brought it.
    pub since: Microversion,
    /// What older microversions see instead.
    pub below: Below,
}

macro_rules! history {
    ($($(#[$doc:meta])* $feature:ident: $minor:literal, $below:ident;)+) => {
        /// A change that some microversion brought.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Feature {
            $($(#[$doc])* $feature,)+
        }

        /// Every change, oldest first. Gates, dropped fields and the range in the version document
        /// all follow from this one table.
        pub const HISTORY: &[Change] = &[
            $(Change {
                feature: Feature::$feature,
                since: Microversion { major: 1, minor: $minor },
                below: Below::$below,
            },)+
        ];
    };
}

history! {
    /// The API itself.
    Base: 0, Alike;
    /// The microversion header.
    Negotiation: 1, Alike;
    /// `GET /clusters/{id}/attrs/{path}`.
    ClusterAttributes: 2, Refused;
    /// `POST /profiles/validate` and `POST /policies/validate`.
    Validation: 2, Refused;
    /// The cluster action `replace_nodes`.
    ReplaceNodes: 3, Refused;
    /// `GET /profile-types/{type}/ops`, `POST /nodes/{id}/ops`, `POST /clusters/{id}/ops`.
    Operations: 4, Refused;
    /// The receiver filter `user`.
    ReceiverUserFilter: 4, Dropped;
    /// `destroy_after_deletion` of `del_nodes`.
    DestroyAfterDeletion: 4, Dropped;
    /// Versions and support status of profile and policy types.
    TypeSupportStatus: 5, OldForm;
    /// `profile_only` of a cluster update.
    ProfileOnly: 6, Dropped;
    /// `check` of a recovery.
    RecoverCheck: 6, Alike;
    /// `POST /nodes/adopt` and `POST /nodes/adopt-preview`.
    Adoption: 7, Refused;
    /// `config` of a cluster update.
    ClusterConfig: 7, Dropped;
    /// Updating receivers, listing services, `check_capacity` of a recovery.
    ReceiverUpdateAndServices: 7, Alike;
    /// `force` on deletion.
    ForceDelete: 8, Dropped;
    /// The cluster action `complete_lifecycle`.
    CompleteLifecycle: 9, Refused;
    /// The body of a webhook call is the input itself.
    WebhookBody: 10, OldForm;
    /// Conflicting and cooling scaling actions are refused with 409.
    FailFastScaling: 11, Alike;
    /// `PATCH /actions/{id}`.
    ActionUpdate: 12, Refused;
    /// `tainted` of nodes.
    Tainted: 13, Dropped;
    /// `cluster_id` of actions, shown and as a filter.
    ActionCluster: 14, Dropped;
}

/// The oldest supported microversion, used when a request names none.
pub const MIN: Microversion = HISTORY[0].since;

/// The newest supported microversion: what `latest` means.
pub const MAX: Microversion = HISTORY[HISTORY.len() - 1].since;

impl Feature {
    /// The microversion that brought this change.
    #[must_use]
    pub const fn since(self) -> Microversion {
        HISTORY[self as usize].since
    }
}

/// Why the header could not be honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The value is not `major.minor`: a raw 400 with this detail.
    Malformed(String),
    /// The value is well-formed and outside the supported range: a 406.
    OutOfRange(Fault),
}

impl Microversion {
    /// Whether a request at this microversion sees `feature`.
    #[must_use]
    pub fn has(self, feature: Feature) -> bool {
        self >= feature.since()
    }

    /// The microversion that the values of the request's version headers ask for, in order of
    /// appearance. The last entry for this service counts; without one it is [`MIN`].
    ///
    /// # Errors
    /// [`Unusable`] when the entry for this service is malformed or out of range.
    pub fn requested<'a>(headers: impl Iterator<Item = &'a str>) -> Result<Self, Unusable> {
        Ok(Self::asked(headers, SERVICE, MIN..=MAX)?.unwrap_or(MIN))
    }

    /// The version within `range` that the last entry for `service` asks for; none without such an entry.
    ///
    /// # Errors
    /// [`Unusable`] when that entry is malformed or out of range.
    pub(crate) fn asked<'a>(
        headers: impl Iterator<Item = &'a str>,
        service: &str,
        range: RangeInclusive<Self>,
    ) -> Result<Option<Self>, Unusable> {
        let asked = headers
            .flat_map(|header| header.split(','))
            .filter_map(|entry| entry.trim().split_once(char::is_whitespace))
            .filter(|(name, _)| name.eq_ignore_ascii_case(service))
            .map(|(_, version)| version.trim())
            .last();
        let Some(version) = asked else { return Ok(None) };
        if version.eq_ignore_ascii_case("latest") {
            return Ok(Some(*range.end()));
        }
        let parsed = Self::parse(version).ok_or_else(|| {
            Unusable::Malformed(format!(
                "API Version String '{version}' is of invalid format. \
                 It must be of format 'major.minor'."
            ))
        })?;
        if range.contains(&parsed) {
            return Ok(Some(parsed));
        }
        let (min, max) = range.into_inner();
        Err(Unusable::OutOfRange(Fault::new(
            FaultKind::InvalidGlobalApiVersion,
            format!(
                "Version '{version}' is not supported by the API. \
                 Minimum is '{min}' and maximum is '{max}'."
            ),
        )))
    }

    /// `major.minor`: the major part from 1, no leading zeros. A number beyond 32 bits counts as the
    /// largest there is, which is out of range all the same.
    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(major) || !plain(minor) || major.starts_with('0') {
            return None;
        }
        if minor.len() > 1 && minor.starts_with('0') {
            return None;
        }
        let number = |part: &str| part.parse().unwrap_or(u32::MAX);
        Some(Self { major: number(major), minor: number(minor) })
    }
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(headers: &[&str]) -> Result<String, Unusable> {
        Microversion::requested(headers.iter().copied()).map(|version| version.to_string())
    }

    #[test]
    fn the_table_is_ordered_and_indexed_by_feature() {
        for (index, change) in HISTORY.iter().enumerate() {
            assert_eq!(change.feature as usize, index);
            assert!(index == 0 || HISTORY[index - 1].since <= change.since);
        }
        assert_eq!((MIN.to_string(), MAX.to_string()), ("1.0".to_owned(), "1.14".to_owned()));
        assert_eq!(Feature::ForceDelete.since().to_string(), "1.8");
    }

    #[test]
    fn a_request_gets_the_microversion_it_names_for_this_service() {
        for (headers, version) in [
            (&[][..], "1.0"),
            (&[""], "1.0"),
            (&["compute 2.1"], "1.0"),
            (&["clustering"], "1.0"),
            (&["1.3"], "1.0"),
            (&["clustering 1.3"], "1.3"),
            (&["Clustering  1.14 "], "1.14"),
            (&["clustering LATEST"], "1.14"),
            (&["compute 2.1, clustering 1.7"], "1.7"),
            (&["clustering 1.2", "compute 2.1"], "1.2"),
            (&["clustering 1.2,clustering 1.5"], "1.5"),
        ] {
            assert_eq!(requested(headers).as_deref(), Ok(version), "{headers:?}");
        }
    }

    #[test]
    fn a_version_that_is_not_major_minor_is_malformed() {
        for text in ["abc", "0.9", "1.00", "1.01", "1", "1.", ".1", "1.2.3", "01.1", "+1.1", "1.abc"] {
            assert_eq!(
                requested(&[&format!("clustering {text}")]),
                Err(Unusable::Malformed(format!(
                    "API Version String '{text}' is of invalid format. \
                     It must be of format 'major.minor'."
                )))
            );
        }
    }

    #[test]
    fn a_version_outside_the_range_is_not_acceptable() {
        for text in ["1.15", "2.0", "9.9", "1.99999999999999999999"] {
            let Err(Unusable::OutOfRange(fault)) = requested(&[&format!("clustering {text}")]) else {
                panic!("{text} was taken");
            };
            assert_eq!(fault.kind, FaultKind::InvalidGlobalApiVersion);
            assert_eq!(
                fault.message,
                format!(
                    "Version '{text}' is not supported by the API. \
                     Minimum is '1.0' and maximum is '1.14'."
                )
            );
        }
    }
}
