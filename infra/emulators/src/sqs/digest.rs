//! The MD5 digests by which clients verify that a message arrived whole.

use super::message::{Attributes, Value};
use md5::{Digest, Md5};
use std::fmt::Write;

/// The digest of a message's body, in lower-case hexadecimal.
pub(super) fn of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// The digest of message attributes; none of an empty set, as the service then sends none.
///
/// In order of name: name, data type and value, each after its length in four bytes, big end first; a
/// byte before the value tells text (1) from binary (2).
pub(super) fn of_attributes(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut hasher = Md5::new();
    for (name, attribute) in attributes {
        add(&mut hasher, name.as_bytes());
        add(&mut hasher, attribute.data_type.as_bytes());
        match &attribute.value {
            Value::Text(text) => {
                hasher.update([1]);
                add(&mut hasher, text.as_bytes());
            }
            Value::Binary(bytes) => {
                hasher.update([2]);
                add(&mut hasher, bytes);
            }
        }
    }
    Some(hex(&hasher.finalize()))
}

/// Sixteen bytes that depend on the moment and the sequence number alone, so that a replayed run names
/// its messages alike and another process names them otherwise.
pub(super) fn of_origin(now: std::time::Duration, sequence: u64) -> [u8; 16] {
    let mut hasher = Md5::new();
    hasher.update(now.as_nanos().to_be_bytes());
    hasher.update(sequence.to_be_bytes());
    hasher.finalize().into()
}

fn add(hasher: &mut Md5, bytes: &[u8]) {
    // No field can reach 4 GiB: a message holds at most 1 MiB.
    hasher.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    hasher.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::message::Attribute;
    use super::*;

    fn attribute(data_type: &str, value: Value) -> Attribute {
        Attribute { data_type: data_type.to_owned(), value }
    }

    #[test]
    fn a_body_has_its_well_known_digest() {
        assert_eq!(of_body("hello"), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(of_body(""), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn no_attributes_have_no_digest() {
        assert_eq!(of_attributes(&Attributes::new()), None);
    }

    #[test]
    fn attributes_are_digested_in_order_of_name_with_lengths_and_a_transport_byte() {
        let attributes = Attributes::from([
            ("b".to_owned(), attribute("Binary", Value::Binary(vec![7, 8]))),
            ("a".to_owned(), attribute("String", Value::Text("v".to_owned()))),
        ]);
        let laid_out =
            b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01v\0\0\0\x01b\0\0\0\x06Binary\x02\0\0\0\x02\x07\x08";
        assert_eq!(of_attributes(&attributes), Some(hex(&Md5::digest(laid_out))));
    }

    #[test]
    fn an_origin_differs_by_moment_and_by_sequence() {
        let second = std::time::Duration::from_secs;
        assert_eq!(of_origin(second(1), 1), of_origin(second(1), 1));
        assert_ne!(of_origin(second(1), 1), of_origin(second(1), 2));
        assert_ne!(of_origin(second(1), 1), of_origin(second(2), 1));
    }
}
