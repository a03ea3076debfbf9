//! The properties of a server (spec schemas §3.1), in the order in which they are checked.

use crate::schema::{Fallback, Property, Schema};

/// What `properties` may hold.
pub(super) const SCHEMA: Schema = Schema(&[
    Property::free_map("context", "Security context to act with instead of the owner's."),
    Property::string("admin_pass", "Password of the administrator account on the server."),
    Property::boolean("auto_disk_config", "Whether the disk is partitioned automatically.")
        .or(Fallback::Boolean(true)),
    Property::string("availability_zone", "Availability zone the server runs in."),
    Property::list("block_device_mapping_v2", &BLOCK_DEVICE, "Block devices of the server."),
    Property::boolean("config_drive", "Whether the server gets a configuration drive."),
    Property::string("flavor", "Flavor of the server, by id or name.").required().updatable(),
    Property::string("image", "Image the server boots from, by id or name.").updatable(),
    Property::string("key_name", "Key pair whose public key the server gets."),
    Property::free_map("metadata", "Key-value pairs attached to the server.").updatable(),
    Property::string("name", "Name of the server; the node's name if there is none.").updatable(),
    Property::list("networks", &NETWORK, "Networks the server is connected to.").updatable(),
    Property::list("personality", &FILE, "Files written into the server."),
    Property::free_map("scheduler_hints", "Hints to the scheduler, such as a server group."),
    Property::list("security_groups", &SECURITY_GROUP, "Security groups of the server."),
    Property::string("user_data", "Data the server reads from its metadata service."),
]);

const SECURITY_GROUP: Property = Property::string("*", "Name of a security group.").required();

const BLOCK_DEVICE: Property = Property::map("*", BLOCK_DEVICE_KEYS, "A block device.");

const BLOCK_DEVICE_KEYS: Schema = Schema(&[
    Property::string("uuid", "Id of the image, snapshot or volume it is made from."),
    Property::string("source_type", "What it is made from: image, snapshot, volume or blank.").required(),
    Property::string("destination_type", "What it becomes: volume or local.").required(),
    Property::string("disk_bus", "Bus it is attached to."),
    Property::string("device_name", "Name of the device, such as vda."),
    Property::integer("volume_size", "Size: in MB for swap, else in GB.").required(),
    Property::string("guest_format", "File system, such as swap or ephemeral."),
    Property::integer("boot_index", "Its place in the boot order."),
    Property::string("device_type", "Type of the device, such as disk or cdrom."),
    Property::boolean("delete_on_termination", "Whether it is deleted along with the server."),
    Property::string("volume_type", "Volume type, by id or name."),
]);

const NETWORK: Property = Property::map("*", NETWORK_KEYS, "A connection to a network.");

const NETWORK_KEYS: Schema = Schema(&[
    Property::string("network", "Network to make a port on, by name or id."),
    Property::string("port", "Id of an existing port to use."),
    Property::string("vnic_type", "Type of the port: normal, direct or macvtap."),
    Property::string("fixed_ip", "Fixed address on the network."),
    Property::list("security_groups", &SECURITY_GROUP, "Security groups of the port."),
    Property::string("floating_network", "Network to make a floating address on."),
    Property::string("floating_ip", "Floating address to associate with the port."),
    Property::string("subnet", "Subnet the fixed address is taken from."),
]);

const FILE: Property = Property::map("*", FILE_KEYS, "A file written into the server.");

const FILE_KEYS: Schema = Schema(&[
    Property::string("path", "Path of the file inside the server.").required(),
    Property::string("contents", "Contents of the file.").required(),
]);
