use super::*;
use crate::cluster::Sizes;
use crate::ids::{ClusterId, NodeId, ProfileId};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
const GRACE: Duration = Duration::from_secs(900);

fn node() -> Node {
    let made = NOW.minus(Duration::from_secs(3600));
    Node {
        id: NodeId::new(Uuid::from_u128(1)),
        name: "n".to_owned(),
        cluster_id: Some(ClusterId::new(Uuid::from_u128(2))),
        physical_id: Some("i-1".to_owned()),
        profile_id: ProfileId::new(Uuid::from_u128(3)),
        profile_type: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        index: 1,
        role: None,
        init_at: made,
        created_at: Some(made),
        updated_at: None,
        status: NodeStatus::Active,
        status_reason: "Creation succeeded".to_owned(),
        metadata: None,
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: false,
    }
}

fn findings() -> Vec<Finding> {
    let properties = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    vec![
        Finding::Gone,
        Finding::Broken { message: String::new() },
        Finding::Broken { message: "No valid host was found.".to_owned() },
        Finding::Differs { properties: properties(&["flavor"]) },
        Finding::Differs { properties: properties(&["flavor", "image"]) },
    ]
}

#[test]
fn each_finding_has_a_status_and_a_reason_that_names_the_instance() {
    let said: Vec<(NodeStatus, String)> =
        findings().iter().map(|finding| (finding.status(), finding.reason("i-1"))).collect();
    let expected = [
        (NodeStatus::Error, "The instance 'i-1' is gone."),
        (NodeStatus::Error, "The instance 'i-1' is in error."),
        (NodeStatus::Error, "The instance 'i-1' is in error: No valid host was found."),
        (NodeStatus::Warning, "The instance 'i-1' does not match its profile any more: flavor."),
        (NodeStatus::Warning, "The instance 'i-1' does not match its profile any more: flavor, image."),
    ];
    assert_eq!(said, expected.map(|(status, reason)| (status, reason.to_owned())));
}

#[test]
fn what_was_said_is_not_said_again_and_what_is_over_is_said_once() {
    for finding in findings() {
        let told = tell(&node(), Some(&finding)).unwrap();
        let after = Node { status: told.status, status_reason: told.reason.clone(), ..node() };
        assert_eq!(tell(&after, Some(&finding)), None, "{finding:?}");
        let over = tell(&after, None).unwrap();
        assert_eq!(over.status, NodeStatus::Active, "{finding:?}");
        let again = Node { status: over.status, status_reason: over.reason, ..node() };
        assert_eq!(tell(&again, None), None, "{finding:?}");
        assert_eq!(tell(&again, Some(&finding)), Some(told), "{finding:?}");
        for other in findings().into_iter().filter(|other| *other != finding) {
            assert!(tell(&after, Some(&other)).is_some(), "{finding:?} {other:?}");
        }
    }
    assert_eq!(tell(&node(), None), None);
}

#[test]
fn a_node_in_error_for_a_reason_of_its_own_keeps_it() {
    for reason in ["Recovery failed", "The instance 'i-2' is gone.", "The instance 'i-1' was rejected."] {
        let failed = Node { status: NodeStatus::Error, status_reason: reason.to_owned(), ..node() };
        for finding in findings() {
            assert_eq!(tell(&failed, Some(&finding)), None, "{reason} {finding:?}");
        }
        assert_eq!(tell(&failed, None), None, "{reason}");
    }
}

#[test]
fn only_a_settled_node_that_was_made_is_judged() {
    let judge = |node: Node| judgeable(&node, NOW, GRACE);
    assert_eq!(judge(node()), Judgeable::Now);
    assert_eq!(judge(Node { status: NodeStatus::Error, ..node() }), Judgeable::Now);
    let held = Some(ActionId::new(Uuid::from_u128(9)));
    let late = NOW.minus(GRACE).plus(Duration::from_micros(1));
    for other in [
        Node { active_action: held, ..node() },
        Node { active_action: held, status: NodeStatus::Recovering, ..node() },
        Node { updated_at: Some(late), ..node() },
        Node { created_at: Some(late), ..node() },
        Node { init_at: late, ..node() },
        // Its writer's clock is ahead.
        Node { updated_at: Some(NOW.plus(GRACE)), ..node() },
    ] {
        assert_eq!(judge(other.clone()), Judgeable::Later, "{other:?}");
    }
    for other in [
        Node { physical_id: None, ..node() },
        Node { created_at: None, ..node() },
        Node { status: NodeStatus::Recovering, ..node() },
    ] {
        assert_eq!(judge(other.clone()), Judgeable::Never, "{other:?}");
    }
}

#[test]
fn a_repair_is_named_after_the_node_the_instance_and_the_finding() {
    let mut ids: Vec<ActionId> = Vec::new();
    for finding in findings() {
        for instance in ["i-1", "i-2"] {
            assert_eq!(finding.repair(&node(), instance), finding.repair(&node(), instance));
            ids.push(finding.repair(&node(), instance));
        }
    }
    ids.sort();
    ids.dedup();
    // What a backend says of a broken instance may change: it is repaired once all the same.
    assert_eq!(ids.len(), (findings().len() - 1) * 2);
}

#[test]
fn a_cluster_asks_for_repairs_in_its_configuration() {
    for (config, expected) in [
        (json!({}), false),
        (json!({ "node.drift": "report" }), false),
        (json!({ "node.drift": true }), false),
        (json!({ "node.drift": "repair" }), true),
        (json!({ "node.drift": "REPAIR", "node.name.format": "n-$I" }), true),
    ] {
        assert_eq!(repairs(config.as_object().unwrap()), expected, "{config}");
    }
}

fn cluster(sizes: Sizes) -> Cluster {
    Cluster {
        id: ClusterId::new(Uuid::from_u128(2)),
        name: "c".to_owned(),
        profile_id: ProfileId::new(Uuid::from_u128(3)),
        profile_type: "os.nova.server-1.0".to_owned(),
        profile_refs: Vec::new(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        sizes,
        next_index: 3,
        timeout: 3600,
        status: ClusterStatus::Active,
        status_reason: String::new(),
        init_at: NOW,
        created_at: Some(NOW),
        updated_at: None,
        active_action: None,
        active_kind: None,
        metadata: JsonMap::new(),
        config: JsonMap::new(),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    }
}

fn member(status: NodeStatus, index: i64) -> Member {
    Member {
        node: NodeId::new(Uuid::from_u128(index.unsigned_abs().into())),
        status,
        index,
        tainted: false,
        created: true,
        pending: None,
        phase: 0,
        failed_for: None,
    }
}

#[test]
fn a_cluster_says_which_node_is_unwell_and_is_judged_by_how_many_are_well() {
    let sizes = |min_size, desired_capacity| Sizes { min_size, max_size: -1, desired_capacity };
    let one = node();
    let (gone, differs) = (&findings()[0], &findings()[3]);
    let (worse, bad) = (tell(&one, Some(gone)).unwrap(), tell(&one, Some(differs)).unwrap());
    let over = Told { status: NodeStatus::Active, reason: "again".to_owned() };
    let judge = |sizes, well: i64, told: &[(&Node, &Told)]| {
        let members: Vec<Member> = (0..well).map(|index| member(NodeStatus::Active, index)).collect();
        let after = after(&cluster(sizes), &members, told);
        (after.status, after.status_reason)
    };
    let unwell = |text: &str| format!("Node n: The instance 'i-1' {text}");
    assert_eq!(judge(sizes(0, 2), 1, &[(&one, &worse)]), (ClusterStatus::Warning, unwell("is gone.")),);
    assert_eq!(judge(sizes(2, 2), 1, &[(&one, &worse)]), (ClusterStatus::Error, unwell("is gone.")));
    // Enough are left; it is worth a warning all the same.
    assert_eq!(judge(sizes(0, 1), 1, &[(&one, &worse)]).0, ClusterStatus::Warning);
    assert_eq!(
        judge(sizes(0, 9), 1, &[(&one, &bad), (&one, &worse), (&one, &over)]).1,
        unwell("is gone. Of its other nodes 1 have drifted too."),
    );
    let (status, reason) = judge(sizes(0, 1), 1, &[(&one, &over)]);
    assert_eq!(
        (status, reason.starts_with("NODE_CHECK: number of active nodes")),
        (ClusterStatus::Active, true)
    );
}

proptest! {
    #[test]
    fn a_digest_is_of_a_set(mut instances in prop::collection::vec(("[a-f0-9]{1,6}", any::<bool>()), 0..20)) {
        let digest = |some: &[(String, bool)]| digest(some.iter().map(|(id, sound)| (id.as_str(), *sound)));
        let before = digest(&instances);
        instances.reverse();
        prop_assert_eq!(digest(&instances), before);
        if let Some((_, sound)) = instances.first_mut() {
            *sound = !*sound;
            prop_assert_ne!(digest(&instances), before);
            instances.remove(0);
            prop_assert_ne!(digest(&instances), before);
        }
    }
}
