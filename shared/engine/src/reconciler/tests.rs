use super::Turn;
use coppice_domain::time::Timestamp;
use std::time::Duration;

#[test]
fn every_phase_has_a_part_of_the_time_and_the_last_one_the_end() {
    let began = Timestamp::from_micros(1_000_000);
    let turn = Turn { began, span: Duration::from_secs(36) };
    assert_eq!([2, 4, 8, 10].map(|parts| turn.part(parts).since(began).as_secs()), [6, 12, 24, 30]);
    assert_eq!(turn.part(Turn::PARTS), began.plus(turn.span));
}
