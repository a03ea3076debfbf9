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

#[cfg(test)]
mod tests {
    use super::*;

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
