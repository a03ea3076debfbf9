"""Checking, recovering and operating a cluster, and asking all its nodes, with openstacksdk.

Spec api-resources I9, I10 and J, engine-cluster §6.
"""

from __future__ import annotations

import pytest
from openstack import exceptions

from backstage import Servers
from stories import SdkStory, refused
from support import server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""

    def servers(self) -> dict[str, str]:
        """The server of each node."""
        return {node.id: node.physical_id for node in self.members().values()}

    def evaluated(self, operation: str) -> None:
        """Insists that the cluster is well, and that this operation was the last to find it so."""
        reason = f"{operation}: number of active nodes is equal or above desired_capacity (2)."
        assert self.settled(2).status_reason == reason


def test_a_cluster_of_two(story):
    story.api.create_profile(name="health-profile", spec=server_spec())
    story.cluster = story.api.create_cluster(name="health-cluster", profile_id="health-profile", desired_capacity=2)
    story.settled(2)


def test_check_finds_every_server_there(story):
    action = story.accepted(story.api.check_cluster("health-cluster"))
    assert (action.action, action.target_id, action.inputs) == ("CLUSTER_CHECK", story.cluster.id, {})
    story.evaluated("CLUSTER_CHECK")
    assert {node.status_reason for node in story.members().values()} == {"Check: Node is ACTIVE."}
    refused(story.api.check_cluster("health-nobody"), 404, "The cluster 'health-nobody' could not be found.")


def test_recovering_a_healthy_cluster_leaves_its_servers_alone(story):
    before = story.servers()
    action = story.accepted(story.api.recover_cluster(story.cluster, operation="RECREATE", check=True))
    assert (action.action, action.inputs) == ("CLUSTER_RECOVER", {"operation": "RECREATE", "check": True})
    story.evaluated("CLUSTER_RECOVER")
    assert story.servers() == before


def test_a_lost_server_is_noticed_by_a_check_and_replaced_by_a_recovery(story):
    before = story.servers()
    lost, kept = sorted(before)
    Servers(story.cloud).lose(before[lost])
    story.accepted(story.api.check_cluster(story.cluster))
    assert {id: node.status for id, node in story.members().items()} == {lost: "ERROR", kept: "ACTIVE"}
    cluster = story.api.get_cluster(story.cluster.id)
    reason = "CLUSTER_CHECK: number of active nodes is below desired_capacity (2)."
    assert (cluster.status, cluster.status_reason) == ("WARNING", reason)

    story.accepted(story.api.recover_cluster(story.cluster))
    story.evaluated("CLUSTER_RECOVER")
    after = story.servers()
    assert after[kept] == before[kept]
    assert after[lost] and after[lost] != before[lost]
    assert story.api.get_node(lost, details=True).details["id"] == after[lost]


def test_a_recovery_that_cannot_be_is_refused(story):
    recover = story.api.recover_cluster
    refused(recover(story.cluster, operation="DANCE"), 400, "Operation value 'DANCE' has to be one of the following")
    refused(recover(story.cluster, haste=True), 400, "Action parameter ['haste'] is not recognizable.")
    story.evaluated("CLUSTER_RECOVER")


def test_an_operation_reaches_every_node(story):
    before = story.servers()
    action = story.accepted(story.api.perform_operation_on_cluster(story.cluster, "reboot", params={"type": "HARD"}))
    assert (action.action, action.inputs["operation"]) == ("CLUSTER_OPERATION", "reboot")
    assert (action.inputs["params"], set(action.inputs["nodes"])) == ({"type": "HARD"}, set(before))
    story.evaluated("reboot")
    assert {node.status_reason for node in story.members().values()} == {"Operation 'reboot' succeeded"}
    assert story.servers() == before


def test_an_operation_that_cannot_be_is_refused(story):
    operate = story.api.perform_operation_on_cluster
    refused(operate(story.cluster, "dance"), 400, "The requested operation 'dance' is not supported by the profile")
    refused(operate(story.cluster, "reboot", filters={"age": 1}), 400, "Filter key 'age' is unsupported.")
    refused(operate(story.cluster, "reboot", params={"type": "WILD"}), 400, "'WILD' must be one of the allowed values")
    story.evaluated("reboot")


def test_an_attribute_is_collected_from_every_node(story):
    def collected(path: str) -> dict:
        return {item.node_id: item.attr_value for item in story.api.collect_cluster_attrs("health-cluster", path)}

    members = story.members()
    assert collected("name") == collected("$.name") == {id: node.name for id, node in members.items()}
    assert collected("physical_id") == story.servers()
    assert collected("details.status") == dict.fromkeys(members, "ACTIVE")
    assert collected("metadata.nothing") == {}
    with pytest.raises(exceptions.BadRequestException, match="Invalid attribute path - "):
        collected("a b")
    with pytest.raises(exceptions.NotFoundException):
        list(story.api.collect_cluster_attrs("health-nobody", "name"))


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    story.api.delete_profile("health-profile", ignore_missing=False)
    assert [node.name for node in story.api.nodes()] == []
