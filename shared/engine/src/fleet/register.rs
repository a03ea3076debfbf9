//! Registering: writing down nodes to make or remove, with the actions derived for them, before anything
//! happens to them (invariant 3). What a step registers is derived from the plan, so it is the same
//! whoever takes the step.

use super::Run;
use crate::jobs::Job;
use crate::machine::draws;
use crate::work::{Assignment, Creation, Placement};
use coppice_domain::action::{Action, ActionStatus, Cause};
use coppice_domain::cluster::{Cluster, JsonMap, Member};
use coppice_domain::event::Event;
use coppice_domain::ids::NodeId;
use coppice_domain::naming::node_name;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;
use coppice_store::{Employment, Joining, NODES_PER_STEP, PER_PART, Registration, Step, Stepped, StoreError};
use serde_json::Value;
use uuid::Uuid;

/// Nodes that one step puts to work, by how.
#[derive(Default)]
struct Assigned {
    employ: Vec<Employment>,
    join: Vec<Joining>,
}

impl Assigned {
    fn len(&self) -> usize {
        self.employ.len() + self.join.len()
    }

    fn leave_out(&mut self, nodes: &[NodeId]) {
        self.employ.retain(|employed| !nodes.contains(&employed.node));
        self.join.retain(|joining| !nodes.contains(&joining.member.node));
    }
}

impl Run<'_> {
    /// Registers whatever the plan still has to and may by now; `false` when the claim or the cluster was lost.
    pub(crate) async fn register(&mut self) -> Result<bool, StoreError> {
        while self.work.plan.as_ref().is_some_and(|plan| !plan.registered()) && self.room() > 0 {
            if !self.register_step(None).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes one step: the first one of a phase also changes the cluster, and that of the first phase records
    /// the event of the start.
    pub(crate) async fn register_step(
        &mut self,
        first: Option<(Cluster, Option<&Event>)>,
    ) -> Result<bool, StoreError> {
        let event = first.as_ref().and_then(|(_, event)| *event);
        let before = self.view.cluster.clone();
        let after = first.map_or_else(|| before.clone(), |(after, _)| after);
        let Some(mut plan) = self.work.plan.clone() else { return Ok(true) };
        let most = if self.is_leaving() { 0 } else { NODES_PER_STEP.min(self.room()) };
        let mut create = Vec::new();
        if let Some(creation) = &mut plan.creation {
            let upto = creation.count.min(creation.registered + most as u64);
            let places = creation.registered..upto;
            let placement = plan.placement.as_ref();
            create = places.map(|place| self.registration(&after, creation, place, placement)).collect();
            creation.registered = upto;
        }
        let mut assigned = Assigned::default();
        if let Some(assignment) = &mut plan.assignment {
            assigned = self.next_assigned(assignment, most - create.len(), plan.pace.hook.is_some()).await?;
            assignment.registered += assigned.len();
        }
        let lease_until = self.worker.env.now().plus(self.worker.env.settings.lease);
        let work = crate::work::Work { plan: Some(plan), ..self.work.clone() };
        let saved = work.saved()?;
        let data = if event.is_some() { self.decided.shown() } else { None };
        loop {
            let step = Step {
                task: self.task,
                cluster: (&before, &after),
                work: &saved,
                phase: self.work.phase,
                lease_until,
                event,
                data: data.as_ref(),
                create: &create,
                employ: &assigned.employ,
                join: &assigned.join,
            };
            match self.worker.env.store.step(step).await? {
                Stepped::Done => break,
                Stepped::Lost => return Ok(false),
                // A member whose node has no record: its removal died between its last two writes. Or a node
                // that a former holder had begun to make a member: it is let go. Or one that was to join and
                // is not free to, which is then seen at the end.
                Stepped::Missing(nodes) => {
                    for member in self.view.members.iter().filter(|member| nodes.contains(&member.node)) {
                        let store = &self.worker.env.store;
                        if let Some(former) = member.pending {
                            let child = self.child_of(former, member.node);
                            store.node_release(member.node, child, None).await?;
                        }
                        store.member_remove(before.id, member.node, member.pending).await?;
                    }
                    self.view.members.retain(|member| !nodes.contains(&member.node));
                    assigned.leave_out(&nodes);
                }
            }
        }
        self.work = work;
        self.lease_until = lease_until;
        self.view.cluster = after;
        self.note(create, &assigned);
        Ok(true)
    }

    /// Brings the view up to date with a step that took effect.
    fn note(&mut self, created: Vec<Registration>, assigned: &Assigned) {
        for made in created {
            self.view.members.push(made.member);
            self.known.insert(made.node.id, made.node);
        }
        self.view.members.extend(assigned.join.iter().map(|joining| joining.member));
        let (own, phase) = (self.task.action.id, self.work.phase);
        for member in &mut self.view.members {
            if assigned.employ.iter().any(|employed| employed.node == member.node) {
                member.pending = Some(own);
                member.phase = phase;
            }
        }
    }

    fn registration(
        &self,
        cluster: &Cluster,
        creation: &Creation,
        place: u64,
        placement: Option<&Placement>,
    ) -> Registration {
        let task = &self.task.action;
        let id = Creation::node(task.id, place);
        let child = self.child(id);
        let index = creation.first_index + i64::try_from(place).unwrap_or(0);
        let format = cluster.config.get("node.name.format").and_then(Value::as_str);
        let placed = placement.map(|placement| placement.of(place)).filter(|placed| !placed.is_empty());
        let placed = placed.map(|placed| ("placement".to_owned(), Value::Object(placed)));
        let node = Node {
            id,
            name: node_name(format, index, &mut draws(id.uuid())),
            cluster_id: Some(cluster.id),
            physical_id: None,
            profile_id: cluster.profile_id,
            profile_type: cluster.profile_type.clone(),
            user: cluster.user.clone(),
            project: cluster.project.clone(),
            domain: cluster.domain.clone(),
            index,
            role: Some(String::new()),
            init_at: creation.at,
            created_at: None,
            updated_at: None,
            status: NodeStatus::Init,
            status_reason: "Initializing".to_owned(),
            metadata: Some(JsonMap::new()),
            data: placed.into_iter().collect(),
            dependents: JsonMap::new(),
            tainted: false,
            active_action: Some(child),
            launched_by: None,
            launched_at: None,
            condemned_by: None,
            own_reference: false,
        };
        let member = Member {
            node: id,
            status: NodeStatus::Init,
            index,
            tainted: false,
            created: false,
            pending: Some(task.id),
            phase: self.work.phase,
            failed_for: None,
        };
        Registration { node, member, child: self.derived(&Job::Create, id, creation.at) }
    }

    /// The next nodes to work on.
    async fn next_assigned(
        &self,
        assignment: &Assignment,
        most: usize,
        hooked: bool,
    ) -> Result<Assigned, StoreError> {
        if most == 0 {
            return Ok(Assigned::default());
        }
        let ids = self.places(assignment, assignment.registered, most).await?;
        if ids.is_empty() && assignment.count > assignment.registered {
            return Err(StoreError::Corrupt(format!(
                "the list of nodes that action {} works on is shorter than planned",
                self.task.action.id
            )));
        }
        let mut assigned = Assigned::default();
        for (place, id) in (assignment.registered..).zip(ids) {
            let node = NodeId::new(id);
            let child = self.derived(&assignment.job, node, assignment.at);
            if hooked {
                // Until its hook has been heard, nothing happens to the node.
                assigned.employ.push(Employment { node, child: self.hooked(child) });
                continue;
            }
            match &assignment.job {
                Job::Join { index, .. } => {
                    let index = index.saturating_add(i64::try_from(place).unwrap_or(0));
                    assigned.join.push(Joining { member: self.joining(node, index), child });
                }
                _ => assigned.employ.push(Employment { node, child }),
            }
        }
        Ok(assigned)
    }

    /// At most `most` of an assignment's nodes, from this place on. What crosses the boundary of two parts is
    /// what is left of the first.
    pub(super) async fn places(
        &self,
        assignment: &Assignment,
        from: usize,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError> {
        let upto = assignment.count.min(from.saturating_add(most));
        let Some(set) = &assignment.parts else {
            return Ok(assignment.nodes.get(from..upto).unwrap_or_default().to_vec());
        };
        let part = self.worker.env.store.part(self.task.action.id, set, from / PER_PART).await?;
        Ok(part.into_iter().skip(from % PER_PART).take(upto - from).collect())
    }

    /// The record of a node that is to become a member. Only active ones do.
    fn joining(&self, node: NodeId, index: i64) -> Member {
        Member {
            node,
            status: NodeStatus::Active,
            index,
            tainted: false,
            created: true,
            pending: Some(self.task.action.id),
            phase: self.work.phase,
            failed_for: None,
        }
    }

    /// The action derived for one node.
    fn derived(&self, job: &Job, node: NodeId, created_at: Timestamp) -> Action {
        let (parent, kind) = (&self.task.action, job.kind());
        Action {
            id: self.child(node),
            name: match job {
                Job::Operate { operation, .. } => Action::operation_name(kind, operation, node.uuid()),
                _ => Action::conventional_name(kind, node.uuid()),
            },
            kind,
            target: node.uuid(),
            cluster_id: parent.cluster_id,
            cause: Cause::Derived,
            parent: Some(parent.id),
            user: parent.user.clone(),
            project: parent.project.clone(),
            timeout: self.worker.env.settings.default_action_timeout,
            status: ActionStatus::Ready,
            status_reason: String::new(),
            inputs: job.inputs(),
            outputs: JsonMap::new(),
            data: JsonMap::new(),
            created_at,
            updated_at: None,
            start_time: None,
            end_time: None,
        }
    }
}
