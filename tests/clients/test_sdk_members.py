"""Nodes that join, leave and replace each other in a cluster, with openstacksdk (spec api-resources I1 to I3)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from stories import SdkStory, refused
from support import server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""

    one = two = None

    def orphans(self) -> set[str]:
        """The ids of the nodes that belong to no cluster; each is ACTIVE and has no index."""
        orphans = [node for node in self.api.nodes() if not node.cluster_id]
        assert {(node.status, node.index) for node in orphans} <= {("ACTIVE", -1)}
        return {node.id for node in orphans}


def test_a_cluster_and_two_nodes_of_no_cluster(story):
    story.api.create_profile(name="mem-profile", spec=server_spec())
    story.cluster = story.api.create_cluster(
        name="mem-cluster", profile_id="mem-profile", desired_capacity=2, min_size=1, max_size=4
    )
    story.one = story.node(name="mem-one", profile_id="mem-profile")
    story.two = story.node(name="mem-two", profile_id="mem-profile")
    story.settled(2)
    assert story.orphans() == {story.one.id, story.two.id}


def test_added_nodes_are_members_that_the_cluster_wants(story):
    action = story.accepted(story.api.add_nodes_to_cluster("mem-cluster", [story.one.id, "mem-two"]))
    assert (action.action, set(action.inputs["nodes"])) == ("CLUSTER_ADD_NODES", {story.one.id, story.two.id})
    cluster = story.settled(4)
    assert {story.one.id, story.two.id} <= set(cluster.node_ids)
    assert sorted(node.index for node in story.members().values()) == [1, 2, 3, 4]
    assert story.orphans() == set()


def test_nodes_that_cannot_be_added_are_refused(story):
    add = story.api.add_nodes_to_cluster
    refused(add(story.cluster, [story.one.id]), 400, f"Nodes ['{story.one.id}'] already owned by some cluster.")
    refused(add(story.cluster, ["mem-nobody"]), 400, "Nodes not found: ['mem-nobody'].")
    refused(add(story.cluster, []), 400, "")
    with pytest.raises(exceptions.NotFoundException):
        add("mem-nothing", [story.one.id])
    story.settled(4)


def test_a_node_beyond_the_largest_size_is_refused(story):
    node = story.node(name="mem-three", profile_id="mem-profile")
    answer = story.api.add_nodes_to_cluster(story.cluster, [node.id])
    refused(answer, 400, "The target capacity (5) is greater than the cluster's max_size (4).")
    story.finished(story.api.delete_node(node.id, ignore_missing=False).id)
    story.settled(4)


def test_a_removed_node_lives_on_by_itself(story):
    action = story.accepted(story.api.remove_nodes_from_cluster("mem-cluster", ["mem-one"]))
    assert (action.action, action.inputs["candidates"]) == ("CLUSTER_DEL_NODES", [story.one.id])
    assert story.one.id not in story.settled(3).node_ids
    assert story.orphans() == {story.one.id}
    assert story.api.get_node(story.one.id).physical_id == story.one.physical_id


def test_a_removed_node_is_destroyed_when_that_is_asked_for(story):
    answer = story.api.remove_nodes_from_cluster(story.cluster, [story.two.id], destroy_after_deletion=True)
    assert story.accepted(answer).inputs["destroy_after_deletion"] is True
    assert story.two.id not in story.settled(2).node_ids
    assert story.api.find_node(story.two.id) is None
    assert story.orphans() == {story.one.id}


def test_nodes_that_cannot_be_removed_are_refused(story):
    remove = story.api.remove_nodes_from_cluster
    refused(remove(story.cluster, [story.one.id]), 400, f"Nodes not members of specified cluster: ['{story.one.id}'].")
    refused(remove(story.cluster, ["mem-nobody"]), 400, "Nodes not found: ['mem-nobody'].")
    answer = remove(story.cluster, sorted(story.members()))
    refused(answer, 400, "The target capacity (0) is less than the cluster's min_size (1).")
    story.settled(2)


def test_a_node_takes_the_place_of_another(story):
    old = min(story.members())
    action = story.accepted(story.api.replace_nodes_in_cluster("mem-cluster", {old: story.one.id}))
    assert (action.action, action.inputs) == ("CLUSTER_REPLACE_NODES", {"candidates": {old: story.one.id}})
    # Which of the two moves is last is not said.
    assert {a.status for a in story.history(old)} == {"SUCCEEDED"}
    members = story.settled(2).node_ids
    assert story.one.id in members and old not in members
    assert story.orphans() == {old}
    refused(story.api.replace_nodes_in_cluster(story.cluster, {old: story.one.id}), 400, "are not members of the")
    refused(story.api.replace_nodes_in_cluster(story.cluster, {}), 400, "The data provided is not a map")


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    for node in story.orphans():
        story.finished(story.api.delete_node(node, ignore_missing=False).id)
    assert [node.name for node in story.api.nodes()] == []
    story.api.delete_profile("mem-profile", ignore_missing=False)
