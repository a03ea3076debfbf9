//! Every endpoint of this version, with a request that it accepts (spec api-resources C–Q).

mod actions;
mod cluster_actions;
mod clusters;
mod meta;
mod nodes;
mod policies;
mod profiles;
mod receivers;
mod table;
mod world;

use coppice_e2e::{Answer, Ask, Person, TestApp};
use http::Method;
use serde_json::Value;
pub(crate) use table::OPEN;
pub(crate) use world::World;

/// What an endpoint does for someone from another project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It concerns no project: everyone gets the same.
    Same,
    /// It makes or lists things of the caller's own project.
    Own,
    /// It names a resource: there is none for them.
    Absent,
    /// Its body names a resource: a bad request.
    Refused,
    /// It names an instance in the cloud: there is none for them, and that is the cloud's failure.
    Failed,
}

/// An endpoint.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// Its path, with `{cluster}` and the like for ids.
    pub(crate) path: &'static str,
    pub(crate) body: Option<Value>,
    status: u16,
    pub(crate) foreign: Foreign,
    exceptions: Vec<(Person, u16)>,
}

impl Endpoint {
    fn new(method: Method, path: &'static str, body: Option<Value>, status: u16, foreign: Foreign) -> Self {
        Self { method, path, body, status, foreign, exceptions: Vec::new() }
    }

    /// With another status for someone.
    fn but(mut self, person: Person, status: u16) -> Self {
        self.exceptions.push((person, status));
        self
    }

    /// The status for someone who has to do with the project.
    pub(crate) fn status(&self, person: Person) -> u16 {
        let exception = self.exceptions.iter().find(|(other, _)| *other == person);
        exception.map_or(self.status, |(_, status)| *status)
    }

    /// The status for someone from another project.
    pub(crate) fn foreign_status(&self) -> u16 {
        match self.foreign {
            Foreign::Same | Foreign::Own => self.status,
            Foreign::Absent => 404,
            Foreign::Refused => 400,
            Foreign::Failed => 500,
        }
    }

    /// Makes the request, as whoever `dress` makes it.
    pub(crate) async fn ask<'a>(
        &self,
        app: &'a TestApp,
        world: &World,
        dress: impl FnOnce(Ask<'a>) -> Ask<'a>,
    ) -> Answer {
        let ask = dress(app.request(self.method.clone(), &world.fill(self.path)).at("1.14"));
        match &self.body {
            Some(body) => ask.bytes(world.fill(&body.to_string())).send().await,
            None => ask.send().await,
        }
    }
}

fn get(path: &'static str, foreign: Foreign) -> Endpoint {
    Endpoint::new(Method::GET, path, None, 200, foreign)
}

fn post(path: &'static str, body: Value, status: u16, foreign: Foreign) -> Endpoint {
    Endpoint::new(Method::POST, path, Some(body), status, foreign)
}

fn patch(path: &'static str, body: Value, status: u16) -> Endpoint {
    Endpoint::new(Method::PATCH, path, Some(body), status, Foreign::Absent)
}

fn delete(path: &'static str, status: u16) -> Endpoint {
    Endpoint::new(Method::DELETE, path, None, status, Foreign::Absent)
}

/// All of them that ask for a token, in an order in which one person can make them, each waited for before
/// the next: the cancellation of what is under way comes first, and what destroys comes last.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    [
        actions::endpoints(),
        meta::endpoints(),
        profiles::endpoints(),
        policies::endpoints(),
        clusters::endpoints(),
        cluster_actions::endpoints(),
        nodes::endpoints(),
        receivers::endpoints(),
        clusters::last(),
        policies::last(),
        profiles::last(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
