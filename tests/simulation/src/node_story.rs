//! What clients do with nodes, one by one or as members of a cluster.

use crate::records::PROFILE_TYPE;
use crate::story::{Client, USER};
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_engine::accept::{self, Asked, NewNode, Requester};
use coppice_engine::cancel::cancel;
use rand::RngExt;
use serde_json::{Value, json};

impl Client {
    pub(crate) async fn with_nodes(&mut self) -> Option<ActionId> {
        match self.rng.random_range(0..25) {
            0..=3 => self.create_node().await,
            4..=5 => self.on_node(ActionKind::NodeDelete, json!({})).await,
            6 => self.on_node(ActionKind::NodeCheck, json!({})).await,
            7..=8 => {
                let operation = ["REBOOT", "REBUILD", "RECREATE"][self.rng.random_range(0..3_usize)];
                let check = self.rng.random_bool(0.3);
                self.on_node(ActionKind::NodeRecover, json!({ "operation": operation, "check": check })).await
            }
            9 => {
                let inputs = json!({ "operation": "reboot", "params": { "type": "SOFT" } });
                self.on_node(ActionKind::NodeOperation, inputs).await
            }
            10 => self.update_node().await,
            11..=12 => self.add_nodes().await,
            13..=14 => self.del_nodes().await,
            15 => self.replace_nodes().await,
            16 => self.act(ActionKind::ClusterCheck, json!({})).await,
            17..=18 => {
                let operation = ["REBOOT", "RECREATE"][self.rng.random_range(0..2_usize)];
                let capacity = self.rng.random_bool(0.5);
                let check = self.rng.random_bool(0.5);
                let inputs = json!({ "operation": operation, "check": check, "check_capacity": capacity });
                self.act(ActionKind::ClusterRecover, inputs).await
            }
            19 => self.operate().await,
            20..=22 => self.adopt().await,
            _ => self.cancel().await,
        }
    }

    async fn create_node(&mut self) -> Option<ActionId> {
        let cluster = if self.rng.random_bool(0.5) { Some(self.any_cluster()?) } else { None };
        self.create_node_in(cluster).await
    }

    pub(crate) async fn create_node_in(&mut self, cluster: Option<ClusterId>) -> Option<ActionId> {
        let cluster = match cluster {
            Some(id) => Some(self.env.store.get::<Cluster>(id).await.ok().flatten()?),
            None => None,
        };
        let profile = match &cluster {
            Some(cluster) => cluster.profile_id,
            None => self.any_profile().await?.id,
        };
        let new = NewNode {
            name: "node".to_owned(),
            role: String::new(),
            metadata: JsonMap::new(),
            profile_id: profile,
            profile_type: PROFILE_TYPE.to_owned(),
            domain: None,
        };
        let requester = Requester { user: USER, project: &self.project };
        let (node, action) = accept::node_create(&self.env, new, cluster.as_ref(), requester).await.ok()?;
        let mut book = self.book();
        book.nodes.push((self.project.clone(), node.id));
        book.acknowledged.push(action);
        Some(action)
    }

    /// A node of this project: one that was asked for by itself, or a member.
    async fn any_node(&mut self) -> Option<Node> {
        let mut known: Vec<NodeId> = {
            let book = self.book();
            book.nodes.iter().filter(|(project, _)| *project == self.project).map(|(_, id)| *id).collect()
        };
        if (known.is_empty() || self.rng.random_bool(0.5))
            && let Some(cluster) = self.any_cluster()
        {
            let view = self.env.store.cluster_view(cluster).await.ok().flatten()?;
            known = view.members.iter().map(|member| member.node).collect();
        }
        let place = self.rng.random_range(0..known.len().max(1));
        self.env.store.get::<Node>(known.get(place).copied()?).await.ok().flatten()
    }

    async fn on_node(&mut self, kind: ActionKind, inputs: Value) -> Option<ActionId> {
        let node = self.any_node().await?;
        self.act_on(&node, kind, inputs).await
    }

    pub(crate) async fn act_on(&self, node: &Node, kind: ActionKind, inputs: Value) -> Option<ActionId> {
        let requester = Requester { user: USER, project: &self.project };
        let asked = Asked::new(kind, inputs.as_object().cloned().unwrap_or_default());
        let outcome = accept::node_action(&self.env, node, asked, requester).await;
        self.accepted(outcome)
    }

    async fn update_node(&mut self) -> Option<ActionId> {
        let mut inputs = json!({ "name": format!("node-{}", self.rng.random_range(0..5)) });
        if self.rng.random_bool(0.5) {
            inputs["tainted"] = json!(self.rng.random_bool(0.5));
        }
        if self.rng.random_bool(0.5) {
            inputs["new_profile_id"] = json!(self.any_profile().await?.id);
        }
        self.on_node(ActionKind::NodeUpdate, inputs).await
    }

    /// Nodes of this project that belong to no cluster.
    async fn orphans(&mut self) -> Vec<NodeId> {
        let known: Vec<NodeId> = {
            let book = self.book();
            book.nodes.iter().filter(|(project, _)| *project == self.project).map(|(_, id)| *id).collect()
        };
        let nodes: Vec<Node> = self.env.store.get_many(&known).await.unwrap_or_default();
        let free = |node: &&Node| node.cluster_id.is_none() && node.status == NodeStatus::Active;
        nodes.iter().filter(free).map(|node| node.id).collect()
    }

    async fn add_nodes(&mut self) -> Option<ActionId> {
        let mut nodes = self.orphans().await;
        nodes.truncate(self.rng.random_range(1..=3));
        if nodes.is_empty() {
            return self.create_node().await;
        }
        self.act(ActionKind::ClusterAddNodes, json!({ "nodes": nodes })).await
    }

    /// Some members of a cluster of this project.
    async fn members(&mut self) -> Option<Vec<NodeId>> {
        let cluster = self.any_cluster()?;
        let view = self.env.store.cluster_view(cluster).await.ok().flatten()?;
        let mut nodes: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
        nodes.truncate(self.rng.random_range(1..=3));
        if nodes.is_empty() { None } else { Some(nodes) }
    }

    async fn del_nodes(&mut self) -> Option<ActionId> {
        let nodes = self.members().await?;
        let destroy = self.rng.random_bool(0.5);
        if !destroy {
            let left = nodes.iter().map(|node| (self.project.clone(), *node)).collect::<Vec<_>>();
            self.book().nodes.extend(left);
        }
        let inputs = json!({ "candidates": nodes, "count": nodes.len(), "destroy_after_deletion": destroy });
        self.act(ActionKind::ClusterDelNodes, inputs).await
    }

    async fn replace_nodes(&mut self) -> Option<ActionId> {
        let old = *self.members().await?.first()?;
        let Some(new) = self.orphans().await.first().copied() else { return self.create_node().await };
        let left = (self.project.clone(), old);
        self.book().nodes.push(left);
        self.act(ActionKind::ClusterReplaceNodes, json!({ "candidates": { old.to_string(): new } })).await
    }

    async fn operate(&mut self) -> Option<ActionId> {
        let nodes = self.members().await?;
        let inputs = json!({ "operation": "reboot", "params": {}, "nodes": nodes });
        self.act(ActionKind::ClusterOperation, inputs).await
    }

    async fn cancel(&mut self) -> Option<ActionId> {
        let id = {
            let book = self.book();
            book.acknowledged.last().copied()?
        };
        let action = self.env.store.get::<Action>(id).await.ok().flatten()?;
        if action.project != self.project {
            return None;
        }
        let force = self.rng.random_bool(0.3);
        let _ = cancel(&self.env, &action, force).await;
        None
    }
}
