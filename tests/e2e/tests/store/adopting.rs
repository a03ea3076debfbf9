//! An adopted instance's node and profile are recorded together, once.

use crate::records::{PROJECT, at, profile, store};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_store::{Adoption, TemplateDeletion};

pub(crate) fn adopted(instance: &str, profile: &Profile) -> Node {
    Node {
        id: NodeId::adopting(instance),
        name: "n".to_owned(),
        cluster_id: None,
        physical_id: Some(instance.to_owned()),
        profile_id: profile.id,
        profile_type: profile.type_name.clone(),
        user: "user".to_owned(),
        project: PROJECT.to_owned(),
        domain: None,
        index: -1,
        role: Some(String::new()),
        init_at: at(0),
        created_at: Some(at(0)),
        updated_at: None,
        status: NodeStatus::Active,
        status_reason: String::new(),
        metadata: None,
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: true,
    }
}

#[tokio::test]
async fn node_and_profile_are_recorded_and_the_node_refers_to_the_profile() {
    let store = store().await;
    let made = profile(1, "prof-n");
    let node = adopted("i", &made);
    for _ in 0..2 {
        assert_eq!(
            store.adopt(&node, &made, None).await,
            Ok(Adoption::Done),
            "a repeat is no second adoption"
        );
    }
    assert_eq!(store.get::<Node>(node.id).await, Ok(Some(node)));
    assert_eq!(store.get::<Profile>(made.id).await, Ok(Some(made.clone())));
    assert_eq!(store.template_delete(&made, at(1)).await, Ok(TemplateDeletion::InUse));
}

#[tokio::test]
async fn what_is_adopted_already_leaves_no_second_profile() {
    let store = store().await;
    let (first, second) = (profile(1, "prof-n"), profile(2, "prof-m"));
    let node = adopted("i", &first);
    assert_eq!(store.adopt(&node, &first, None).await, Ok(Adoption::Done));
    assert_eq!(store.adopt(&adopted("i", &second), &second, None).await, Ok(Adoption::Taken));
    assert_eq!(store.get::<Node>(node.id).await, Ok(Some(node)));
    assert_eq!(store.get::<Profile>(second.id).await, Ok(None));
    assert_eq!(store.adopt(&adopted("j", &second), &second, None).await, Ok(Adoption::Done));
}
