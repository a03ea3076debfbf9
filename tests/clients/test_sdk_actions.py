"""Actions, events, services and the build as openstacksdk sees them (spec api-resources C, O, P, Q)."""

from __future__ import annotations

import uuid

import pytest
from openstack import exceptions

from stories import SdkStory
from support import SLOW_BUILD_SECONDS, server_spec, wait_until


class Story(SdkStory):
    """What the steps hand on to each other."""

    slow = None


def test_the_build_names_the_api_and_the_engine(story):
    build = story.api.get_build_info()
    assert build.api["revision"] and build.engine["revision"]


def test_services_are_shown_to_administrators(story):
    def up():
        services = list(story.admin.services())
        return services if {service.state for service in services} == {"up"} else None

    services = wait_until("the services to be up", up)
    assert {service.status for service in services} == {"enabled"}
    assert all(service.binary and service.host and service.updated_at for service in services)
    with pytest.raises(exceptions.ForbiddenException):
        list(story.api.services())


def test_actions_are_listed_by_what_they_do_and_to_what(story):
    story.api.create_profile(name="act-profile", spec=server_spec())
    story.cluster = story.api.create_cluster(name="act-cluster", profile_id="act-profile", desired_capacity=2)
    story.settled(2)
    (made,) = story.api.actions(target_id=story.cluster.id)
    assert (made.action, made.name) == ("CLUSTER_CREATE", f"cluster_create_{story.cluster.id[:8]}")
    nodes = list(story.api.actions(cluster_id="act-cluster", action="NODE_CREATE", sort="name:asc"))
    assert {node.target_id for node in nodes} == set(story.members())
    assert [a.id for a in story.api.actions(name=made.name, status="SUCCEEDED")] == [made.id]
    assert list(story.api.actions(cluster_id="act-cluster", status="FAILED")) == []


def test_an_action_is_shown_by_id_by_name_and_by_the_start_of_its_id(story):
    (made,) = story.api.actions(target_id=story.cluster.id)
    for key in (made.id, made.name, made.id[:8]):
        shown = story.api.get_action(key)
        assert (shown.id, shown.status, shown.cluster_id) == (made.id, "SUCCEEDED", story.cluster.id)
    assert (shown.status_reason, shown.cause) == ("Action completed successfully.", "RPC Request")
    assert (shown.user_id, shown.project_id) == (story.cluster.user_id, story.cluster.project_id)
    with pytest.raises(exceptions.NotFoundException):
        story.alt.get_action(made.id)


def test_an_action_that_is_running_can_be_cancelled(story):
    story.api.create_profile(name="act-slow", spec=server_spec(build_seconds=SLOW_BUILD_SECONDS))
    story.slow = story.api.create_cluster(name="act-slow", profile_id="act-slow", desired_capacity=1)
    (running,) = story.api.actions(target_id=story.slow.id)
    wait_until("the creation to run", lambda: list(story.api.nodes(cluster_id=story.slow.id, status="CREATING")))
    assert story.api.update_action(running.id, status="CANCELLED").id == running.id
    cancelled = story.finished(running.id, "CANCELLED")
    assert cancelled.status_reason == "Action execution cancelled"
    # Nothing holds the cluster any more.
    story.removed(story.slow)


def test_an_action_that_cannot_be_cancelled_is_refused(story):
    (made,) = story.api.actions(target_id=story.cluster.id)
    with pytest.raises(exceptions.ConflictException, match=r"is in status \(SUCCEEDED\) while expected status must"):
        story.api.update_action(made.id, status="CANCELLED")
    with pytest.raises(exceptions.BadRequestException, match=f"Unknown status DONE for action {made.id}."):
        story.api.update_action(made.id, status="DONE")
    nobody = str(uuid.uuid4())
    with pytest.raises(exceptions.NotFoundException, match=f"The action '{nobody}' could not be found."):
        story.api.update_action(nobody, status="CANCELLED")
    with pytest.raises(exceptions.NotFoundException):
        story.alt.update_action(made.id, status="CANCELLED")
    assert story.api.get_action(made.id).status == "SUCCEEDED"


def test_events_are_listed_by_what_they_are_about(story):
    about = list(story.api.events(cluster_id=story.cluster.id, obj_type="CLUSTER", sort="timestamp:asc"))
    assert [(event.action, event.status) for event in about] == [("CLUSTER_CREATE", "start"), ("CLUSTER_CREATE", "end")]
    assert {event.obj_name for event in about} == {"act-cluster"}
    assert {event.id for event in story.api.events(action="CLUSTER_CREATE", level="INFO")} >= {e.id for e in about}
    assert len(list(story.api.events(obj_name="act-cluster", limit=1))) == len(about)
    (failed,) = story.api.events(obj_id=story.slow.id, action="CLUSTER_CREATE", level="ERROR")
    assert failed.status == "error"


def test_an_event_is_shown_by_id_and_by_the_start_of_its_id(story):
    event = next(story.api.events(obj_id=story.cluster.id, action="CLUSTER_CREATE"))
    for key in (event.id, event.id[:8]):
        shown = story.api.get_event(key)
        assert (shown.id, shown.obj_id, shown.level) == (event.id, story.cluster.id, "INFO")
    with pytest.raises(exceptions.NotFoundException):
        story.alt.get_event(event.id)


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    for name in ("act-profile", "act-slow"):
        story.api.delete_profile(name, ignore_missing=False)
