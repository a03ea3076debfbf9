//! The endpoints of a function, served and described from one list.

use super::Operation;
use axum::Router;
use axum::handler::Handler;
use axum::routing::on;

/// The endpoints of a function.
#[derive(Debug)]
pub struct Endpoints<S> {
    router: Router<S>,
    operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Endpoints<S> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), operations: Vec::new() }
    }

    /// The same and this one, which `handler` answers.
    #[must_use]
    pub fn serve<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.router = self.router.route(operation.route, on(operation.method.filter(), handler));
        self.operations.push(operation);
        self
    }

    /// The same and this one, which the handler of another with its method and route answers too.
    #[must_use]
    pub fn and(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    /// What serves them.
    pub fn router(self) -> Router<S> {
        self.router
    }

    /// What describes them.
    #[must_use]
    pub fn operations(self) -> Vec<Operation> {
        self.operations
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Endpoints<S> {
    fn default() -> Self {
        Self::new()
    }
}
