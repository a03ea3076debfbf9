//! Regular expressions that users write for another engine: Python's.
//!
//! The dialects agree on what such patterns are made of in practice: literals, classes, repetition,
//! alternatives, groups, anchors, inline flags. They differ in this:
//!
//! - Look-around, back-references and conditionals are no patterns here. In exchange, time is bounded: no
//!   pattern a user writes can hold up a function.
//! - `\d`, `\w`, `\s` and `\b` know ASCII only; Python's know all of Unicode.
//! - `\Z` is `\z` here; Python's octal escapes and `\N{…}` do not exist. A named group may be written in
//!   both dialects as `(?P<name>…)`.
//!
//! `$` also matches before a newline that ends the text, as in Python.

use regex_lite::RegexBuilder;

/// Most bytes that a compiled pattern may take.
const LARGEST: usize = 1 << 20;

/// A text that is no pattern here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{pattern}' is not a regular expression that can be used: {problem}")]
pub struct BadPattern {
    pattern: String,
    problem: String,
}

/// Whether some part of a text matches a pattern. The empty one matches any text.
///
/// # Errors
/// When the pattern is none, or too large.
pub fn contains(pattern: &str, text: &str) -> Result<bool, BadPattern> {
    if pattern.is_empty() {
        return Ok(true);
    }
    let compiled = RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .build()
        .map_err(|problem| BadPattern { pattern: pattern.to_owned(), problem: problem.to_string() })?;
    // Without its last newline a text matches nothing more than what Python's `$` allows with it: the only
    // other way to ask where a text ends, `\b`, does not tell a newline from the end.
    let shorter = text.strip_suffix('\n');
    Ok(compiled.is_match(text) || shorter.is_some_and(|shorter| compiled.is_match(shorter)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pattern_is_searched_for_anywhere() {
        for (pattern, text, found) in [
            ("", "", true),
            ("", "anything", true),
            ("ok", "all ok here", true),
            ("ok", "all OK here", false),
            ("(?i)ok", "all OK here", true),
            ("^ok$", "ok", true),
            ("^ok$", "ok\n", true),
            ("^ok$", "ok\n\n", false),
            ("^ok$", "ok\r\n", false),
            ("^ok$", "not\nok", false),
            ("(?m)^ok$", "not\nok\nnot", true),
            ("a.c", "a\nc", false),
            ("(?s)a.c", "a\nc", true),
            (r#""status":\s*"(up|ok)""#, r#"{"status": "up"}"#, true),
            (r"\bready\b", "already", false),
            (r"^v\d+\.\d+", "v12.3", true),
            ("(?P<state>up)", "up", true),
            ("ünïcödé", "an ünïcödé text", true),
            ("x{2,3}", "xx", true),
            ("[^a-z]", "abc", false),
        ] {
            assert_eq!(contains(pattern, text), Ok(found), "{pattern:?} in {text:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_here_is_refused_with_its_reason() {
        for pattern in ["(", "a(?=b)", "(?<!a)b", r"(a)\1", "*", "[", r"\Z", "a{100000}{100000}"] {
            let refusal = contains(pattern, "a").unwrap_err().to_string();
            let start = format!("'{pattern}' is not a regular expression that can be used: ");
            assert!(refusal.starts_with(&start) && refusal.len() > start.len(), "{refusal}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_long_does_not() {
        assert_eq!(contains("(a+)+b", &"a".repeat(20_000)), Ok(false));
    }

    proptest! {
        #[test]
        fn any_pattern_on_any_text_has_an_answer(pattern in r"\PC{0,12}", text in r"\PC{0,20}") {
            let _ = contains(&pattern, &text);
        }

        #[test]
        fn a_text_is_found_in_itself(text in "[a-zA-Z0-9 ]{0,20}", before in r"\PC{0,5}") {
            prop_assert_eq!(contains(&text, &format!("{before}{text}")), Ok(true));
        }
    }
}
