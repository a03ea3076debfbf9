"""The clustering story as openstacksdk tells it: every step follows on from the one before."""

from __future__ import annotations

import pytest
from openstack import exceptions

from backstage import Tables
from stories import SdkStory, refused
from support import SLOW_BUILD_SECONDS, TERMINAL, server_spec, wait_until


class Story(SdkStory):
    """What the steps hand on to each other."""

    def __init__(self, *where):
        super().__init__(*where)
        self.tables = Tables(self.cloud)
        self.spec = server_spec()
        self.profile = None


def test_discovery_finds_version_1_at_the_bare_root(story, cloud):
    endpoint = story.api.get_endpoint_data()
    assert endpoint.api_version == (1, 0)
    assert (endpoint.min_microversion, endpoint.max_microversion) == ((1, 0), (1, 14))
    assert endpoint.url.rstrip("/") == f"{cloud.url}/v1"
    assert story.api.get_build_info().api["revision"]


def test_a_profile_is_created_and_shown_by_id_and_by_name(story):
    assert "os.nova.server" in {kind.name for kind in story.api.profile_types()}
    assert story.api.validate_profile(spec=story.spec).type == "os.nova.server-1.0"
    story.profile = story.api.create_profile(name="sdk-web", spec=story.spec, metadata={"owner": "sdk"})
    assert story.profile.type == "os.nova.server-1.0"
    for key in (story.profile.id, "sdk-web", story.profile.id[:8]):
        shown = story.api.get_profile(key)
        assert (shown.id, shown.spec, shown.metadata) == (story.profile.id, story.spec, {"owner": "sdk"})
    assert [p.id for p in story.api.profiles(name="sdk-web")] == [story.profile.id]


def test_a_profile_that_lacks_a_required_property_is_refused(story):
    spec = server_spec()
    del spec["properties"]["flavor"]
    with pytest.raises(exceptions.BadRequestException, match="flavor"):
        story.api.create_profile(name="sdk-bad", spec=spec)
    spec["type"] = "os.nova.nothing"
    with pytest.raises(exceptions.NotFoundException, match="os.nova.nothing-1.0"):
        story.api.create_profile(name="sdk-bad", spec=spec)


def test_a_cluster_of_three_becomes_active(story):
    story.cluster = story.api.create_cluster(
        name="sdk-cluster", profile_id="sdk-web", desired_capacity=3, min_size=0, max_size=20, metadata={"a": "b"}
    )
    assert story.cluster.id and story.cluster.profile_id == story.profile.id
    cluster = story.settled(3)
    assert (cluster.profile_name, cluster.min_size, cluster.max_size) == ("sdk-web", 0, 20)
    assert (cluster.timeout, cluster.metadata) == (3600, {"a": "b"})
    assert cluster.created_at


def test_each_node_shows_the_server_behind_it(story):
    nodes = list(story.api.nodes(cluster_id=story.cluster.id))
    assert {node.index for node in nodes} == {1, 2, 3}
    assert len({node.physical_id for node in nodes}) == 3
    node = story.api.get_node(nodes[0].id, details=True)
    assert node.physical_id == nodes[0].physical_id
    assert "Error" not in (node.details or {})
    assert node.tainted is False


def test_resize_to_an_exact_number(story):
    action = story.accepted(story.api.resize_cluster(story.cluster, adjustment_type="EXACT_CAPACITY", number=5))
    assert (action.action, action.target_id, action.cause) == ("CLUSTER_RESIZE", story.cluster.id, "RPC Request")
    assert action.inputs["number"] == 5
    story.settled(5)


def test_resize_by_a_number(story):
    story.accepted(story.api.resize_cluster("sdk-cluster", adjustment_type="CHANGE_IN_CAPACITY", number=-1))
    story.settled(4)


def test_resize_by_a_percentage(story):
    story.accepted(story.api.resize_cluster(story.cluster, adjustment_type="CHANGE_IN_PERCENTAGE", number=50))
    story.settled(6)
    story.accepted(
        story.api.resize_cluster(story.cluster, adjustment_type="CHANGE_IN_PERCENTAGE", number=-1, min_step=2)
    )
    story.settled(4)


def test_resize_within_bounds(story):
    story.accepted(story.api.resize_cluster(story.cluster, min_size=2, max_size=8))
    cluster = story.settled(4)
    assert (cluster.min_size, cluster.max_size) == (2, 8)
    # Not strict: as far as the bounds allow.
    story.accepted(
        story.api.resize_cluster(story.cluster, adjustment_type="CHANGE_IN_CAPACITY", number=10, strict=False)
    )
    story.settled(8)
    story.accepted(story.api.resize_cluster(story.cluster, adjustment_type="EXACT_CAPACITY", number=3, max_size=10))
    assert story.settled(3).max_size == 10


def test_scale_out_and_in(story):
    story.accepted(story.api.scale_out_cluster(story.cluster, 2))
    story.settled(5)
    story.accepted(story.api.scale_in_cluster(story.cluster, 2))
    story.settled(3)
    # Without a count it is one node.
    story.accepted(story.api.scale_out_cluster(story.cluster))
    story.settled(4)
    story.accepted(story.api.scale_in_cluster(story.cluster))
    story.settled(3)


def test_update_changes_name_metadata_and_timeout(story):
    answer = story.api.update_cluster("sdk-cluster", name="sdk-renamed", metadata={"c": "d"}, timeout=120)
    assert answer.id == story.cluster.id
    wait_until("the new name", lambda: story.api.get_cluster(story.cluster.id).name == "sdk-renamed")
    cluster = story.settled(3)
    assert (cluster.metadata, cluster.timeout) == ({"c": "d"}, 120)
    assert story.api.find_cluster("sdk-renamed").id == story.cluster.id
    assert story.api.find_cluster("sdk-cluster") is None


def test_actions_tell_what_was_asked_and_what_came_of_it(story):
    mine = list(story.api.actions(target_id=story.cluster.id, sort="created_at:asc"))
    assert mine[0].action == "CLUSTER_CREATE"
    assert {"CLUSTER_RESIZE", "CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN", "CLUSTER_UPDATE"} <= {a.action for a in mine}
    assert {a.status for a in mine} == {"SUCCEEDED"}
    assert all(a.start_at and a.end_at and a.end_at >= a.start_at for a in mine)
    of_cluster = list(story.api.actions(cluster_id=story.cluster.id, action="NODE_CREATE"))
    assert len(of_cluster) >= 3 and {a.cause for a in of_cluster} == {"Derived Action"}


def test_events_tell_the_start_and_the_end_of_each_action(story):
    events = list(story.api.events(obj_id=story.cluster.id, sort="timestamp:asc"))
    for action in ("CLUSTER_CREATE", "CLUSTER_RESIZE", "CLUSTER_SCALE_IN"):
        assert {e.status for e in events if e.action == action} == {"start", "end"}
    shown = story.api.get_event(events[0].id)
    assert (shown.obj_id, shown.obj_type, shown.level) == (story.cluster.id, "CLUSTER", "INFO")


def test_lists_can_be_read_a_page_at_a_time(story):
    whole = [n.id for n in story.api.nodes(cluster_id=story.cluster.id, sort="name:asc")]
    paged = [n.id for n in story.api.nodes(cluster_id=story.cluster.id, sort="name:asc", limit=2)]
    assert len(whole) == 3 and paged == whole
    actions = [a.id for a in story.api.actions(target_id=story.cluster.id)]
    assert [a.id for a in story.api.actions(target_id=story.cluster.id, limit=3)] == actions


def test_a_bad_size_is_refused(story):
    with pytest.raises(exceptions.BadRequestException, match="greater than the specified max_size"):
        story.api.create_cluster(name="sdk-bad", profile_id=story.profile.id, desired_capacity=5, max_size=2)
    resize = story.api.resize_cluster
    refused(resize(story.cluster, adjustment_type="EXACT_CAPACITY", number=11), 400, "(11) is greater than the cluster's")
    refused(resize(story.cluster, adjustment_type="EXACT_CAPACITY", number=1), 400, "(1) is less than the cluster's")
    refused(resize(story.cluster, adjustment_type="EXACT_CAPACITY", number=-1), 400, "non-negative integer")
    refused(resize(story.cluster, adjustment_type="SOMEHOW", number=1), 400, "'SOMEHOW' is not acceptable")
    refused(resize(story.cluster, number=1), 400, "Missing adjustment_type")
    refused(story.api.scale_out_cluster(story.cluster, 0), 400, "Count for scale-out request cannot be 0.")
    story.settled(3)


def test_an_unknown_profile_is_refused(story):
    with pytest.raises(exceptions.BadRequestException, match="The specified profile 'nobody' could not be found."):
        story.api.create_cluster(name="sdk-bad", profile_id="nobody")
    assert list(story.api.clusters(name="sdk-bad")) == []


def test_a_profile_in_use_cannot_be_deleted(story):
    with pytest.raises(exceptions.ConflictException, match="still referenced by some clusters"):
        story.api.delete_profile(story.profile.id, ignore_missing=False)


def test_the_cluster_of_another_project_is_not_found(story):
    cluster, alt = story.cluster, story.alt
    for call in (
        lambda: alt.get_cluster(cluster.id),
        lambda: alt.resize_cluster(cluster.id, adjustment_type="EXACT_CAPACITY", number=1),
        lambda: alt.update_cluster(cluster.id, name="stolen"),
        lambda: alt.delete_cluster(cluster.id, ignore_missing=False),
        lambda: alt.get_profile(story.profile.id),
        lambda: alt.get_node(story.api.get_cluster(cluster.id).node_ids[0]),
    ):
        with pytest.raises(exceptions.NotFoundException):
            call()
    refused(alt.resize_cluster(cluster, adjustment_type="EXACT_CAPACITY", number=1), 404, "could not be found")
    with pytest.raises(exceptions.BadRequestException, match="could not be found"):
        alt.create_cluster(name="sdk-stolen", profile_id=story.profile.id)
    assert (list(alt.clusters()), list(alt.nodes()), list(alt.actions()), list(alt.events())) == ([], [], [], [])
    with pytest.raises(exceptions.ForbiddenException):
        list(alt.clusters(global_project=True))
    assert cluster.id in {c.id for c in story.admin.clusters(global_project=True)}
    story.settled(3)


def test_a_second_resize_conflicts_while_the_first_is_running(story):
    story.api.create_profile(name="sdk-slow", spec=server_spec(build_seconds=5))
    slow = story.api.create_cluster(name="sdk-slow", profile_id="sdk-slow", desired_capacity=0)
    slow = story.active(slow)
    first = story.api.resize_cluster(slow, adjustment_type="EXACT_CAPACITY", number=1)
    second = story.api.resize_cluster(slow, adjustment_type="EXACT_CAPACITY", number=2)
    assert second.get("code") == 409, second
    assert slow.id in second["error"]["message"]
    third = story.api.scale_out_cluster(slow, 1)
    assert third.get("code") == 409, third
    story.accepted(first)
    assert story.api.get_cluster(slow.id).desired_capacity == 1


def test_a_cluster_can_be_deleted_while_it_is_being_resized(story):
    story.api.create_profile(name="sdk-slower", spec=server_spec(build_seconds=SLOW_BUILD_SECONDS))
    slow = story.api.create_cluster(name="sdk-slower", profile_id="sdk-slower", desired_capacity=0)
    slow = story.active(slow)
    assert "action" in story.api.resize_cluster(slow, adjustment_type="EXACT_CAPACITY", number=2)
    deletion = story.api.delete_cluster(slow, ignore_missing=False, force_delete=True)
    story.finished(deletion.id)
    assert story.api.find_cluster(slow.id) is None


def test_deleting_ends_in_not_found(story):
    for name in ("sdk-renamed", "sdk-slow"):
        cluster = story.api.find_cluster(name, ignore_missing=False)
        deletion = story.api.delete_cluster(cluster, ignore_missing=False)
        assert story.finished(deletion.id).action == "CLUSTER_DELETE"
        story.api.wait_for_delete(cluster, interval=0.25, wait=120)
        with pytest.raises(exceptions.NotFoundException):
            story.api.delete_cluster(cluster.id, ignore_missing=False)
        assert story.api.delete_cluster(cluster.id) is None


def test_afterwards_nothing_is_left(story):
    for name in ("sdk-web", "sdk-slow", "sdk-slower"):
        story.api.delete_profile(name, ignore_missing=False)
    assert [c.name for c in story.api.clusters() if c.name.startswith("sdk-")] == []
    assert [n.id for n in story.api.nodes() if (n.profile_name or "").startswith("sdk-")] == []
    assert [p.name for p in story.api.profiles() if p.name.startswith("sdk-")] == []
    wait_until("every action to end", lambda: {a.status for a in story.api.actions()} <= TERMINAL)
    story.tables.restored()
