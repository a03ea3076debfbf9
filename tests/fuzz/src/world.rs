//! One world: a system of its own, some thousand requests to it, and what came of them.

use crate::author::{Author, Token};
use crate::bodies::receivers::letter;
use crate::check::table::{Table, rest};
use crate::check::{Complaints, answer, effects, reads};
use crate::dice::Dice;
use crate::known::Known;
use crate::ledger::Ledger;
use crate::population::populate;
use crate::request::{Generated, generate};
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{Answer, TestApp};
use coppice_engine::{Settings, reconciler};
use coppice_local::clients::in_process;
use coppice_local::system::Options;
use futures::FutureExt;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How often the table is looked at as a whole, in requests.
const LOOK_EVERY: u64 = 250;
/// Messages that are answered at most before everything accepted must be done.
const ENDLESS: usize = 20_000;

/// A world.
pub(crate) struct World {
    app: TestApp,
    ledger: Ledger,
    known: Known,
    dice: Dice,
    walls: bool,
}

impl World {
    /// World `number` of seed `seed`, before its first request.
    pub(crate) async fn make(seed: u64, number: u64) -> Self {
        let mut dice = Dice::new(seed, number);
        let mut services = TestApp::services().await;
        let ledger = Ledger::new(services.dynamodb.clone());
        services.aws = in_process(ledger.clone(), services.sqs.clone());
        let options = options(&mut dice);
        let app = TestApp::on(services, options);
        let mut known = Known::default();
        populate(&app, &mut known).await;
        known.learn(ledger.moves());
        let walls = dice.chance(50);
        Self { app, ledger, known, dice, walls }
    }

    /// Writes the next request.
    pub(crate) fn next(&mut self) -> Generated {
        loop {
            let request = generate(&mut self.dice, &self.known, self.walls);
            if request.request().is_some() {
                return request;
            }
        }
    }

    /// Sends it: the answer, and everything that is wrong with it; or how the system panicked.
    pub(crate) async fn send(&mut self, request: &Generated) -> Result<(Answer, Complaints), String> {
        let Some(sent) = request.request() else { return Err("no request".to_owned()) };
        self.app.clock.advance(Duration::from_millis(1));
        self.ledger.open();
        let answering = AssertUnwindSafe(self.app.answer(sent)).catch_unwind();
        let answer = answering.await.map_err(|panic| message_of(panic.as_ref()))?;
        let changes = self.ledger.close();
        let mut complaints = answer::check(request, &answer);
        complaints.extend(effects::check(request, &answer, &changes));
        complaints.extend(effects::follow(&self.app, request, &answer).await);
        self.known.learn(self.ledger.moves());
        Ok((answer, complaints))
    }

    /// Lets some of what was accepted be done, and now and then looks at the table as a whole.
    pub(crate) async fn live(&mut self, number: u64) -> Complaints {
        let mut complaints = Complaints::new();
        let steps = match self.dice.within(0..100) {
            0..60 => 0,
            60..93 => 1,
            93..99 => self.dice.within(2..8),
            _ => ENDLESS,
        };
        complaints.extend(self.answer_rings(steps).await);
        if self.dice.rarely(20) {
            self.write_letters();
        }
        if self.dice.rarely(200) {
            self.app.clock.advance(Duration::from_secs(self.dice.within(1..400)));
            complaints.extend(self.reconcile().await);
        }
        self.known.learn(self.ledger.moves());
        self.known.open = self.app.bell.waiting().iter().map(|ring| ring.action.to_string()).collect();
        if number.is_multiple_of(LOOK_EVERY) {
            complaints.extend(Table::read(&self.app).await.structure());
        }
        complaints
    }

    /// Lets everything be done that was accepted, and looks at what is left.
    pub(crate) async fn end(&mut self) -> Complaints {
        let mut complaints = self.answer_rings(ENDLESS).await;
        // Instances that lost their node are found an hour later at the latest.
        for _ in 0..2 {
            self.app.clock.advance(Duration::from_secs(3600));
            complaints.extend(self.reconcile().await);
            complaints.extend(self.answer_rings(ENDLESS).await);
        }
        let table = Table::read(&self.app).await;
        complaints.extend(table.structure());
        complaints.extend(rest(&self.app, &table).await);
        complaints.extend(reads::check(&self.app, &table, &mut self.dice).await);
        complaints
    }

    async fn answer_rings(&self, most: usize) -> Complaints {
        for answered in 0..most {
            let step = AssertUnwindSafe(self.app.try_next()).catch_unwind();
            match step.await {
                Ok(None) => return Vec::new(),
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(error))) => return vec![format!("the worker failed: {error}")],
                Err(panic) => return vec![format!("the worker panicked: {}", message_of(panic.as_ref()))],
            }
            if answered + 1 == ENDLESS {
                return vec![format!("work goes on and on: {:?}", self.app.bell.waiting())];
            }
        }
        Vec::new()
    }

    async fn reconcile(&self) -> Complaints {
        let run = AssertUnwindSafe(reconciler::run(&self.app.system.worker)).catch_unwind();
        match run.await {
            Ok(Ok(_)) => Vec::new(),
            Ok(Err(error)) => vec![format!("the reconciler failed: {error}")],
            Err(panic) => vec![format!("the reconciler panicked: {}", message_of(panic.as_ref()))],
        }
    }

    /// Puts messages on the queue of some receiver.
    fn write_letters(&mut self) {
        let Some(queue) = self.dice.any(&self.known.queues).cloned() else { return };
        for _ in 0..self.dice.within(1..4) {
            let mut author = Author::someone(&mut self.dice, &self.known);
            author.bird = None;
            author.token = Token::Missing;
            let mut body = letter(&mut author);
            if author.dice.chance(30) {
                author.mutate(&mut body);
            }
            let mut bytes = body.to_string().into_bytes();
            if author.dice.chance(10) {
                author.spoil(&mut bytes);
            }
            self.app.mailboxes.post(&queue, &String::from_utf8_lossy(&bytes));
        }
        self.app.mailboxes.reappear();
    }
}

/// How a world is set up: limits so low that they are met, and a cloud that is perfect, slow, or worse.
fn options(dice: &mut Dice) -> Options {
    let settings = Settings {
        max_nodes_per_cluster: 6,
        max_clusters_per_project: 8,
        name_unique: dice.chance(25),
        delete_with_dependency: dice.chance(25),
        receiver_url: dice.chance(25).then(|| "https://cloud.example/clustering/v1".to_owned()),
        ..Settings::default()
    };
    let mut simulated = SimulatedConfig { tokens: dice.chance(50), ..SimulatedConfig::default() };
    let cloud = dice.within(0..10);
    if cloud >= 4 {
        simulated =
            SimulatedConfig { build_seconds: 5.0, delete_seconds: 3.0, change_seconds: 2.0, ..simulated };
    }
    if cloud >= 7 {
        simulated = SimulatedConfig { fail_rate: 0.15, throttle_rate: 0.05, ..simulated };
    }
    Options { settings, simulated }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
