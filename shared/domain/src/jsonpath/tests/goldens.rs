//! Matches as jsonpath-rw 1.4.0 finds them.

use super::*;

/// A path, and the first match in [`node`], [`tree`] and [`list`]: nothing where there is none, `=` where
/// it is the document itself, and `!` where jsonpath-rw fails.
#[rustfmt::skip]
const GOLDENS: &[(&str, [&str; 3])] = &[
    ("$.name", [r#""web-1""#, "", ""]),
    ("name", [r#""web-1""#, "", ""]),
    ("@.name", ["", "", ""]),
    ("$.name.x", ["", "", ""]),
    ("$ . name", [r#""web-1""#, "", ""]),
    ("$.*", [r#""c1""#, r#"{"a":{"b":1},"b":2}"#, ""]),
    ("*", [r#""c1""#, r#"{"a":{"b":1},"b":2}"#, ""]),
    ("$.metadata.*", ["7", "", ""]),
    ("$['name']", [r#""web-1""#, "", ""]),
    ("['name']", [r#""web-1""#, "", ""]),
    ("metadata['a b']", ["2", "", ""]),
    (r#"metadata."a b""#, ["2", "", ""]),
    (r#"metadata.'it\'s'"#, ["3", "", ""]),
    (r#"metadata."it's""#, ["3", "", ""]),
    ("metadata.'where'", [r#""here""#, "", ""]),
    ("metadata.['tier','where']", [r#""web""#, "", ""]),
    ("metadata['*']", ["7", "", ""]),
    ("nope,name", [r#""web-1""#, "", ""]),
    ("a,b", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("b,a", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("$[b,a]", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("name,index.x", ["", "", ""]),
    ("role", ["null", "", ""]),
    ("role.x", ["", "", ""]),
    ("tainted", ["false", "", ""]),
    ("details.addresses.private[0].addr", [r#""10.0.0.5""#, "", ""]),
    ("details.addresses.private[1].version", ["6", "", ""]),
    ("details.addresses.private[-1].addr", [r#""fe80::5""#, "", ""]),
    ("details.addresses.private[2]", ["", "", ""]),
    ("details.addresses.private[*].version", ["4", "", ""]),
    ("details.addresses.private[1:].version", ["6", "", ""]),
    ("details.addresses.*[*].addr", [r#""10.0.0.5""#, "", ""]),
    ("details.addresses.*.addr", ["", "", ""]),
    ("details..addr", [r#""10.0.0.5""#, "", ""]),
    ("details..version", ["4", "", ""]),
    ("$..addr", [r#""10.0.0.5""#, "", ""]),
    ("$..b", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("$..b.a", ["", "", ""]),
    ("$..a.b", ["", "2", ""]),
    ("$..a..b", ["", "2", ""]),
    ("$..(a.b)", ["", "2", ""]),
    ("a..b", ["", "2", ""]),
    ("b..a", ["", "4", ""]),
    ("b..*", ["", "3", ""]),
    ("$..d[0]", ["", "5", ""]),
    ("$..[b]", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("$..d..[0]", ["", "!", ""]),
    ("$.[0]", ["!", "!", "[1,2,3]"]),
    ("[0]", ["!", "!", "[1,2,3]"]),
    ("[0][1]", ["!", "!", "2"]),
    ("[0].[-1]", ["!", "!", "3"]),
    ("[0][0:2]", ["!", "!", "1"]),
    ("[0][-2:]", ["!", "!", "2"]),
    ("[0][-2:-1]", ["!", "!", "2"]),
    ("[0][5:]", ["!", "!", ""]),
    ("[0][:-5]", ["!", "!", ""]),
    ("[*]", ["=", "=", "[1,2,3]"]),
    ("[*][*]", ["=", "=", "1"]),
    ("[*][1]", ["!", "!", "2"]),
    ("[*].x", ["", "", "[4]"]),
    ("[*]..[0:1]", ["!", "=", "1"]),
    ("[1].x[0]", ["!", "!", "4"]),
    ("[1].x[1:]", ["!", "!", ""]),
    ("[2]", ["!", "!", r#""text""#]),
    ("[2][0]", ["!", "!", r#""t""#]),
    ("[2][-1][0]", ["!", "!", r#""t""#]),
    ("[2][4]", ["!", "!", ""]),
    ("[2][*]", ["!", "!", r#""text""#]),
    ("[2][1:]", ["!", "!", ""]),
    ("name[0]", [r#""w""#, "", ""]),
    ("name[0:1]", [r#""web-1""#, "", ""]),
    ("name[1:]", ["", "", ""]),
    ("index[*]", ["1", "", ""]),
    ("tainted[:1]", ["false", "", ""]),
    ("metadata[*].tier", [r#""web""#, "", ""]),
    ("a|b", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("zz|b", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("$.b|$.a", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("$.a | b . c", ["", "", ""]),
    ("a|b.b", ["", "2", ""]),
    ("(a|b).b", ["", "2", ""]),
    ("(b|a).b", ["", "2", ""]),
    ("a.(b|a)", ["", "2", ""]),
    ("$..(d|b)", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("a where b", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("$.a where zz", ["", "", ""]),
    ("$.* where b", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("$.* where d", ["", r#"{"d":[5]}"#, ""]),
    ("$..* where c", ["", "", ""]),
    ("c where d.d", ["", "[5]", ""]),
    ("$..b where *", ["", "", ""]),
    ("$.* where (zz|a)", ["", r#"{"a":{"b":1},"b":2}"#, ""]),
    ("data where placement.zone", ["", "", ""]),
    ("data.placement where zone", [r#"{"zone":"az1"}"#, "", ""]),
    ("(data where placement).placement.zone", [r#""az1""#, "", ""]),
    ("details.addresses.private[*] where addr", [r#"{"addr":"10.0.0.5","version":4}"#, "", ""]),
    ("`this`.name", [r#""web-1""#, "", ""]),
    ("name.`this`", [r#""web-1""#, "", ""]),
    ("a.b.`parent`.a", ["", r#"{"b":1}"#, ""]),
    ("$..b.`parent`.`parent`.b", ["", r#"[{"b":3},{"a":4,"c":[]}]"#, ""]),
    ("details..version.`parent`.addr", [r#""10.0.0.5""#, "", ""]),
    ("name.`parent`.index", ["1", "", ""]),
    ("$..zone.`parent`.`parent`.placement", [r#"{"zone":"az1"}"#, "", ""]),
    ("a.$.c.d", ["", "[5]", ""]),
    ("$..d.$.a.b", ["", "2", ""]),
    ("$.a.a..`parent`.b", ["", "2", ""]),
    ("[0][1].`parent`[2]", ["!", "!", "3"]),
    ("[2][1].`parent`", ["!", "!", r#""text""#]),
    ("((a)).((b))", ["", "2", ""]),
    ("(((($)))).a.b", ["", "2", ""]),
    ("details..addr|name", [r#""10.0.0.5""#, "", ""]),
];

fn node() -> Value {
    json!({
        "cluster_id": "c1",
        "data": {"placement": {"zone": "az1"}},
        "dependents": {},
        "details": {
            "addresses": {"private": [{"addr": "10.0.0.5", "version": 4}, {"addr": "fe80::5", "version": 6}]},
            "flavor": "1",
        },
        "index": 1,
        "metadata": {"*": 7, "a b": 2, "it's": 3, "tier": "web", "where": "here"},
        "name": "web-1",
        "role": null,
        "tainted": false,
    })
}

fn tree() -> Value {
    json!({"a": {"a": {"b": 1}, "b": 2}, "b": [{"b": 3}, {"a": 4, "c": []}], "c": {"d": [5]}})
}

fn list() -> Value {
    json!([[1, 2, 3], {"x": [4]}, "text"])
}

#[test]
fn the_first_match_is_the_references() {
    let documents = [node(), tree(), list()];
    for (path, matches) in GOLDENS {
        let parsed = Path::parse(path).unwrap();
        for (document, expected) in documents.iter().zip(matches) {
            let expected = match *expected {
                "!" => continue,
                "" => None,
                "=" => Some(document.clone()),
                text => Some(serde_json::from_str(text).unwrap()),
            };
            assert_eq!(parsed.first(document), expected, "{path} in {document}");
        }
    }
}

#[test]
fn where_the_reference_fails_on_the_document_there_is_no_match_or_the_next_one() {
    for (path, document, expected) in [
        ("[0]", json!({"0": 1}), None),
        ("[0]", json!(null), None),
        ("[0]", json!(5), None),
        ("[-1]", json!([]), None),
        ("[-5]", json!([1, 2]), None),
        ("[-2]", json!("x"), None),
        ("[*]", json!(null), None),
        ("[*]", json!(2.5), Some(json!(2.5))),
        ("$..[0]", json!({"a": {"b": [1]}}), Some(json!(1))),
        ("`parent`", json!({"a": 1}), None),
        ("a.`parent`.`parent`|a", json!({"a": 1}), Some(json!(1))),
    ] {
        assert_eq!(Path::parse(path).unwrap().first(&document), expected, "{path} in {document}");
    }
}

#[test]
fn a_lone_value_that_counts_as_a_list_has_no_list_around_it() {
    let document = json!({"a": {"b": 1}});
    assert_eq!(Path::parse("a[*].`parent`").unwrap().first(&document), Some(document.clone()));
    assert_eq!(Path::parse("[*].$").unwrap().first(&document), Some(document));
}
