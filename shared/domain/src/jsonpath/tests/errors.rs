//! Errors as jsonpath-rw 1.4.0 words them.

use super::*;

/// A text that is no path, and what follows the first colon of the message; nothing where there is no
/// colon.
#[rustfmt::skip]
const GOLDENS: &[(&str, Option<&str>)] = &[
    ("a b", Some("2 near token b (ID)")),
    ("a[", None),
    ("$.[", None),
    ("", None),
    ("   ", None),
    ("a.", None),
    ("a..", None),
    ("..a", Some("0 near token .. (DOUBLEDOT)")),
    (".a", Some("0 near token . (.)")),
    ("a.b.", None),
    ("a|", None),
    ("|a", Some("0 near token | (|)")),
    ("a where", None),
    ("where a", Some("0 near token where (WHERE)")),
    ("a where where", Some("8 near token where (WHERE)")),
    ("a,", None),
    ("a,*", Some("2 near token * (*)")),
    ("*,a", Some("1 near token , (,)")),
    ("a,1", Some("2 near token 1 (NUMBER)")),
    ("1", Some("0 near token 1 (NUMBER)")),
    ("a.1", Some("2 near token 1 (NUMBER)")),
    ("a.-1", Some("2 near token -1 (NUMBER)")),
    ("-", Some("Unexpected character: -")),
    ("a.-", Some("Unexpected character: -")),
    ("#", Some("Unexpected character: #")),
    ("a#b", Some("Unexpected character: #")),
    ("a.\r", Some("Unexpected character:")),
    ("a ; b", Some("Unexpected character: ;")),
    ("é", Some("Unexpected character: é")),
    ("[", None),
    ("[]", Some("1 near token ] (])")),
    ("[1", None),
    ("[1,2]", Some("2 near token , (,)")),
    ("[1 2]", Some("3 near token 2 (NUMBER)")),
    ("[a,]", Some("3 near token ] (])")),
    ("[a,1]", Some("3 near token 1 (NUMBER)")),
    ("[where]", Some("1 near token where (WHERE)")),
    ("[1:2:3]", Some("4 near token : (:)")),
    ("[1:2", None),
    ("[:", None),
    ("[:a]", Some("2 near token a (ID)")),
    ("[*,1]", Some("2 near token , (,)")),
    ("[-]", Some("Unexpected character: -")),
    ("[$]", Some("1 near token $ ($)")),
    ("['a", None),
    ("'a", None),
    ("\"a", None),
    ("a.'b", None),
    ("'a\\", Some("Unexpected character: \\")),
    ("'a\\\n'", Some("Unexpected character: \\")),
    ("a 'b c'", Some("6 near token b c (ID)")),
    ("a\nb", Some("1 near token b (ID)")),
    ("a\n b c", Some("2 near token b (ID)")),
    ("'a\nb' c", Some("6 near token c (ID)")),
    ("(a", None),
    ("(a))", Some("3 near token ) ())")),
    ("a)", Some("1 near token ) ())")),
    ("()", Some("1 near token ) ())")),
    ("(a|)", Some("3 near token ) ())")),
    ("$$", Some("1 near token $ ($)")),
    ("$a", Some("1 near token a (ID)")),
    ("a$", Some("1 near token $ ($)")),
    ("a*", Some("1 near token * (*)")),
    ("a(b)", Some("1 near token ( (()")),
    ("`a", None),
    ("`foo`", Some("4")),
    ("a.`foo`", Some("6")),
    ("`foo` b", Some("6 near token b (ID)")),
    ("`foo`)", Some("4")),
    ("`foo`'", None),
    ("`a:b`", Some("b` at 1:4")),
    ("`a\\`b`", Some("5")),
    ("``", Some("1")),
    ("\n`foo`", Some("5")),
    ("a `this`", Some("7 near token this (NAMED_OPERATOR)")),
    ("007", Some("0 near token 7 (NUMBER)")),
    ("a 007", Some("2 near token 7 (NUMBER)")),
    ("a -007", Some("2 near token -7 (NUMBER)")),
    ("a ٣", Some("2 near token 3 (NUMBER)")),
    ("[0]]", Some("3 near token ] (])")),
    ("a:b", Some("1 near token : (:)")),
    ("a::b", Some("1 near token : (:)")),
    ("a...b", Some("3 near token . (.)")),
    ("a....b", Some("3 near token .. (DOUBLEDOT)")),
    ("&", Some("0 near token & (&)")),
    ("a &", None),
    ("a . where", Some("4 near token where (WHERE)")),
    ("@@ a", Some("3 near token a (ID)")),
    ("_-1 a", Some("4 near token a (ID)")),
    ("a\tb", Some("2 near token b (ID)")),
    ("a,b c", Some("4 near token c (ID)")),
    ("a|b c", Some("4 near token c (ID)")),
    ("(a b)", Some("3 near token b (ID)")),
    ("[a b]", Some("3 near token b (ID)")),
    ("a b c", Some("2 near token b (ID)")),
];

#[test]
fn the_detail_is_what_follows_the_first_colon_of_the_references_message() {
    for (text, detail) in GOLDENS {
        let error = Path::parse(text).unwrap_err();
        assert_eq!(error.detail.as_deref(), *detail, "{text:?}");
    }
}

#[test]
fn an_intersection_is_read_but_not_followed() {
    for text in ["a & b", "a&b.c", "(a & b) | c"] {
        let error = Path::parse(text).unwrap_err();
        assert_eq!(error.detail.as_deref(), Some("the operator & is not supported"), "{text}");
    }
    assert_eq!(Path::parse("a & b c").unwrap_err().detail.as_deref(), Some("6 near token c (ID)"));
}

#[test]
fn a_path_has_a_limited_number_of_tokens() {
    let fields = |count: usize| vec!["a"; count].join(".");
    assert!(Path::parse(&fields(50)).is_ok());
    let error = Path::parse(&fields(51)).unwrap_err();
    assert_eq!(error.detail.as_deref(), Some("a path has at most 100 tokens"));
    assert!(Path::parse(&format!("'{}'", "long".repeat(10_000))).is_ok());
    // What is wrong earlier is said first.
    assert_eq!(Path::parse(&"a ".repeat(1000)).unwrap_err().detail.as_deref(), Some("2 near token a (ID)"));
}

#[test]
fn a_number_beyond_64_bits_leads_nowhere() {
    let digits = "9".repeat(30);
    let list = json!([1, 2]);
    for (path, expected) in [
        (format!("[{digits}]"), None),
        (format!("[-{digits}]"), None),
        (format!("[-{digits}:{digits}]"), Some(json!(1))),
    ] {
        assert_eq!(Path::parse(&path).unwrap().first(&list), expected);
    }
    let detail = format!("2 near token -{digits} (NUMBER)");
    assert_eq!(Path::parse(&format!("a -00{digits}")).unwrap_err().detail, Some(detail));
}

#[test]
fn an_error_prints_its_detail() {
    assert_eq!(Path::parse("a b").unwrap_err().to_string(), "2 near token b (ID)");
    assert_eq!(Path::parse("a[").unwrap_err().to_string(), "incomplete");
}
