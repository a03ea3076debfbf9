//! Whether a call is signed by whoever was told the receiver's secret. The function's README says how to sign.

use coppice_api::identity::hex;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::signing::{REPLAY_WINDOW, Signing, timely};
use coppice_domain::secret::Secret;
use coppice_domain::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;

/// When the call was made, in seconds since 1970.
pub(crate) const TIMESTAMP: &str = "coppice-timestamp";
/// `v1=<hexadecimal HMAC-SHA256>`, or several, of which one must be right.
pub(crate) const SIGNATURE: &str = "coppice-signature";
const SCHEME: &str = "v1=";

/// The signature that made the call genuine.
pub(super) fn verified(
    signing: &Signing,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<[u8; 32], Fault> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(stated), Some(signatures)) = (header(TIMESTAMP), header(SIGNATURE)) else {
        return Err(refused(format!(
            "This receiver takes signed calls only: a call needs '{TIMESTAMP}' and '{SIGNATURE}'."
        )));
    };
    let seconds = stated.parse::<i64>().ok().filter(|_| stated.bytes().all(|byte| byte.is_ascii_digit()));
    let moment = seconds.and_then(|seconds| seconds.checked_mul(1_000_000)).map(Timestamp::from_micros);
    if !moment.is_some_and(|moment| timely(moment, now)) {
        return Err(refused(format!(
            "The call's '{TIMESTAMP}' is not within {} seconds of the service's time.",
            REPLAY_WINDOW.as_secs()
        )));
    }
    let given = signatures.split(',').filter_map(|signature| signature.trim().strip_prefix(SCHEME));
    let given: Vec<[u8; 32]> = given.filter_map(hex::decode).collect();
    let right = signing.secrets(now).find_map(|secret| {
        let mac = mac(secret, stated, body)?;
        // Compared in constant time.
        given.iter().find(|given| mac.clone().verify_slice(given.as_slice()).is_ok())
    });
    right.copied().ok_or_else(|| refused(format!("The call's '{SIGNATURE}' is not that of this receiver.")))
}

/// What is signed is the time as it is stated, a full stop, and the body to the byte.
fn mac(secret: &Secret, stated: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(stated.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

fn refused(text: String) -> Fault {
    Fault::new(FaultKind::Forbidden, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// `printf '1700000000.{"count":2}' | openssl dgst -sha256 -hmac key`
    const RIGHT: &str = "14e0d31eefafede5149b78fb2e6f30a6d5d3140deb2a2f4faf957a77eeb36725";
    const BODY: &[u8] = br#"{"count":2}"#;

    fn call(stated: &str, signature: &str, body: &[u8], at: i64) -> Result<[u8; 32], String> {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, stated.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        let signing = Signing::new(Secret::new("key".to_owned()));
        let now = Timestamp::from_micros(at * 1_000_000);
        verified(&signing, &headers, body, now).map_err(|fault| fault.message)
    }

    #[test]
    fn a_call_is_genuine_whose_time_and_body_are_signed_with_the_secret() {
        let right = format!("v1={RIGHT}");
        let signature = hex::decode(RIGHT).unwrap();
        for at in [1_700_000_000, 1_700_000_300, 1_699_999_700] {
            assert_eq!(call("1700000000", &right, BODY, at), Ok(signature), "{at}");
        }
        let several = format!("v0=x, v1={}, {right}", "0".repeat(64));
        assert_eq!(call("1700000000", &several, BODY, 1_700_000_000), Ok(signature));
    }

    #[test]
    fn whatever_differs_makes_it_false() {
        let (right, now) = (format!("v1={RIGHT}"), 1_700_000_000);
        let wrong = "The call's 'coppice-signature' is not that of this receiver.";
        let late = "The call's 'coppice-timestamp' is not within 300 seconds of the service's time.";
        for (stated, signature, body, at, text) in [
            ("1700000000", &*format!("v1={}", "0".repeat(64)), BODY, now, wrong),
            ("1700000000", RIGHT, BODY, now, wrong),
            ("1700000000", "", BODY, now, wrong),
            ("1700000000", &right[..66], BODY, now, wrong),
            ("1700000000", &right, b"", now, wrong),
            ("1700000001", &right, BODY, now, wrong),
            ("1700000000", &right, BODY, now + 301, late),
            ("1700000000", &right, BODY, now - 301, late),
            ("+1700000000", &right, BODY, now, late),
            ("soon", &right, BODY, now, late),
            ("9999999999999999999", &right, BODY, now, late),
        ] {
            assert_eq!(call(stated, signature, body, at), Err(text.to_owned()), "{stated} {signature}");
        }
    }

    #[test]
    fn an_earlier_secret_signs_until_its_grace_is_over() {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, "1700000000".parse().unwrap());
        headers.insert(SIGNATURE, format!("v1={RIGHT}").parse().unwrap());
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let new = Secret::new("new".to_owned());
        let signing = Signing::new(Secret::new("key".to_owned()));
        let rotated = signing.rotated(new, at(1_700_000_000), Duration::from_secs(60));
        assert!(verified(&rotated, &headers, BODY, at(1_700_000_059)).is_ok());
        assert!(verified(&rotated, &headers, BODY, at(1_700_000_060)).is_err());
    }
}
