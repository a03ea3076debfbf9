"""Nodes as openstacksdk sees them: alone, in a cluster, and adopted (spec api-resources L, engine-nodes)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from backstage import Servers
from stories import SdkStory, refused
from support import SLOW_BUILD_SECONDS, server_spec, wait_until

SERVER = "os.nova.server-1.0"


class Story(SdkStory):
    """What the steps hand on to each other."""

    profile = orphan = member = adopted = None

    def shown(self):
        """The node that belongs to no cluster, as it is now, once nothing is going on with it."""
        self.history(self.orphan.id)
        return self.api.get_node(self.orphan.id)


def test_a_node_of_no_cluster_becomes_active(story):
    story.profile = story.api.create_profile(name="node-profile", spec=server_spec())
    created = story.api.create_node(name="node-one", profile_id="node-profile", role="web", metadata={"a": "b"})
    assert (created.name, created.profile_id, created.index) == ("node-one", story.profile.id, -1)
    story.orphan = story.active(created)
    assert (story.orphan.cluster_id, story.orphan.index, story.orphan.role) == ("", -1, "web")
    assert (story.orphan.metadata, story.orphan.profile_name) == ({"a": "b"}, "node-profile")
    assert story.orphan.physical_id and story.orphan.created_at
    assert [(a.action, a.status) for a in story.history(story.orphan.id)] == [("NODE_CREATE", "SUCCEEDED")]


def test_a_node_in_a_cluster_takes_its_name_and_its_index_from_the_cluster(story):
    story.cluster = story.api.create_cluster(
        name="node-cluster", profile_id="node-profile", desired_capacity=1, config={"node.name.format": "web-$3I"}
    )
    story.settled(1)
    story.member = story.node(name="node-ignored", profile_id="node-profile", cluster_id="node-cluster")
    assert (story.member.name, story.member.index) == ("web-002", 2)
    assert story.member.cluster_id == story.cluster.id
    # The cluster wants the one more that it has.
    assert story.member.id in story.settled(2).node_ids


def test_a_node_that_cannot_be_is_refused(story):
    for attributes, text in (
        ({"profile_id": "nobody"}, "The specified profile 'nobody' could not be found."),
        ({"profile_id": "node-profile", "cluster_id": "nobody"}, "The specified cluster 'nobody' could not be found."),
    ):
        with pytest.raises(exceptions.BadRequestException, match=text):
            story.api.create_node(name="node-bad", **attributes)
    assert list(story.api.nodes(name="node-bad")) == []


def test_a_node_is_found_by_id_by_name_and_by_the_start_of_its_id(story):
    for key in (story.orphan.id, "node-one", story.orphan.id[:8]):
        assert story.api.find_node(key).id == story.api.get_node(key).id == story.orphan.id
    assert story.api.find_node("node-nobody") is None
    with pytest.raises(exceptions.NotFoundException):
        story.api.find_node("node-nobody", ignore_missing=False)
    with pytest.raises(exceptions.NotFoundException):
        story.alt.get_node(story.orphan.id)
    details = story.api.get_node("node-one", details=True).details
    assert (details["id"], details["status"]) == (story.orphan.physical_id, "ACTIVE")


def test_nodes_are_listed_by_cluster_by_name_and_by_status(story):
    assert [node.id for node in story.api.nodes(name="node-one")] == [story.orphan.id]
    of_cluster = [node.name for node in story.api.nodes(cluster_id="node-cluster", sort="index:desc")]
    assert of_cluster == ["web-002", "web-001"]
    assert {node.id for node in story.api.nodes(status="ACTIVE")} >= {story.orphan.id, story.member.id}
    assert list(story.api.nodes(status="ERROR")) == []


def test_update_changes_name_role_metadata_and_taint(story):
    changes = {"name": "node-renamed", "role": "db", "metadata": {"c": "d"}, "tainted": True}
    answer = story.api.update_node("node-one", **changes)
    assert answer.id == story.orphan.id
    wait_until("the new name", lambda: story.api.get_node(story.orphan.id).name == "node-renamed")
    node = story.shown()
    assert {key: getattr(node, key) for key in changes} == changes
    assert (node.status, node.status_reason) == ("ACTIVE", "Update succeeded")
    update = story.history(node.id)[-1]
    assert (update.action, update.status, update.inputs) == ("NODE_UPDATE", "SUCCEEDED", changes)
    with pytest.raises(exceptions.BadRequestException, match="No property needs an update."):
        story.api.update_node(node.id, role="db")


def test_check_finds_the_server_there(story):
    action = story.accepted(story.api.check_node(story.orphan.id))
    assert (action.action, action.target_id) == ("NODE_CHECK", story.orphan.id)
    node = story.shown()
    assert (node.status, node.status_reason) == ("ACTIVE", "Check: Node is ACTIVE.")
    refused(story.api.check_node("node-nobody"), 404, "The node 'node-nobody' could not be found.")


def test_recovering_a_healthy_node_after_a_check_leaves_its_server_alone(story):
    before = story.shown().physical_id
    action = story.accepted(story.api.recover_node(story.orphan.id, check=True))
    assert (action.action, action.inputs) == ("NODE_RECOVER", {"check": True})
    node = story.shown()
    assert (node.status, node.status_reason, node.physical_id) == ("ACTIVE", "Recover: Node is ACTIVE.", before)


def test_recovering_by_reboot_keeps_the_server_and_by_recreation_replaces_it(story):
    before = story.shown().physical_id
    story.accepted(story.api.recover_node(story.orphan.id, operation="REBOOT", operation_params={"type": "SOFT"}))
    node = story.shown()
    assert (node.status, node.status_reason, node.physical_id) == ("ACTIVE", "Recovery succeeded", before)
    story.accepted(story.api.recover_node(story.orphan.id, operation="RECREATE"))
    node = story.shown()
    assert (node.status, node.status_reason) == ("ACTIVE", "Recovery succeeded")
    assert node.physical_id and node.physical_id != before
    assert story.api.get_node(node.id, details=True).details["id"] == node.physical_id
    refused(story.api.recover_node(node.id, operation="DANCE"), 400, "has to be one of the following: REBOOT")


def test_an_operation_is_performed_on_the_server(story):
    action = story.accepted(story.api.perform_operation_on_node(story.orphan.id, "reboot", type="SOFT"))
    assert (action.action, action.inputs) == ("NODE_OPERATION", {"operation": "reboot", "params": {"type": "SOFT"}})
    node = story.shown()
    assert (node.status, node.status_reason) == ("ACTIVE", "Operation 'reboot' succeeded")
    refused(story.api.perform_operation_on_node(node.id, "dance"), 400, "The requested operation 'dance' is not")
    refused(story.api.perform_operation_on_node(node.id, "reboot", type="WILD"), 400, "'WILD' must be one of")


def test_a_server_that_somebody_made_is_adopted_with_the_profile_that_a_preview_showed(story):
    made = Servers(story.cloud).copy(story.shown().physical_id)
    server = {"identity": made, "type": SERVER, "overrides": {"networks": [{"network": "private"}]}}
    preview = story.api.adopt_node(preview=True, **server)["node_profile"]["node_preview"]
    assert (preview["type"], preview["version"]) == ("os.nova.server", "1.0")
    assert (preview["properties"]["flavor"], preview["properties"]["name"]) == ("m1.small", "web")
    assert preview["properties"]["networks"] == [{"network": "private"}]
    assert list(story.api.nodes(name="node-adopted")) == []

    story.adopted = story.api.adopt_node(name="node-adopted", metadata={"e": "f"}, **server)
    node = story.api.get_node("node-adopted")
    assert (node.id, node.physical_id) == (story.adopted.id, made)
    assert (node.status, node.status_reason) == ("ACTIVE", "Node adopted successfully")
    assert (node.index, node.cluster_id, node.metadata) == (-1, "", {"e": "f"})
    assert node.profile_name == "prof-node-adopted"
    assert story.api.get_profile(node.profile_id).spec["properties"] == preview["properties"]
    assert story.api.get_node(node.id, details=True).details["id"] == made


def test_a_server_that_is_not_there_or_is_a_nodes_already_is_not_adopted(story):
    with pytest.raises(exceptions.BadRequestException, match="managed by this service already"):
        taken = {"identity": story.shown().physical_id, "type": SERVER, "overrides": {}}
        story.api.adopt_node(name="node-none", **taken)
    server = {"identity": "no-such-server", "type": SERVER, "overrides": {}}
    assert story.api.adopt_node(preview=True, **server)["code"] == 500
    with pytest.raises(exceptions.HttpException):
        story.api.adopt_node(name="node-none", **server)
    refused(story.api.adopt_node(preview=True, **server | {"type": "nothing-1.0"}), 400, "'nothing-1.0' could not be")
    assert list(story.api.nodes(name="node-none")) == []
    assert story.api.find_profile("prof-node-none") is None


def test_deleting_a_member_makes_its_cluster_want_one_less(story):
    deletion = story.api.delete_node(story.member, ignore_missing=False)
    assert story.finished(deletion.id).action == "NODE_DELETE"
    story.api.wait_for_delete(story.member, interval=0.25, wait=120)
    assert story.member.id not in story.settled(1).node_ids


def test_a_node_that_is_being_created_is_deleted_only_by_force(story):
    story.api.create_profile(name="node-slow", spec=server_spec(build_seconds=SLOW_BUILD_SECONDS))
    node = story.api.create_node(name="node-slow", profile_id="node-slow")
    wait_until("node-slow to be CREATING", lambda: story.api.get_node(node.id).status == "CREATING")
    with pytest.raises(exceptions.ConflictException, match="is in status CREATING."):
        story.api.delete_node(node.id, ignore_missing=False)
    story.finished(story.api.delete_node(node.id, ignore_missing=False, force_delete=True).id)
    assert story.api.find_node(node.id) is None


def test_deleting_ends_in_not_found(story):
    for node in (story.adopted, story.orphan):
        story.finished(story.api.delete_node(node.id, ignore_missing=False).id)
        with pytest.raises(exceptions.NotFoundException):
            story.api.delete_node(node.id, ignore_missing=False)
        assert story.api.delete_node(node.id) is None


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    for name in ("node-profile", "node-slow", "prof-node-adopted"):
        story.api.delete_profile(name, ignore_missing=False)
    assert [node.name for node in story.api.nodes()] == []
