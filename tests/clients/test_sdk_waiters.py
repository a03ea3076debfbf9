"""openstacksdk's own means to wait for a status or for an end, and how they give up."""

from __future__ import annotations

import pytest
from openstack import exceptions

from stories import SdkStory
from support import SLOW_BUILD_SECONDS, server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""

    slow = None


def test_waiting_for_a_status_ends_when_it_is_reached(story):
    story.api.create_profile(name="wait-profile", spec=server_spec(build_seconds=1))
    story.cluster = story.api.create_cluster(name="wait-cluster", profile_id="wait-profile", desired_capacity=1)
    polls = []
    cluster = story.api.wait_for_status(story.cluster, "active", interval=0.1, wait=60, callback=polls.append)
    assert cluster.status == "ACTIVE" and polls
    (made,) = story.api.actions(target_id=cluster.id)
    assert story.api.wait_for_status(made, "SUCCEEDED", interval=0.1, wait=60).end_at


def test_waiting_for_a_status_ends_when_a_failure_is_reached(story):
    story.api.create_profile(name="wait-broken", spec=server_spec(fail="error"))
    broken = story.api.create_cluster(name="wait-broken", profile_id="wait-broken", desired_capacity=1)
    with pytest.raises(exceptions.ResourceFailure, match="transitioned to failure state WARNING"):
        story.api.wait_for_status(broken, "ACTIVE", failures=["WARNING", "ERROR"], interval=0.1, wait=60)
    assert story.api.get_cluster(broken.id).status == "WARNING"
    (made,) = story.api.actions(target_id=broken.id)
    assert made.status == "FAILED"
    story.removed(broken)


def test_waiting_ends_when_the_time_is_up(story):
    story.api.create_profile(name="wait-slow", spec=server_spec(build_seconds=SLOW_BUILD_SECONDS))
    story.slow = story.api.create_cluster(name="wait-slow", profile_id="wait-slow", desired_capacity=1)
    with pytest.raises(exceptions.ResourceTimeout):
        story.api.wait_for_status(story.slow, "ACTIVE", interval=0.1, wait=0.5)
    with pytest.raises(exceptions.ResourceTimeout):
        story.api.wait_for_delete(story.slow, interval=0.1, wait=0.5)
    assert story.api.get_cluster(story.slow.id).status == "CREATING"


def test_waiting_for_a_deletion_ends_when_it_is_done(story):
    for cluster, force in ((story.cluster, False), (story.slow, True)):
        story.api.delete_cluster(cluster, ignore_missing=False, force_delete=force)
        assert story.api.wait_for_delete(cluster, interval=0.1, wait=60).id == cluster.id
        with pytest.raises(exceptions.NotFoundException):
            story.api.get_cluster(cluster.id)
    for name in ("wait-profile", "wait-broken", "wait-slow"):
        story.api.delete_profile(name, ignore_missing=False)
