//! Query strings (spec api-common §13).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is escaped: all but letters, digits and these four, and the space, which becomes `+`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b' ');

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

/// A query string of these pairs, in their order.
#[must_use]
pub fn write_query<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> String {
    let written = pairs.into_iter().map(|(key, value)| format!("{}={}", encode(&key), encode(&value)));
    written.collect::<Vec<_>>().join("&")
}

fn encode(text: &impl AsRef<str>) -> String {
    utf8_percent_encode(text.as_ref(), ESCAPED).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_escaped_as_the_reference_does_and_reads_back() {
        let pairs = [("a b", "x y"), ("k", "1+1=2&3;%"), ("é", "~-._"), ("", "{'a': [None]}")];
        let text = write_query(pairs);
        assert_eq!(text, "a+b=x+y&k=1%2B1%3D2%263%3B%25&%C3%A9=~-._&=%7B%27a%27%3A+%5BNone%5D%7D");
        let read = parse_query(&text);
        assert_eq!(read, pairs.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
