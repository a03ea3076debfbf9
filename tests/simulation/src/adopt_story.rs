//! What clients do with instances that somebody else has made: have them adopted, several times at once, and then use
//! their nodes as any other.

use crate::records::PROFILE_TYPE;
use crate::story::{Client, USER};
use coppice_compute::{CreateRequest, Tags, Token};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::profile_types;
use coppice_engine::accept::{AdoptedNode, Requester, node_adopt};
use coppice_engine::inspect;
use futures::future::join_all;
use rand::RngExt;
use serde_json::json;
use uuid::Uuid;

/// Who made the instances that nobody asked this service for.
pub(crate) const SOMEBODY: &str = "somebody else";

impl Client {
    /// Adopts an instance that is there, and then perhaps deletes its node, or adds it to a cluster, at once.
    pub(crate) async fn adopt(&mut self) -> Option<ActionId> {
        let instance = self.cloud.found(&self.foreign()).await?;
        let adoptions = (0..self.rng.random_range(1..=3)).map(|_| self.adopt_once(&instance));
        let adopted: Vec<Node> = join_all(adoptions).await.into_iter().flatten().collect();
        let node = adopted.first()?;
        {
            let mut book = self.book();
            if adopted.len() > 1 || node.id != NodeId::adopting(&instance) {
                let nodes: Vec<NodeId> = adopted.iter().map(|node| node.id).collect();
                book.violations.push(format!("instance {instance} became the nodes {nodes:?}"));
            }
            book.adopted.push(instance);
            book.nodes.push((self.project.clone(), node.id));
        }
        match self.rng.random_range(0..4) {
            0 => self.act_on(node, ActionKind::NodeDelete, json!({})).await,
            1..=2 => self.act(ActionKind::ClusterAddNodes, json!({ "nodes": [node.id] })).await,
            _ => None,
        }
    }

    /// What somebody else asked the cloud for, in a project that this service serves as well.
    fn foreign(&self) -> CreateRequest {
        let id = self.env.ids.uuid();
        CreateRequest {
            name: "pet".to_owned(),
            spec: json!({ "flavor": "1" }).as_object().cloned().unwrap_or_default(),
            metadata: JsonMap::new(),
            tags: Tags {
                deployment: SOMEBODY.to_owned(),
                cluster: None,
                node: NodeId::new(Uuid::nil()),
                action: ActionId::new(id),
                project: self.project.clone(),
                token: Token::read_back(id.to_string()),
            },
        }
    }

    async fn adopt_once(&self, instance: &str) -> Option<Node> {
        let kind = profile_types::get(PROFILE_TYPE).ok()?;
        let adoptee = inspect::adoptee(&self.env, &self.project, instance, kind, None).await.ok()?;
        let new = AdoptedNode { name: None, metadata: None, domain: None, host: None };
        let requester = Requester { user: USER, project: &self.project };
        node_adopt(&self.env, &adoptee, new, requester).await.ok().map(|(node, _)| node)
    }
}
