//! What an endpoint says of itself: declared beside its handler, routed by the same declaration
//! ([`Endpoints`]), and turned into the API's description by [`crate::openapi`]. So nothing is served that
//! is not described, and nothing described that is not served.

mod answer;
mod endpoints;
mod payload;
mod query;

pub use answer::{Answer, Representation, Shown};
pub use endpoints::Endpoints;
pub use payload::{Choice, Object, Payload};
pub use query::{Parameter, Query};

use crate::call::Endpoint;
use crate::fields::query::Listing;
use axum::routing::MethodFilter;
use coppice_domain::fault::FaultKind;

/// An endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its method.
    pub method: Verb,
    /// Its path, as the description spells it: without the version, `/clusters/{id}`.
    pub path: &'static str,
    /// The pattern under which the router has it: mostly the path itself.
    pub route: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What must hold before its handler looks at a request.
    pub guard: Guard,
    /// The parameters of its query.
    pub query: Query,
    /// Its body, if it takes one.
    pub payload: Payload,
    /// What it answers when it does what it was asked; none if it never does.
    pub answer: Option<Answer>,
    /// How it refuses, beyond what every endpoint with such a path, query and guard may say.
    pub refusals: &'static [FaultKind],
}

/// A method that some endpoint has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the methods' own")]
pub enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

/// What must hold before an endpoint's handler looks at a request.
#[derive(Clone, Copy, Debug)]
pub enum Guard {
    /// A token, and what the endpoint declares.
    Endpoint(Endpoint),
    /// What the endpoint declares, of a caller that its handler finds; a request has no token.
    Unclaimed(Endpoint),
    /// A token; the text is the operation's id.
    Token(&'static str),
    /// Nothing: it is read without a token. The text is the operation's id.
    Open(&'static str),
}

impl Verb {
    /// Its name in requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

impl Operation {
    const fn new(method: Verb, path: &'static str, summary: &'static str, guard: Guard) -> Self {
        Self {
            method,
            path,
            route: path,
            summary,
            guard,
            query: Query::Nothing,
            payload: Payload::Nothing,
            answer: None,
            refusals: &[],
        }
    }

    /// A GET.
    #[must_use]
    pub const fn get(path: &'static str, summary: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Verb::Get, path, summary, Guard::Endpoint(endpoint))
    }

    /// A POST.
    #[must_use]
    pub const fn post(path: &'static str, summary: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Verb::Post, path, summary, Guard::Endpoint(endpoint))
    }

    /// A POST whose caller its handler finds: [`crate::call::Unclaimed`].
    #[must_use]
    pub const fn unclaimed(path: &'static str, summary: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Verb::Post, path, summary, Guard::Unclaimed(endpoint))
    }

    /// A PATCH.
    #[must_use]
    pub const fn patch(path: &'static str, summary: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Verb::Patch, path, summary, Guard::Endpoint(endpoint))
    }

    /// A DELETE.
    #[must_use]
    pub const fn delete(path: &'static str, summary: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Verb::Delete, path, summary, Guard::Endpoint(endpoint))
    }

    /// A GET for anyone with a token.
    #[must_use]
    pub const fn any_caller(path: &'static str, summary: &'static str, id: &'static str) -> Self {
        Self::new(Verb::Get, path, summary, Guard::Token(id))
    }

    /// A GET that needs no token.
    #[must_use]
    pub const fn open(path: &'static str, summary: &'static str, id: &'static str) -> Self {
        Self::new(Verb::Get, path, summary, Guard::Open(id))
    }

    /// The same under another pattern of the router: a path that is one value of a parameter there.
    #[must_use]
    pub const fn routed_as(self, route: &'static str) -> Self {
        Self { route, ..self }
    }

    /// The same with the parameters of a list.
    #[must_use]
    pub const fn lists(self, listing: &'static Listing) -> Self {
        Self { query: Query::List(listing), ..self }
    }

    /// The same with these parameters, beside which others do no harm.
    #[must_use]
    pub const fn reads(self, parameters: &'static [Parameter]) -> Self {
        Self { query: Query::Of(parameters), ..self }
    }

    /// The same with this body.
    #[must_use]
    pub const fn takes(self, payload: Payload) -> Self {
        Self { payload, ..self }
    }

    /// The same, which may refuse like this.
    #[must_use]
    pub const fn refuses(self, refusals: &'static [FaultKind]) -> Self {
        Self { refusals, ..self }
    }

    /// The same with this answer.
    #[must_use]
    pub const fn answers(self, answer: Answer) -> Self {
        Self { answer: Some(answer), ..self }
    }

    /// The same with 200 and this.
    #[must_use]
    pub const fn ok(self, shown: Shown) -> Self {
        self.answers(Answer::new(200, shown))
    }

    /// The same with 201 and this.
    #[must_use]
    pub const fn created(self, shown: Shown) -> Self {
        self.answers(Answer::new(201, shown))
    }

    /// The same with 202, this, and the accepted action's URL.
    #[must_use]
    pub const fn accepted(self, shown: Shown) -> Self {
        self.answers(Answer::new(202, shown).with_location())
    }

    /// The same with 204.
    #[must_use]
    pub const fn no_content(self) -> Self {
        self.answers(Answer::new(204, Shown::Nothing).unversioned())
    }

    /// Its id: the rule that guards it, with `_` for what ids may not hold.
    #[must_use]
    pub fn id(&self) -> String {
        match self.guard {
            Guard::Endpoint(endpoint) | Guard::Unclaimed(endpoint) => endpoint.rule.replace(':', "_"),
            Guard::Token(id) | Guard::Open(id) => id.to_owned(),
        }
    }

    /// What its endpoint declares.
    #[must_use]
    pub const fn endpoint(&self) -> Option<Endpoint> {
        match self.guard {
            Guard::Endpoint(endpoint) | Guard::Unclaimed(endpoint) => Some(endpoint),
            Guard::Token(_) | Guard::Open(_) => None,
        }
    }

    /// Whether it needs a token.
    #[must_use]
    pub const fn needs_token(&self) -> bool {
        !matches!(self.guard, Guard::Open(_) | Guard::Unclaimed(_))
    }

    /// The names of its path's parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
