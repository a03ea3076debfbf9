use super::*;
use coppice_domain::nesting::MAX_DEPTH;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Texts and what Python 3.11 says about them.
const SYNTAX_ERRORS: &[(&str, &str)] = &[
    ("", "Expecting value: line 1 column 1 (char 0)"),
    (" ", "Expecting value: line 1 column 2 (char 1)"),
    ("{\"profile\": ", "Expecting value: line 1 column 13 (char 12)"),
    ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{}x", "Extra data: line 1 column 3 (char 2)"),
    ("{} {}", "Extra data: line 1 column 4 (char 3)"),
    ("[", "Expecting value: line 1 column 2 (char 1)"),
    ("[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
    ("[1,", "Expecting value: line 1 column 4 (char 3)"),
    ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
    ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
    ("[,]", "Expecting value: line 1 column 2 (char 1)"),
    ("]", "Expecting value: line 1 column 1 (char 0)"),
    ("{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
    ("{,}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{a:1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{'a':1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{1:2}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{\"a\"", "Expecting ':' delimiter: line 1 column 5 (char 4)"),
    ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
    ("{\"a\":", "Expecting value: line 1 column 6 (char 5)"),
    ("{\"a\": }", "Expecting value: line 1 column 7 (char 6)"),
    ("{\"a\":1 \"b\":2}", "Expecting ',' delimiter: line 1 column 8 (char 7)"),
    ("{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
    ("{\"a\":1,", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
    ("{\"a\":1,  ", "Expecting property name enclosed in double quotes: line 1 column 10 (char 9)"),
    (
        "{\"a\":{\"b\":[1,{]}}",
        "Expecting property name enclosed in double quotes: line 1 column 15 (char 14)",
    ),
    ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
    ("\"", "Unterminated string starting at: line 1 column 1 (char 0)"),
    ("{\"a", "Unterminated string starting at: line 1 column 2 (char 1)"),
    ("{\"a\\", "Unterminated string starting at: line 1 column 2 (char 1)"),
    ("\"a\\\"", "Unterminated string starting at: line 1 column 1 (char 0)"),
    ("\"a\tb\"", "Invalid control character at: line 1 column 3 (char 2)"),
    ("\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"),
    ("{\"k\":\"a\u{0}\"}", "Invalid control character at: line 1 column 8 (char 7)"),
    ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
    ("\"ab\\ c\"", "Invalid \\escape: line 1 column 4 (char 3)"),
    ("\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
    ("\"\\u12g4\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
    ("\"\\u1234", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
    ("\"\\u", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
    ("\"\\u00e9\\q\"", "Invalid \\escape: line 1 column 8 (char 7)"),
    ("\"\\ud83d\\u12\"", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
    ("\"\\ud83d\\ug000\"  ", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
    ("\"\\ud83d\\u00zz\" ", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
    ("nul", "Expecting value: line 1 column 1 (char 0)"),
    ("nulL", "Expecting value: line 1 column 1 (char 0)"),
    ("True", "Expecting value: line 1 column 1 (char 0)"),
    ("tru", "Expecting value: line 1 column 1 (char 0)"),
    ("fals", "Expecting value: line 1 column 1 (char 0)"),
    ("undefined", "Expecting value: line 1 column 1 (char 0)"),
    ("-", "Expecting value: line 1 column 1 (char 0)"),
    ("-a", "Expecting value: line 1 column 1 (char 0)"),
    ("+1", "Expecting value: line 1 column 1 (char 0)"),
    (".5", "Expecting value: line 1 column 1 (char 0)"),
    ("1.", "Extra data: line 1 column 2 (char 1)"),
    ("1.e5", "Extra data: line 1 column 2 (char 1)"),
    ("1e", "Extra data: line 1 column 2 (char 1)"),
    ("1e+", "Extra data: line 1 column 2 (char 1)"),
    ("01", "Extra data: line 1 column 2 (char 1)"),
    ("{\"a\":01}", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
    ("-01", "Extra data: line 1 column 3 (char 2)"),
    ("0x10", "Extra data: line 1 column 2 (char 1)"),
    ("1_000", "Extra data: line 1 column 2 (char 1)"),
    ("--1", "Expecting value: line 1 column 1 (char 0)"),
    ("// c\n1", "Expecting value: line 1 column 1 (char 0)"),
    ("{\"a\":1}//", "Extra data: line 1 column 8 (char 7)"),
    ("{\"a\": 1}\u{0}", "Extra data: line 1 column 9 (char 8)"),
    ("\u{feff}{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
    ("\u{a0}{}", "Expecting value: line 1 column 1 (char 0)"),
    ("[1,\n 2,\n x]", "Expecting value: line 3 column 2 (char 9)"),
    ("{\n  \"a\": 1\n  \"b\": 2\n}", "Expecting ',' delimiter: line 3 column 3 (char 13)"),
    ("{\"é\": \"中\", x}", "Expecting property name enclosed in double quotes: line 1 column 12 (char 11)"),
    ("{\"🦀\": 1, \"b\"}", "Expecting ':' delimiter: line 1 column 13 (char 12)"),
    ("{\"a\":\r\n\r\n@}", "Expecting value: line 3 column 1 (char 9)"),
    ("[\"a\", \"b\"", "Expecting ',' delimiter: line 1 column 10 (char 9)"),
    ("[[[[", "Expecting value: line 1 column 5 (char 4)"),
    ("{\"a\":[1,2,{\"b\":nul}]}", "Expecting value: line 1 column 16 (char 15)"),
    ("[1]]", "Extra data: line 1 column 4 (char 3)"),
    ("\"a\" \"b\"", "Extra data: line 1 column 5 (char 4)"),
    ("{\"a\"::1}", "Expecting value: line 1 column 6 (char 5)"),
    ("{\"a\":1,,\"b\":2}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
    ("{\"a\":1;}", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
    ("{\"a\":tRue}", "Expecting value: line 1 column 6 (char 5)"),
    ("\n\n", "Expecting value: line 3 column 1 (char 2)"),
    ("{\"a\":\"\\", "Unterminated string starting at: line 1 column 6 (char 5)"),
    ("{\"a\":\"b}\n", "Invalid control character at: line 1 column 9 (char 8)"),
];

/// Bytes that are not UTF-8 and what Python 3.11 says about them.
const UNDECODABLE: &[(&[u8], &str)] = &[
    (b"{\"a\": \"\xff\"}", "'utf-8' codec can't decode byte 0xff in position 7: invalid start byte"),
    (b"{\"a\": \"\xc3(\"}", "'utf-8' codec can't decode byte 0xc3 in position 7: invalid continuation byte"),
    (b"\xe4\xb8\"", "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"),
    (b"{\"a\": \"\xe4\xb8", "'utf-8' codec can't decode bytes in position 7-8: unexpected end of data"),
    (b"\xf0\x90\x80", "'utf-8' codec can't decode bytes in position 0-2: unexpected end of data"),
    (b"\xf0\x90\x80(", "'utf-8' codec can't decode bytes in position 0-2: invalid continuation byte"),
    (b"\xed\xa0\x80", "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"),
    (b"\x80", "'utf-8' codec can't decode byte 0x80 in position 0: invalid start byte"),
    (b"\xc0\xaf", "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte"),
    (b"\xf5\x80\x80\x80", "'utf-8' codec can't decode byte 0xf5 in position 0: invalid start byte"),
    (b"\xe0\x80\x80", "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte"),
    (b"{\"\xc3\xa9\": \"\xc3", "'utf-8' codec can't decode byte 0xc3 in position 8: unexpected end of data"),
    (b"\xf4\x90\x80\x80", "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte"),
    (b"\xf0\x80\x80\x80", "'utf-8' codec can't decode byte 0xf0 in position 0: invalid continuation byte"),
];

/// Texts and what Python 3.11 writes for the value they spell, with sorted keys.
const RENDERED: &[(&str, &str)] = &[
    (r#"null"#, r#"null"#),
    (r#"true"#, r#"true"#),
    (r#"1"#, r#"1"#),
    (r#"-5"#, r#"-5"#),
    (r#"1.0"#, r#"1.0"#),
    (r#"1e+16"#, r#"1e+16"#),
    (r#"1e-05"#, r#"1e-05"#),
    (r#"1.5e+300"#, r#"1.5e+300"#),
    (r#"0.1"#, r#"0.1"#),
    (r#""a\"b\\c/""#, r#""a\"b\\c/""#),
    (r#""\n\r\t\b\f\u0000\u001f\u007f""#, r#""\n\r\t\b\f\u0000\u001f\u007f""#),
    (r#""\u00e9\u4e2d\ud83e\udd80""#, r#""\u00e9\u4e2d\ud83e\udd80""#),
    (r#"[]"#, r#"[]"#),
    (r#"{}"#, r#"{}"#),
    (r#"[1, "a", null]"#, r#"[1, "a", null]"#),
    (r#"{"b": 1, "a": {"d": [], "c": {}}}"#, r#"{"a": {"c": {}, "d": []}, "b": 1}"#),
    (r#"{"\u00e9": 1, "z": 2, "Z": 3, "": 4}"#, r#"{"": 4, "Z": 3, "z": 2, "\u00e9": 1}"#),
];

#[test]
fn syntax_errors_are_described_in_the_words_of_python() {
    for (text, expected) in SYNTAX_ERRORS {
        assert_eq!(parse(text.as_bytes()), Err((*expected).to_owned()), "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_described_in_the_words_of_python() {
    for (bytes, expected) in UNDECODABLE {
        assert_eq!(parse(bytes), Err((*expected).to_owned()), "{bytes:?}");
    }
}

#[test]
fn values_are_written_as_python_writes_them() {
    for (text, expected) in RENDERED {
        assert_eq!(render(&parse(text.as_bytes()).unwrap()), *expected);
    }
}

#[test]
fn what_a_value_cannot_hold_is_refused_with_its_place() {
    let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
    let unclosed = "{\"a\":".repeat(100_000);
    for (text, expected) in [
        (r#"{"a": NaN}"#, "Expecting value: line 1 column 7 (char 6)"),
        ("[NaN", "Expecting ',' delimiter: line 1 column 5 (char 4)"),
        ("[NaN, 1e999, x]", "Expecting value: line 1 column 14 (char 13)"),
        ("[Infinity]", "Expecting value: line 1 column 2 (char 1)"),
        ("[-Infinity]", "Expecting value: line 1 column 2 (char 1)"),
        ("[1, 1e999]", "Number out of range: line 1 column 5 (char 4)"),
        (r#"["\ud800"]"#, "Unpaired surrogate in string: line 1 column 3 (char 2)"),
        (r#"["\ud800\u0041"]"#, "Unpaired surrogate in string: line 1 column 3 (char 2)"),
        (r#"["\ud800" "\udc00"]"#, "Expecting ',' delimiter: line 1 column 11 (char 10)"),
        (r#"["\udc00"]"#, "Unpaired surrogate in string: line 1 column 3 (char 2)"),
        (&deep, "Nesting too deep: line 1 column 65 (char 64)"),
        (&unclosed, "Nesting too deep: line 1 column 321 (char 320)"),
    ] {
        assert_eq!(parse(text.as_bytes()), Err(expected.to_owned()));
    }
}

#[test]
fn the_deepest_nesting_is_taken() {
    let text = "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH);
    assert_eq!(render(&parse(text.as_bytes()).unwrap()), text);
}

#[test]
fn the_last_of_duplicate_keys_wins_and_large_integers_become_floats() {
    assert_eq!(parse(br#"{"a": 1, "b": 2, "a": 3}"#), Ok(json!({"a": 3, "b": 2})));
    assert_eq!(parse(b"18446744073709551615"), Ok(json!(18_446_744_073_709_551_615_u64)));
    assert_eq!(parse(b"18446744073709551616"), Ok(json!(18_446_744_073_709_551_616.0)));
    assert_eq!(parse(b"-9223372036854775809"), Ok(json!(-9_223_372_036_854_775_809.0)));
    assert_eq!(parse(br#""\ud83e\udd80""#), Ok(json!("\u{1f980}")));
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn whatever_is_refused_is_diagnosed(text in r#"[\[\]{}:,"\\/u0-9a-fEntrl.+ \n-]{0,24}"#) {
        if let Err(message) = parse(text.as_bytes()) {
            prop_assert!(message.ends_with(')') && message.contains(": line "), "{}", message);
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same(value in crate::fields::tests::any_json()) {
        let text = render(&value);
        prop_assert!(text.is_ascii());
        prop_assert_eq!(parse(text.as_bytes()), Ok::<Value, String>(value));
    }
}
