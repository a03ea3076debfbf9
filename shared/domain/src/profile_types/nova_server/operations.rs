//! What a server can be told to do (spec schemas §5).

use crate::schema::operation::Operation;
use crate::schema::{Fallback, Property};

/// The offered operations; `migrate` is not among them.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::with("reboot", "Reboots the server.", &[REBOOT_TYPE]),
    Operation::plain("rebuild", "Rebuilds the server from its image."),
    Operation::with("change_password", "Changes the administrator's password.", &[ADMIN_PASS]),
    Operation::plain("pause", "Pauses the server."),
    Operation::plain("unpause", "Ends the pause of the server."),
    Operation::plain("suspend", "Suspends the server."),
    Operation::plain("resume", "Ends the suspension of the server."),
    Operation::plain("lock", "Locks the server."),
    Operation::plain("unlock", "Unlocks the server."),
    Operation::plain("start", "Starts the server."),
    Operation::plain("stop", "Stops the server."),
    Operation::with("rescue", "Boots the server from a rescue image.", &[IMAGE_REF]),
    Operation::plain("unrescue", "Ends the rescue of the server."),
    Operation::with("evacuate", "Moves the server off a failed host.", &[HOST, FORCE]),
];

const REBOOT_TYPE: Property = Property::string("type", "How to reboot: SOFT or HARD.")
    .or(Fallback::Text("SOFT"))
    .one_of(&["SOFT", "HARD"]);
const ADMIN_PASS: Property = Property::string("admin_pass", "The new password.");
const IMAGE_REF: Property = Property::string("image_ref", "The rescue image.");
const HOST: Property = Property::string("host", "The host to move to.");
const FORCE: Property = Property::string("force", "Whether to move without the scheduler's consent.");
