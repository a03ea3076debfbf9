//! What the first segment of a path says about the version (spec api-common §1, §2).

/// Where a path leads before any resource is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// The list of versions.
    Versions,
    /// Version 1: the segment that said so, and the rest of the path.
    V1 {
        /// `v1`, `v1.` or `v1.0`.
        segment: &'a str,
        /// Empty when nothing follows the segment, else what follows, from its slash.
        rest: &'a str,
    },
    /// A first segment that names no version.
    Unknown,
}

/// Reads the first segment of `path`; leading slashes do not count.
pub(crate) fn target(path: &str) -> Target<'_> {
    let path = path.trim_start_matches('/');
    let (segment, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    if segment.is_empty() || segment == "versions" {
        Target::Versions
    } else if is_v1(segment) {
        Target::V1 { segment, rest }
    } else {
        Target::Unknown
    }
}

/// Whether `text` spells version 1.0: `v<major>[.][<minor>]`.
pub(crate) fn is_v1(text: &str) -> bool {
    let Some(version) = text.strip_prefix('v') else { return false };
    let (major, minor) = version.split_once('.').unwrap_or((version, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !major.is_empty() && digits(major) && digits(minor) && major.parse() == Ok(1_u32) && {
        minor.is_empty() || minor.parse() == Ok(0_u32)
    }
}

/// The path to route: one trailing slash is as good as none, except that `/` alone is the version
/// document. A slash hidden in a segment and bytes that are not UTF-8 lead nowhere.
pub(crate) fn routable(rest: &str) -> Option<&str> {
    let decoded = percent_encoding::percent_decode_str(rest).decode_utf8().ok()?;
    if decoded.matches('/').count() != rest.matches('/').count() {
        return None;
    }
    match rest.strip_suffix('/') {
        Some("") | None => Some(rest),
        Some(trimmed) => Some(trimmed),
    }
}

/// Whether a path inside the version is that of a webhook's calls, to the letter:
/// `/webhooks/{receiver}/trigger`. With another slash, or any escape outside the id, it is not.
pub(crate) fn is_webhook(rest: &str) -> bool {
    let id = rest.strip_prefix("/webhooks/").and_then(|rest| rest.strip_suffix("/trigger"));
    id.is_some_and(|id| !id.is_empty() && !id.contains('/')) && routable(rest).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_path_is_a_webhooks() {
        for (rest, expected) in [
            ("/webhooks/r/trigger", true),
            ("/webhooks/631f1c56-1c1e-4c60-8709-5a4a091db2df/trigger", true),
            ("/webhooks/%E7%BB%84/trigger", true),
            ("/webhooks/trigger/trigger", true),
            ("/webhooks/r/trigger/", false),
            ("/webhooks//trigger", false),
            ("/webhooks/a%2Fb/trigger", false),
            ("/webhooks/%FF/trigger", false),
            ("//webhooks/r/trigger", false),
            ("/webhooks/a/b/trigger", false),
            ("/webhooks/r/trigger/x", false),
            ("/webhooks/trigger", false),
            ("/webhooks/r", false),
            ("/webhooks", false),
            ("/Webhooks/r/trigger", false),
            ("/%77ebhooks/r/trigger", false),
            ("/webhooks/r/trigge%72", false),
            ("/receivers/r/notify", false),
            ("/clusters/webhooks/r/trigger", false),
            ("", false),
        ] {
            assert_eq!(is_webhook(rest), expected, "{rest}");
        }
    }

    #[test]
    fn the_first_segment_names_the_version() {
        for (path, expected) in [
            ("", Target::Versions),
            ("/", Target::Versions),
            ("/versions", Target::Versions),
            ("/versions/x", Target::Versions),
            ("/v1", Target::V1 { segment: "v1", rest: "" }),
            ("/v1.", Target::V1 { segment: "v1.", rest: "" }),
            ("/v1.0/", Target::V1 { segment: "v1.0", rest: "/" }),
            ("/v1/clusters/a", Target::V1 { segment: "v1", rest: "/clusters/a" }),
            ("/v1.1/clusters", Target::Unknown),
            ("/v2/clusters", Target::Unknown),
            ("/v10/clusters", Target::Unknown),
            ("/v", Target::Unknown),
            ("/v1x", Target::Unknown),
            ("/clusters", Target::Unknown),
        ] {
            assert_eq!(target(path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_routed_is_well_formed() {
        for (rest, expected) in [
            ("/", Some("/")),
            ("/clusters", Some("/clusters")),
            ("/clusters/", Some("/clusters")),
            ("/clusters/%E7%BB%84", Some("/clusters/%E7%BB%84")),
            ("/clusters/a%2Fb", None),
            ("/clusters/a%2fb", None),
            ("/clusters/%FF", None),
        ] {
            assert_eq!(routable(rest), expected, "{rest}");
        }
    }
}
