use super::super::query::{ListQuery, Listing};
use super::super::*;
use crate::microversion::{MAX, MIN, Microversion};
use coppice_domain::fault::FaultKind;
use proptest::prelude::*;

#[test]
fn query_strings_are_split_and_decoded() {
    let pairs = |raw: &str| parse_query(raw);
    let expected = [("a", "1"), ("b", "x y"), ("a", ""), ("c", ""), ("é", "=&"), ("", "z")];
    let expected: Vec<_> = expected.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    assert_eq!(pairs("a=1;b=x+y&a=&&c&%C3%A9=%3D%26&=z"), expected);
    assert_eq!(pairs(""), []);
    assert_eq!(pairs("a=%FF%2"), [("a".to_owned(), "\u{fffd}%2".to_owned())]);
}

fn list(listing: &Listing, raw: &str, microversion: Microversion) -> Result<ListQuery, String> {
    listing.parse(&parse_query(raw), microversion).map_err(|fault| {
        assert_eq!(fault.kind, FaultKind::HttpBadRequest);
        fault.message
    })
}

#[test]
fn lists_refuse_with_the_text_of_the_reference() {
    let braces = "{f268f071-b72b-45e0-9cac-c6d42455c540}";
    let pattern = "^[a-fA-F0-9]{8}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{12}$";
    for (listing, raw, expected) in [
        (&lists::CLUSTERS, "bogus=1", "Invalid parameter 'bogus'"),
        (&lists::EVENTS, "colour=1", "Invalid parameter colour"),
        (&lists::NODES, "limit=a&zz=1&aa=2", "Invalid parameter zz"),
        (&lists::CLUSTER_POLICIES, "limit=1", "Invalid parameter limit"),
        (&lists::CLUSTERS, "global_project=maybe", "Invalid value 'maybe' specified for 'global_project'"),
        (&lists::CLUSTER_POLICIES, "enabled=1", "Invalid value '1' specified for 'enabled'"),
        (&lists::CLUSTERS, "limit=abc", "The value for limit must be an integer: 'abc'."),
        (&lists::CLUSTERS, "limit=1.5", "The value for limit must be an integer: '1.5'."),
        (&lists::CLUSTERS, "limit=-1", "Value must be >= 0 for field 'limit'."),
        (&lists::CLUSTERS, "marker=nosuch", "The value for marker is not a valid UUID: 'nosuch'."),
        (&lists::CLUSTERS, &format!("marker={braces}"), &format!("'{braces}' does not match '{pattern}'")),
        (
            &lists::CLUSTERS,
            "marker=urn:uuid:f268f071b72b45e09cacc6d42455c540",
            &format!("'urn:uuid:f268f071b72b45e09cacc6d42455c540' does not match '{pattern}'"),
        ),
        (&lists::CLUSTERS, "sort=colour", "Unsupported sort key 'colour' for 'sort'."),
        (&lists::CLUSTERS, "sort=name:up", "Unsupported sort dir 'up' for 'sort'."),
        (&lists::CLUSTERS, "sort=colour:up", "Unsupported sort dir 'up' for 'sort'."),
        (&lists::CLUSTERS, "sort=name:ASC", "Unsupported sort dir 'ASC' for 'sort'."),
        (&lists::CLUSTERS, "sort=name,", "Missing sort key for 'sort'."),
        (&lists::CLUSTERS, "sort=:asc", "Missing sort key for 'sort'."),
        (&lists::CLUSTERS, "status=active", "Field value active is invalid"),
        (&lists::CLUSTERS, "status=", "Field value  is invalid"),
        (&lists::NODES, "status=CHECKING", "Field value CHECKING is invalid"),
        (&lists::EVENTS, "level=20&limit=1", "Field value 20 is invalid"),
        (&lists::RECEIVERS, "action=NODE_CREATE", "Field value NODE_CREATE is invalid"),
        (&lists::ACTIONS, "sort=colour", "Unsupported sort key 'colour' for 'sort'."),
        (
            &lists::CLUSTER_POLICIES,
            "policy_name=a+b&sort=x",
            "The value for the 'policy_name' (a b) contains illegal characters. It must contain only \
             alphanumeric or \"_-.~\" characters and must start with letter.",
        ),
    ] {
        assert_eq!(list(listing, raw, MAX), Err(expected.to_owned()), "{raw}");
    }
}

#[test]
fn a_list_query_is_read_into_its_parts() {
    let id = "f268f071-b72b-45e0-9cac-c6d42455c540";
    let raw = format!(
        "name=a&limit=1&limit=+20&status=ACTIVE&name=&global_project=True&marker={id}&sort=name,status:desc"
    );
    let text = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        list(&lists::CLUSTERS, &raw, MIN),
        Ok(ListQuery {
            limit: Some(20),
            marker: id.parse().ok(),
            sort: vec![("name".to_owned(), false), ("status".to_owned(), true)],
            global_project: true,
            filters: vec![("name".to_owned(), text(&["a", ""])), ("status".to_owned(), text(&["ACTIVE"])),],
        })
    );
}

#[test]
fn empty_single_values_are_ignored_and_the_last_one_counts() {
    let nothing = ListQuery::default();
    assert_eq!(list(&lists::NODES, "limit=&marker=&sort=&global_project=&cluster_id=", MIN), Ok(nothing));
    let query = list(&lists::NODES, "cluster_id=a&cluster_id=b&limit=0", MIN).unwrap();
    assert_eq!(query.filters, [("cluster_id".to_owned(), vec!["b".to_owned()])]);
    assert_eq!(query.limit, Some(0));
    assert_eq!(
        list(&lists::NODES, "limit=99999999999999999999999", MIN).unwrap().limit.map(|n| n > 1000),
        Some(true)
    );
    let query = list(&lists::CLUSTER_POLICIES, "enabled=True&policy_type=t", MIN).unwrap();
    assert_eq!(
        query.filters,
        [("enabled".to_owned(), vec!["true".to_owned()]), ("policy_type".to_owned(), vec!["t".to_owned()])]
    );
}

#[test]
fn a_marker_in_another_spelling_than_ids_have_marks_nothing() {
    for marker in ["F268F071-B72B-45E0-9CAC-C6D42455C540", "f268f071b72b45e09cacc6d42455c540"] {
        assert_eq!(list(&lists::NODES, &format!("marker={marker}"), MIN), Ok(ListQuery::default()));
    }
}

#[test]
fn a_filter_newer_than_the_request_is_taken_and_discarded() {
    let older = Microversion { major: 1, minor: 13 };
    assert_eq!(list(&lists::ACTIONS, "cluster_id=a", older), Ok(ListQuery::default()));
    assert_eq!(list(&lists::ACTIONS, "cluster_id=a", MAX).unwrap().filters.len(), 1);
    assert_eq!(list(&lists::RECEIVERS, "user=a", MIN), Ok(ListQuery::default()));
    assert_eq!(list(&lists::RECEIVERS, "user=a", older).unwrap().filters.len(), 1);
}

proptest! {
    #[test]
    fn any_query_is_taken_or_refused(raw in "(limit|marker|sort|name|status|[a-z%+;&=]{0,3})=.{0,12}(&.{0,12})?") {
        for listing in [&lists::CLUSTERS, &lists::NODES, &lists::EVENTS, &lists::CLUSTER_POLICIES] {
            let _ = list(listing, &raw, MAX);
        }
    }

    #[test]
    fn any_marker_is_taken_or_refused(marker in "[{}uri:d0-9a-fA-F-]{0,50}|[0-9a-f-]{32,36}") {
        let _ = list(&lists::NODES, &format!("marker={marker}"), MAX);
    }
}
