//! What holds once everything accepted has been done: nothing is under way, nothing is held, and every instance
//! has its node.

use super::Table;
use crate::check::{Complaints, ensure};
use coppice_compute::{Filter, Instance, InstanceState, list_all};
use coppice_domain::cluster::ClusterStatus;
use coppice_domain::node::NodeStatus;
use coppice_domain::time::Timestamp;
use coppice_e2e::TestApp;
use coppice_store::keys;
use std::collections::BTreeMap;

/// Everything that is wrong with a table at rest.
pub(crate) async fn rest(app: &TestApp, table: &Table) -> Complaints {
    let mut complaints = Complaints::new();
    for action in table.actions.iter().filter(|action| !action.status.is_terminal()) {
        complaints.push(format!("{} {} never ends: {}", action.kind.name(), action.id, action.status.name()));
    }
    clusters(table, &mut complaints);
    nodes(table, &mut complaints);
    instances(table, &list(app).await, &mut complaints);
    complaints
}

fn clusters(table: &Table, complaints: &mut Complaints) {
    use ClusterStatus::{Active, Critical, Error, Warning};
    for cluster in &table.clusters {
        let (id, status) = (cluster.id, cluster.status);
        let item = table.items.get(&keys::cluster(id)).expect("it was read from there");
        ensure(complaints, cluster.active_action.is_none(), || {
            format!("cluster {id} is held by {:?} for ever", cluster.active_action)
        });
        ensure(complaints, !item.contains_key("shared"), || {
            format!("cluster {id} is held together by {:?} for ever", item.get("shared"))
        });
        // One whose creation was cancelled before it began stays as it was recorded.
        let untouched = status == ClusterStatus::Init && cluster.created_at.is_none();
        ensure(complaints, untouched || [Active, Critical, Error, Warning].contains(&status), || {
            format!("cluster {id} is {} for ever: {}", status.name(), cluster.status_reason)
        });
    }
    for key in table.keys("C#", keys::MEMBER) {
        let pending = table.items.get(&key).is_some_and(|member| member.contains_key("by"));
        ensure(complaints, !pending, || format!("{} / {} is pending for ever", key.pk, key.sk));
    }
}

fn nodes(table: &Table, complaints: &mut Complaints) {
    use NodeStatus::{Active, Error, Warning};
    for node in &table.nodes {
        let (id, status) = (node.id, node.status);
        ensure(complaints, node.active_action.is_none(), || {
            format!("node {id} is held by {:?} for ever", node.active_action)
        });
        let untouched = status == NodeStatus::Init && node.physical_id.is_none();
        ensure(complaints, untouched || [Active, Error, Warning].contains(&status), || {
            format!("node {id} is {} for ever: {}", status.name(), node.status_reason)
        });
    }
}

/// Whatever this deployment made belongs to a node, which says so; whatever a node says it has, is there.
fn instances(table: &Table, instances: &[Instance], complaints: &mut Complaints) {
    let owners: BTreeMap<&str, _> =
        table.nodes.iter().filter_map(|node| Some((node.physical_id.as_deref()?, node.id))).collect();
    for instance in instances.iter().filter(|instance| instance.state != InstanceState::Deleting) {
        ensure(complaints, owners.contains_key(instance.id.as_str()), || {
            format!("instance {} ({:?}) is claimed by no node", instance.id, instance.state)
        });
    }
}

async fn list(app: &TestApp) -> Vec<Instance> {
    let span = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter =
        Filter::Deployment { name: &app.system.env.settings.deployment, from: span.0, before: span.1 };
    loop {
        // A cloud that throttles now and then answers in the end.
        if let Ok(instances) = list_all(app.system.env.compute.as_ref(), filter).await {
            return instances;
        }
    }
}
