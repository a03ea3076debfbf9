//! A backend whose calls fail where a script says so, before or after they took effect.

use crate::change::{Change, Progress};
use crate::compute::{Compute, Deletion, Idempotency};
use crate::error::ComputeError;
use crate::instance::Instance;
use crate::listing::{Filter, Page, PageMark};
use crate::request::CreateRequest;
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Which method a call is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum CallKind {
    Create,
    Get,
    List,
    Delete,
    Change,
    Details,
    Describe,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its place among all calls, from 0.
    pub number: usize,
    /// Its place among the calls of its kind, from 0.
    pub nth: usize,
    /// Its method.
    pub kind: CallKind,
    /// The token, id or filter it concerns.
    pub subject: String,
}

/// A failure to inject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Injected {
    /// The call fails and does nothing.
    Before(ComputeError),
    /// The call takes effect and its answer is lost: this error arrives instead. An error of the backend
    /// itself is passed on as it is.
    After(ComputeError),
}

type Script = Box<dyn FnMut(&Call) -> Option<Injected> + Send>;

/// A backend that fails by script and remembers its calls.
pub struct Faulty<C> {
    inner: C,
    script: Mutex<Script>,
    calls: Mutex<Vec<Call>>,
}

impl<C: Compute> Faulty<C> {
    /// Asks `script` about every call, in order.
    pub fn new(inner: C, script: impl FnMut(&Call) -> Option<Injected> + Send + 'static) -> Self {
        Self { inner, script: Mutex::new(Box::new(script)), calls: Mutex::default() }
    }

    /// Fails the `nth` call (from 0) of one kind, once.
    pub fn on_nth(inner: C, kind: CallKind, nth: usize, failure: Injected) -> Self {
        Self::new(inner, move |call| (call.kind == kind && call.nth == nth).then(|| failure.clone()))
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls of a kind there were.
    pub fn count(&self, kind: CallKind) -> usize {
        self.calls().iter().filter(|call| call.kind == kind).count()
    }

    fn decide(&self, kind: CallKind, subject: String) -> Option<Injected> {
        let call = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let nth = calls.iter().filter(|call| call.kind == kind).count();
            let call = Call { number: calls.len(), nth, kind, subject };
            calls.push(call.clone());
            call
        };
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        (*script)(&call)
    }

    async fn call<T>(
        &self,
        kind: CallKind,
        subject: String,
        effect: impl Future<Output = Result<T, ComputeError>> + Send,
    ) -> Result<T, ComputeError> {
        match self.decide(kind, subject) {
            None => effect.await,
            Some(Injected::Before(error)) => Err(error),
            Some(Injected::After(error)) => effect.await.and(Err(error)),
        }
    }
}

#[async_trait]
impl<C: Compute> Compute for Faulty<C> {
    fn idempotency(&self) -> Idempotency {
        self.inner.idempotency()
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn create(&self, request: &CreateRequest) -> Result<Instance, ComputeError> {
        self.call(CallKind::Create, request.tags.token.to_string(), self.inner.create(request)).await
    }

    async fn get(&self, id: &str) -> Result<Option<Instance>, ComputeError> {
        self.call(CallKind::Get, id.to_owned(), self.inner.get(id)).await
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<Page, ComputeError> {
        self.call(CallKind::List, format!("{filter:?}"), self.inner.list(filter, after)).await
    }

    async fn delete(&self, id: &str) -> Result<Deletion, ComputeError> {
        self.call(CallKind::Delete, id.to_owned(), self.inner.delete(id)).await
    }

    async fn change(&self, id: &str, change: &Change) -> Result<Progress, ComputeError> {
        self.call(CallKind::Change, id.to_owned(), self.inner.change(id, change)).await
    }

    async fn details(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        self.call(CallKind::Details, id.to_owned(), self.inner.details(id)).await
    }

    async fn describe(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        self.call(CallKind::Describe, id.to_owned(), self.inner.describe(id)).await
    }
}
