//! The queue on which a lifecycle hook tells of nodes that go (spec engine-actions §11). The reference uses
//! the queues of a service of its own, one name space a project; here names are made so that no two projects
//! share one.

use crate::ids::derive;
use uuid::Uuid;

/// What the name of every hook's queue begins with. Whoever may touch these queues is limited to names that
/// begin so.
pub const HOOK_PREFIX: &str = "senlin-hook-";

/// The name of the queue that a deletion policy of `project` calls `queue`:
/// `senlin-hook-<project>-<queue>`; where that would not be a queue's name, `senlin-hook--<hash>`.
#[must_use]
pub fn hook_mailbox(project: &str, queue: &str) -> String {
    let plain = !project.is_empty()
        && project.chars().all(|character| character.is_ascii_alphanumeric())
        && queue.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
    let name = format!("{HOOK_PREFIX}{project}-{queue}");
    if plain && name.len() <= LONGEST {
        return name;
    }
    let mut subject = project.as_bytes().to_vec();
    subject.push(0);
    subject.extend_from_slice(queue.as_bytes());
    format!("{HOOK_PREFIX}-{}", derive(Uuid::nil(), "hook", &subject).simple())
}

/// The longest name a queue can have.
const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_known_by_its_project_and_its_name() {
        let project = "a1ce0000000000000000000000000001";
        assert_eq!(hook_mailbox(project, "going"), format!("senlin-hook-{project}-going"));
    }

    #[test]
    fn any_name_is_one_that_a_queue_can_have_and_no_two_projects_share_it() {
        let long = "q".repeat(80);
        let names =
            [("p", "q"), ("p", "q r"), ("p-q", "r"), ("p", "q-r"), ("p\0q", ""), ("", "q"), ("p", &long)];
        let mailboxes: Vec<String> =
            names.iter().map(|(project, queue)| hook_mailbox(project, queue)).collect();
        for mailbox in &mailboxes {
            let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            assert!(mailbox.len() <= 80 && mailbox.chars().all(allowed), "{mailbox}");
        }
        let distinct: std::collections::BTreeSet<&String> = mailboxes.iter().collect();
        assert_eq!(distinct.len(), mailboxes.len());
    }
}
