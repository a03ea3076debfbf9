//! Query strings (spec api-common §13).

use percent_encoding::percent_decode_str;

/// The decoded pairs of a query string, in order. `;` separates like `&`, `+` is a space, a key without
/// `=` has the empty value, and bytes that are not UTF-8 become the replacement character.
#[must_use]
pub fn parse_query(raw: &str) -> Vec<(String, String)> {
    raw.split(['&', ';'])
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
