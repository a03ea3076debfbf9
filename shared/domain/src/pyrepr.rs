//! Values as Python prints them.
//!
//! The texts clients see quote values in Python's notation (spec api-common, "py-repr"), so two
//! printers are needed: [`repr`], which quotes strings, and [`str`], which leaves a bare string as it is.
//! Maps are printed in their own order.

use serde_json::{Number, Value};
use std::fmt::Write as _;

pub mod number;

/// Python's `repr()`: `'a'`, `True`, `None`, `['a', 1.0]`, `{'a': 'b'}`.
#[must_use]
pub fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

/// Python's `str()`: a string as it is, anything else as [`repr`] prints it.
#[must_use]
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// Python's `bool()`: whether there is something in it.
#[must_use]
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// Python's `repr()` of a string: `'a'`, or `"it's"` when that saves an escape.
#[must_use]
pub fn repr_str(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_str(&mut out, text);
    out
}

/// Python's `repr()` of a list of strings: `['a', 'b']`.
pub fn repr_list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let mut out = String::from("[");
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_str(&mut out, item.as_ref());
    }
    out.push(']');
    out
}

/// Python's `repr()` of a float: the shortest digits that read back as the same number, with an
/// exponent below 1e-4 and from 1e16, and always a mark that it is no integer.
#[must_use]
pub fn repr_float(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan".to_owned()
        } else if value > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    let scientific = shortest(value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let fraction = i32::try_from(mantissa.split_once('.').map_or(0, |(_, digits)| digits.len())).unwrap_or(0);
    // As many decimals as the digits ask for, and at least one.
    let decimals = usize::try_from(fraction - exponent).unwrap_or(0).max(1);
    format!("{value:.decimals$}")
}

/// The shortest digits that read back as the number. Of two equally near ones Python takes the even one,
/// as rounding to that many digits does; the formatter may take the other.
fn shortest(value: f64) -> String {
    let scientific = format!("{value:e}");
    let mantissa = scientific.split('e').next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let rounded = format!("{value:.*e}", digits.saturating_sub(1));
    if rounded.parse() == Ok(value) { rounded } else { scientific }
}

/// A JSON number as Python prints it: `1`, `1.0`, `1e+20`.
#[must_use]
pub fn repr_number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => repr_float(float),
        _ => number.to_string(),
    }
}

fn write_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&repr_number(number)),
        Value::String(text) => write_str(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_repr(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_str(out, key);
                out.push_str(": ");
                write_repr(out, item);
            }
            out.push('}');
        }
    }
}

fn write_str(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => write_escape(out, u32::from(c)),
        }
    }
    out.push(quote);
}

fn write_escape(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether Python leaves the character as it is: neither a control, format, surrogate, private-use or
/// unassigned character nor a separator other than the space. `Debug` escapes exactly those, by a newer
/// table of assigned characters; a letter goes before, because combining characters are escaped at the
/// start of a string.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut probe = String::from("a");
    probe.push(c);
    !probe.escape_debug().skip(1).any(|escaped| escaped == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_empty_or_zero_is_false() {
        for value in [json!(null), json!(false), json!(0), json!(-0.0), json!(""), json!([]), json!({})] {
            assert!(!truth(&value), "{value}");
        }
        for value in [json!(true), json!(-1), json!(0.5), json!("0"), json!([null]), json!({"a": 0})] {
            assert!(truth(&value), "{value}");
        }
    }

    #[test]
    fn values_are_printed_as_python_prints_them() {
        for (value, expected) in [
            (json!(null), "None"),
            (json!(true), "True"),
            (json!(false), "False"),
            (json!(-3), "-3"),
            (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
            (json!("a"), "'a'"),
            (json!("it's"), r#""it's""#),
            (json!(r#"say "it's""#), r#"'say "it\'s"'"#),
            (json!("tab\tnew\nline\rback\\slash"), r"'tab\tnew\nline\rback\\slash'"),
            (json!("\u{7f}\u{0}\u{a0}"), r"'\x7f\x00\xa0'"),
            (json!("é中\u{301}🦀"), "'é中\u{301}🦀'"),
            (json!("\u{200b}\u{e000}\u{10ffff}"), r"'\u200b\ue000\U0010ffff'"),
            (json!([]), "[]"),
            (json!(["a", 1, [null]]), "['a', 1, [None]]"),
            (json!({}), "{}"),
            (json!({"a": {"b": 1.5}, "c": "d"}), "{'a': {'b': 1.5}, 'c': 'd'}"),
        ] {
            assert_eq!(repr(&value), expected);
        }
        assert_eq!(str(&json!("it's")), "it's");
        assert_eq!(str(&json!(["x"])), "['x']");
        assert_eq!(repr_list(["a", "b'"]), r#"['a', "b'"]"#);
        assert_eq!(repr_list(Vec::<String>::new()), "[]");
    }

    #[test]
    fn floats_are_printed_with_the_shortest_digits() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (814_245_183_364_181.0 + 0.25, "814245183364181.2"),
            (5_960_464_477_539_063e-7, "596046447.7539062"),
            (9.5367431640625e-7, "9.5367431640625e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e20, "1.25e+20"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
            (1_450_683_904.123_456, "1450683904.123456"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(repr_float(value), expected);
        }
    }
}
