use super::*;
use crate::schema::tests::any_json;
use proptest::prelude::*;
use serde_json::json;

mod errors;
mod goldens;

/// Every match in order, found the way jsonpath-rw finds them: all of them, again and again.
fn matches(expression: &Expression, document: &Document<'_>, at: usize) -> Vec<usize> {
    let all = |part: &Expression, from: Vec<usize>| {
        from.into_iter().flat_map(|node| matches(part, document, node)).collect::<Vec<_>>()
    };
    match expression {
        Expression::Child(one, other) => all(other, matches(one, document, at)),
        Expression::Descendants(one, other) => {
            let tops = matches(one, document, at).into_iter();
            all(other, tops.flat_map(|top| document.inside(top)).collect())
        }
        Expression::Union(one, other) => [matches(one, document, at), matches(other, document, at)].concat(),
        Expression::Where(one, other) => {
            let mut left = matches(one, document, at);
            left.retain(|node| !matches(other, document, *node).is_empty());
            left
        }
        step => step.steps(document, at),
    }
}

/// A path of a few parts over the fields `a` to `c`.
fn any_path() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "a", "b", "c", "a,b", "*", "$", "`this`", "`parent`", "[0]", "[-1]", "[*]", "[1:]", "[:-1]", "['a']",
    ];
    proptest::sample::select(PARTS).prop_map(str::to_owned).prop_recursive(3, 8, 2, |inner| {
        let operator = proptest::sample::select(&[".", "..", "|", " where "][..]);
        (inner.clone(), operator, inner)
            .prop_map(|(one, operator, other)| format!("({one}){operator}({other})"))
    })
}

/// A document of objects with the fields `a` to `c`, lists and scalars.
fn any_document() -> impl Strategy<Value = Value> {
    let leaf = proptest::sample::select(vec![json!(null), json!(1), json!("xy"), json!(""), json!(true)]);
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_first_match_is_the_first_of_all_matches(path in any_path(), document in any_document()) {
        let path = Path::parse(&path).unwrap();
        let laid_out = Document::new(&document, path.expression.has_index());
        let expected = matches(&path.expression, &laid_out, Document::ROOT).first().copied();
        prop_assert_eq!(path.first(&document), expected.and_then(|at| laid_out.value(at)).cloned());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ab.*$,:|&()\\[\\]'\"`\\\\ \n@#0-9-]{0,24}", document in any_json()) {
        if let Ok(path) = Path::parse(&text) {
            let _ = path.first(&document);
        }
    }

    #[test]
    fn any_characters_are_read_or_refused(text in ".{0,24}") {
        let _ = Path::parse(&text);
    }
}

#[test]
fn a_path_with_ever_more_ways_to_nowhere_takes_no_longer() {
    let document = json!({"a": {"a": {"a": 1}}, "b": vec![json!({"c": [1, 2, 3]}); 300]});
    for path in [
        vec!["(`this`|`this`)"; 16].join("."),
        format!("({}).zz", vec!["`this`"; 48].join("|")),
        format!("$.{}.zz", vec!["(*|*)"; 15].join("..")),
        format!("$..{}..zz", vec!["*"; 40].join("..")),
        format!("{}zz{}", "$..(*..(".repeat(11), "))".repeat(11)),
        format!("{}zz{}", "(* where ".repeat(24), ")".repeat(24)),
        format!("$..*{}.zz", ".`parent`..*".repeat(20)),
    ] {
        let found = Path::parse(&path).unwrap().first(&document);
        assert_eq!(found.is_some(), !path.contains("zz"), "{path}");
    }
}

#[test]
fn neither_a_deep_path_nor_a_deep_document_is_too_deep() {
    let path = format!("{}a{}", "(".repeat(49), ")".repeat(49));
    assert_eq!(Path::parse(&path).unwrap().first(&json!({"a": 1})), Some(json!(1)));
    let document = (0..3000).fold(json!({"z": 1}), |inner, _| Value::Array(vec![inner]));
    assert_eq!(Path::parse("$..z").unwrap().first(&document), Some(json!(1)));
    assert_eq!(Path::parse("$..(zz|$..zz)").unwrap().first(&document), None);
}
