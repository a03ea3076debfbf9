//! Actions on nodes take turns, and only under their claim: what an ended action takes nobody lets go.

use crate::accepting::{freed, request};
use crate::adopting::adopted;
use crate::records::{action, at, cluster, profile, store};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::ids::ActionId;
use coppice_domain::node::Node;
use coppice_store::{
    Acceptance, AcceptedAction, Claim, Finish, NodeFate, NodeFinish, Settled, Settlement, Store, Task, Turn,
};
use std::time::Duration;
use uuid::Uuid;

/// A node, and two claimed actions that wait for it.
pub(crate) async fn waiting(store: &Store) -> (Node, [Task; 2]) {
    let template = profile(1, "p");
    let node = adopted("i", &template);
    store.adopt(&node, &template, None).await.unwrap();
    let mut tasks = Vec::new();
    for id in [0x100, 0x200] {
        let action = Action {
            target: node.id.uuid(),
            cluster_id: None,
            ..action(id, ActionKind::NodeCheck, &cluster(0x10, "c", &template))
        };
        let accepted = AcceptedAction { action: &action, due_at: at(60), work: None };
        assert_eq!(store.accept_beside(&node, accepted).await, Ok(Acceptance::Accepted));
        let claim = Claim { owner: Uuid::from_u128(9), now: at(2), lease: Duration::from_secs(90), seq: 0 };
        tasks.push(store.task_claim(action.id, claim).await.unwrap().unwrap());
    }
    (node, tasks.try_into().unwrap())
}

async fn holder(store: &Store, node: &Node) -> Option<ActionId> {
    store.get::<Node>(node.id).await.unwrap().unwrap().active_action
}

fn end() -> Finish {
    Finish {
        status: ActionStatus::Cancelled,
        status_reason: "why".to_owned(),
        at: at(3),
        expires_at: at(9_000).seconds(),
    }
}

#[tokio::test]
async fn one_action_has_a_node_and_the_other_waits() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    for _ in 0..2 {
        assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken), "a repeat changes nothing");
    }
    assert_eq!(store.take_turn(&second, node.id, None).await, Ok(Turn::NodeBusy));
    assert_eq!(holder(&store, &node).await, Some(first.action.id));
}

/// The table of the reference's locks: who else may have a cluster that nobody, one alone, or several together have.
#[tokio::test]
async fn engine_actions_9_one_alone_or_several_together_hold_a_cluster() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    let own = profile(2, "q");
    let other = adopted("j", &own);
    store.adopt(&other, &own, None).await.unwrap();
    let home = freed(&store, &profile(1, "p")).await;
    let resize = action(0x300, ActionKind::ClusterResize, &home);
    let resizing = async || request(&store, &resize, None).await.unwrap();
    // Several together: each of them again, and others of their kind, but none alone.
    for _ in 0..2 {
        assert_eq!(store.take_turn(&first, node.id, Some(home.id)).await, Ok(Turn::Taken));
    }
    assert_eq!(resizing().await, Acceptance::Shared(vec![first.action.id]));
    assert_eq!(store.take_turn(&second, other.id, Some(home.id)).await, Ok(Turn::Taken));
    for action in [&first.action, &second.action] {
        store.cluster_unshare(home.id, action.id).await.unwrap();
        // Who has let it go lets nothing go by doing so again.
        store.cluster_unshare(home.id, action.id).await.unwrap();
        let expected = if action.id == first.action.id {
            Acceptance::Shared(vec![second.action.id])
        } else {
            Acceptance::Accepted
        };
        assert_eq!(resizing().await, expected);
    }
    // One alone: itself again, and nobody else.
    assert_eq!(resizing().await, Acceptance::Accepted);
    let update = action(0x400, ActionKind::ClusterUpdate, &home);
    assert_eq!(request(&store, &update, None).await, Ok(Acceptance::Held(resize.id)));
    assert_eq!(store.take_turn(&second, other.id, Some(home.id)).await, Ok(Turn::ClusterBusy));
}

#[tokio::test]
async fn an_action_that_has_ended_takes_no_node() {
    let store = store().await;
    let (node, [first, _]) = waiting(&store).await;
    assert_eq!(store.finish_action(first.action.id, &end()).await, Ok(true));
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Lost));
    assert_eq!(holder(&store, &node).await, None);
}

#[tokio::test]
async fn a_claim_that_has_lapsed_takes_no_node() {
    let store = store().await;
    let (node, [first, _]) = waiting(&store).await;
    let claim = Claim { owner: Uuid::from_u128(8), now: at(500), lease: Duration::from_secs(90), seq: 0 };
    let fresh = store.task_claim(first.action.id, claim).await.unwrap().unwrap();
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Lost));
    assert_eq!(store.take_turn(&fresh, node.id, None).await, Ok(Turn::Taken));
}

#[tokio::test]
async fn a_settlement_is_told_again_as_it_was() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    let id = first.action.id;
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken));
    let cancelled = Settlement::untouched("why").ending(ActionStatus::Cancelled, "why");
    assert_eq!(store.node_settle(node.id, Some(&node), id, &cancelled, at(3)).await, Ok(Settled::Done));
    let other = Settlement::moved();
    let again = store.node_settle(node.id, Some(&node), id, &other, at(4)).await;
    assert_eq!(again, Ok(Settled::Earlier(ActionStatus::Cancelled, "why".to_owned())));
    // Whoever comes next is told nothing of it.
    let next = store.node_settle(node.id, Some(&node), second.action.id, &other, at(4)).await;
    assert_eq!(next, Ok(Settled::Superseded));
}

#[tokio::test]
async fn what_one_worker_condemned_no_other_settles_as_well() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    let id = first.action.id;
    assert_eq!(store.node_condemn(node.id, id).await, Ok(Settled::Superseded), "it does not hold the node");
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken));
    for _ in 0..2 {
        assert_eq!(store.node_condemn(node.id, id).await, Ok(Settled::Done), "a repeat changes nothing");
    }
    let well = Settlement::moved().sparing();
    let spared = store.node_settle(node.id, Some(&node), id, &well, at(3)).await;
    assert_eq!(spared, Ok(Settled::Overtaken));
    assert_eq!(holder(&store, &node).await, Some(id));
    // What came of doing away with it is settled.
    let made = Settlement::moved();
    assert_eq!(store.node_settle(node.id, Some(&node), id, &made, at(4)).await, Ok(Settled::Done));
    // The next action looks with its own eyes.
    assert_eq!(store.take_turn(&second, node.id, None).await, Ok(Turn::Taken));
    assert_eq!(
        store.node_settle(node.id, Some(&node), second.action.id, &well, at(5)).await,
        Ok(Settled::Done)
    );
}

#[tokio::test]
async fn what_was_settled_as_well_no_other_condemns() {
    let store = store().await;
    let (node, [first, _]) = waiting(&store).await;
    let id = first.action.id;
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken));
    let well = Settlement::moved().sparing();
    assert_eq!(store.node_settle(node.id, Some(&node), id, &well, at(3)).await, Ok(Settled::Done));
    let late = store.node_condemn(node.id, id).await;
    assert_eq!(late, Ok(Settled::Earlier(ActionStatus::Succeeded, String::new())));
}

#[tokio::test]
async fn a_node_parts_with_all_that_follows_or_not_at_all() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken));
    let home = cluster(0x10, "c", &profile(1, "p")).id;
    let settlement = Settlement::moved();
    // The node is not a member for this holder: nothing is written.
    let parting = store
        .node_parts((home, second.action.id), &node, (first.action.id, &end()), &settlement, at(2))
        .await;
    assert_eq!(parting, Ok(Settled::Superseded));
    assert_eq!(holder(&store, &node).await, Some(first.action.id));
    let open = store.get::<Action>(first.action.id).await.unwrap().unwrap();
    assert!(!open.status.is_terminal());
}

/// A node's shared hold on its cluster goes with the end of the action that it was taken from: whoever dies in
/// between would leave it to nobody.
#[tokio::test]
async fn what_is_superseded_ends_and_lets_its_cluster_go_as_one() {
    let store = store().await;
    let (node, [first, second]) = waiting(&store).await;
    let home = freed(&store, &profile(1, "p")).await;
    assert_eq!(store.take_turn(&first, node.id, Some(home.id)).await, Ok(Turn::Taken));
    for _ in 0..2 {
        assert_eq!(store.finish_superseded(first.action.id, Some(home.id), &end()).await, Ok(()));
        let former = store.get::<Action>(first.action.id).await.unwrap().unwrap();
        assert_eq!(former.status, ActionStatus::Cancelled);
    }
    // A cluster action may have the cluster.
    let resize = action(0x300, ActionKind::ClusterResize, &home);
    assert_eq!(request(&store, &resize, None).await, Ok(Acceptance::Accepted));
    // The former does not take it again.
    assert_eq!(store.take_turn(&first, node.id, Some(home.id)).await, Ok(Turn::Lost));
    assert_eq!(store.finish_superseded(second.action.id, None, &end()).await, Ok(()));
}

/// An action that ends before it had its turn holds its node and not its cluster, which shows what became of it.
#[tokio::test]
async fn what_ends_before_its_turn_changes_its_cluster_all_the_same() {
    let store = store().await;
    let (node, [first, _]) = waiting(&store).await;
    let before = freed(&store, &profile(1, "p")).await;
    let after = Cluster { status: ClusterStatus::Warning, ..before.clone() };
    assert_eq!(store.take_turn(&first, node.id, None).await, Ok(Turn::Taken));
    let settlement = Settlement::failed("it took too long");
    let ending = NodeFinish {
        node: &node,
        fate: NodeFate::Settled(&settlement),
        member: false,
        cluster: Some((&before, &after)),
        judged_at: None,
        data: None,
        events: &[],
        end: &end(),
    };
    assert_eq!(store.finish_node_task(&first, ending, at(3)).await, Ok(true));
    let shown = store.get::<Cluster>(before.id).await.unwrap().unwrap();
    assert_eq!(shown.status, ClusterStatus::Warning);
}
