//! Lower-case hexadecimal, the spelling of hashes, keys and Keystone's ids.

use std::fmt::Write as _;

/// The bytes as lower-case hexadecimal digits, two a byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The `N` bytes that `text` spells in either case; `None` unless it is exactly `2 N` digits.
#[must_use]
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_round_trip() {
        let bytes = [0x00, 0x0f, 0xa5, 0xff];
        assert_eq!(encode(&bytes), "000fa5ff");
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        assert_eq!(decode("000FA5FF"), Some(bytes));
    }

    #[test]
    fn anything_but_the_right_number_of_digits_is_refused() {
        for text in ["", "000fa5f", "000fa5ff0", "000fa5fg", "+0+f+5+f", "0é0fa5f"] {
            assert_eq!(decode::<4>(text), None, "{text}");
        }
    }
}
