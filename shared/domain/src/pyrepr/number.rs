//! Numbers as Python reads them from text: `int()`, `float()`, and what counts as a decimal digit.
//!
//! Both accept surrounding blanks, a sign, single underscores between digits, and the decimal digits of
//! every script.

/// Python refuses to convert longer strings of digits.
const MAX_DIGITS: usize = 4300;

/// The code point of the digit zero of every run of ten decimal digits (Unicode 14, category Nd).
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
    0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
    0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066,
    0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// The value of a decimal digit of any script; none for anything else.
#[must_use]
pub fn decimal_digit(c: char) -> Option<u8> {
    let code = u32::from(c);
    let run = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code - ZEROS.get(run)?;
    if value < 10 { u8::try_from(value).ok() } else { None }
}

/// Whether Python's `strip()` removes the character; `int()` and `float()` let fewer blanks pass.
#[must_use]
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Python's `int()` of a string; none where that fails. Values beyond 64 bits become the largest or
/// smallest there are: every bound they meet is far inside.
#[must_use]
pub fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut value: i64 = 0;
    let mut count = 0;
    let mut after_digit = false;
    for c in digits.chars() {
        if c == '_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = i64::from(decimal_digit(c)?);
        let signed = if negative { -digit } else { digit };
        value = value.saturating_mul(10).saturating_add(signed);
        count += 1;
        after_digit = true;
    }
    (after_digit && count <= MAX_DIGITS).then_some(value)
}

/// Python's `float()` of a string; none where that fails. `inf` and `nan` are floats here.
#[must_use]
pub fn float(text: &str) -> Option<f64> {
    let mut ascii = String::new();
    let mut previous_is_digit = false;
    let mut characters = text.trim().chars().peekable();
    while let Some(c) = characters.next() {
        let digit = decimal_digit(c);
        if c == '_' {
            let followed = characters.peek().is_some_and(|next| decimal_digit(*next).is_some());
            if !previous_is_digit || !followed {
                return None;
            }
        } else {
            ascii.push(digit.map_or(c, |value| char::from(b'0' + value)));
        }
        previous_is_digit = digit.is_some();
    }
    ascii.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("2", Some(2)),
            (" 2\n", Some(2)),
            ("+2", Some(2)),
            ("-1", Some(-1)),
            ("007", Some(7)),
            ("1_000", Some(1000)),
            ("٣", Some(3)),
            ("\u{1d7d8}", Some(0)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("", None),
            (" ", None),
            ("+", None),
            ("- 1", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("1.0", None),
            ("0x10", None),
            ("two", None),
            ("½", None),
            ("\u{1c}1", None),
            ("\u{3000}1", Some(1)),
        ] {
            assert_eq!(int(text), expected, "{text:?}");
        }
        assert!(int(&"9".repeat(4300)).is_some());
        assert!(int(&"9".repeat(4301)).is_none());
    }

    #[test]
    fn floats_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("1.5", Some(1.5)),
            (" 1e3 ", Some(1000.0)),
            ("1_0.5", Some(10.5)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-٣", Some(-3.0)),
            ("inf", Some(f64::INFINITY)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("", None),
            (".", None),
            ("1_", None),
            ("1_.5", None),
            ("1 2", None),
            ("two", None),
        ] {
            assert_eq!(float(text), expected, "{text:?}");
        }
        assert!(float("nan").is_some_and(f64::is_nan));
    }
}
