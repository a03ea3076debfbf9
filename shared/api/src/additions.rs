//! What this service adds to the Clustering API: only those meet it who ask for it, by an entry of its own in
//! the header that asks for microversions: `OpenStack-API-Version: clustering 1.14, coppice 1.0`.

use crate::microversion::{Microversion, Unusable};

/// The name of that entry.
pub const SERVICE: &str = "coppice";

/// The version of the additions: so far there is one.
pub const VERSION: Microversion = Microversion { major: 1, minor: 0 };

/// Whether the values of a request's version headers ask for the additions.
///
/// # Errors
/// [`Unusable`] when they do, and not by a version that there is.
pub fn requested<'a>(headers: impl Iterator<Item = &'a str>) -> Result<bool, Unusable> {
    Ok(Microversion::asked(headers, SERVICE, VERSION..=VERSION)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(headers: &[&str]) -> Result<bool, Unusable> {
        super::requested(headers.iter().copied())
    }

    #[test]
    fn only_an_entry_of_their_own_asks_for_them() {
        for (headers, asked) in [
            (&[][..], false),
            (&["clustering 1.14"], false),
            (&["clustering latest"], false),
            (&["coppice"], false),
            (&["coppice 1.0"], true),
            (&["clustering 1.14, Coppice latest"], true),
            (&["clustering 1.2", "coppice 1.0"], true),
        ] {
            assert_eq!(requested(headers), Ok(asked), "{headers:?}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        for (version, text) in [
            ("1.1", "Version '1.1' is not supported by the API. Minimum is '1.0' and maximum is '1.0'."),
            ("2.0", "Version '2.0' is not supported by the API. Minimum is '1.0' and maximum is '1.0'."),
        ] {
            let Err(Unusable::OutOfRange(fault)) = requested(&[&format!("coppice {version}")]) else {
                panic!("{version} was taken");
            };
            assert_eq!(fault.message, text);
        }
        assert!(matches!(requested(&["coppice one"]), Err(Unusable::Malformed(_))));
    }
}
