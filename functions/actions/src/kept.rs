//! Retention: the table deletes what has expired in its own time, which may be days later. Until then it is
//! there no more for those who ask.

use coppice_domain::action::Action;
use coppice_domain::event::Event;
use coppice_engine::Env;

/// Whether an action is kept now.
pub(crate) fn action(env: &Env) -> impl Fn(&Action) -> bool + Sync + use<> {
    let (now, retention) = (env.now(), env.settings.retention);
    move |action| !action.is_forgotten(now, retention)
}

/// Whether an event is kept now.
pub(crate) fn event(env: &Env) -> impl Fn(&Event) -> bool + Sync + use<> {
    let (now, retention) = (env.now(), env.settings.retention);
    move |event| !event.is_forgotten(now, retention)
}
