//! A backend, or a load balancing service, whose calls fail where a script says so, before or after they
//! took effect.

use crate::balancer::{Balancer, BalancerError, Part, PartFilter, PartPage, PartRef, PartRequest};
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

/// Which method of a load balancing service a call is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum PartCall {
    Create,
    Get,
    Find,
    List,
    Delete,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<K = CallKind> {
    /// Its place among all calls, from 0.
    pub number: usize,
    /// Its place among the calls of its kind, from 0.
    pub nth: usize,
    /// Its method.
    pub kind: K,
    /// The token, name, id or filter it concerns.
    pub subject: String,
}

/// A failure to inject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Injected<E = ComputeError> {
    /// The call fails and does nothing.
    Before(E),
    /// The call takes effect and its answer is lost: this error arrives instead. An error of the backend
    /// itself is passed on as it is.
    After(E),
}

type Script<K, E> = Box<dyn FnMut(&Call<K>) -> Option<Injected<E>> + Send>;

/// A backend that fails by script and remembers its calls.
pub struct Faulty<C, K = CallKind, E = ComputeError> {
    inner: C,
    script: Mutex<Script<K, E>>,
    calls: Mutex<Vec<Call<K>>>,
}

impl<C, K: Copy + PartialEq + Send + 'static, E: Clone + Send + 'static> Faulty<C, K, E> {
    /// Asks `script` about every call, in order.
    pub fn new(inner: C, script: impl FnMut(&Call<K>) -> Option<Injected<E>> + Send + 'static) -> Self {
        Self { inner, script: Mutex::new(Box::new(script)), calls: Mutex::default() }
    }

    /// Fails the `nth` call (from 0) of one kind, once.
    pub fn on_nth(inner: C, kind: K, nth: usize, failure: Injected<E>) -> Self {
        Self::new(inner, move |call| (call.kind == kind && call.nth == nth).then(|| failure.clone()))
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call<K>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls of a kind there were.
    pub fn count(&self, kind: K) -> usize {
        self.calls().iter().filter(|call| call.kind == kind).count()
    }

    fn decide(&self, kind: K, subject: String) -> Option<Injected<E>> {
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
        kind: K,
        subject: String,
        effect: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
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

#[async_trait]
impl<B: Balancer> Balancer for Faulty<B, PartCall, BalancerError> {
    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        self.call(PartCall::Create, request.name.clone(), self.inner.create(request)).await
    }

    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError> {
        self.call(PartCall::Get, part.id.clone(), self.inner.get(part)).await
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError> {
        self.call(PartCall::Find, name_or_id.to_owned(), self.inner.find(name_or_id)).await
    }

    async fn list(
        &self,
        filter: PartFilter<'_>,
        after: Option<&PageMark>,
    ) -> Result<PartPage, BalancerError> {
        self.call(PartCall::List, format!("{filter:?}"), self.inner.list(filter, after)).await
    }

    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError> {
        self.call(PartCall::Delete, part.id.clone(), self.inner.delete(part)).await
    }
}
