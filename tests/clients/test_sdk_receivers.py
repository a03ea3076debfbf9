"""Receivers as openstacksdk sees them, and their webhooks as anybody calls them (spec api-resources M, N)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from backstage import Tables
from stories import SdkStory
from support import post, server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""

    hook = None

    def __init__(self, *where):
        super().__init__(*where)
        self.tables = Tables(self.cloud)

    @property
    def url(self) -> str:
        """Where the webhook is called."""
        return self.hook.channel["alarm_url"]

    def triggered(self, body: dict | None = None):
        """Calls the webhook as an alarm does, and waits for the action that it says it started."""
        status, headers, answer = post(self.url, body)
        assert status == 202, answer
        assert headers["Location"].rsplit("/", 1)[1] == answer["action"]
        action = self.accepted(answer)
        assert action.name == f"webhook_{self.hook.id[:8]}"
        return action


def test_a_webhook_is_created_for_a_cluster(story):
    story.api.create_profile(name="rec-profile", spec=server_spec())
    story.cluster = story.api.create_cluster(name="rec-cluster", profile_id="rec-profile", desired_capacity=1)
    story.settled(1)
    story.hook = story.api.create_receiver(
        name="rec-hook", type="webhook", cluster_id="rec-cluster", action="CLUSTER_SCALE_OUT", params={"count": 1}
    )
    hook = story.hook
    assert (hook.type, hook.cluster_id, hook.action) == ("webhook", story.cluster.id, "CLUSTER_SCALE_OUT")
    assert hook.params == {"count": 1}
    assert (hook.user_id, hook.project_id) == (story.cluster.user_id, story.cluster.project_id)
    assert story.url.endswith(f"/v1/webhooks/{hook.id}/trigger?V=2&count=1")


def test_a_receiver_that_cannot_be_is_refused(story):
    for attributes, text in (
        ({"action": "CLUSTER_SCALE_OUT"}, "Cluster identity is required for creating webhook receiver."),
        ({"cluster_id": "rec-cluster"}, "Action name is required for creating webhook receiver."),
        ({"cluster_id": "nobody", "action": "CLUSTER_CHECK"}, "The referenced cluster 'nobody' could not be found."),
    ):
        with pytest.raises(exceptions.BadRequestException, match=text):
            story.api.create_receiver(name="rec-bad", type="webhook", **attributes)
    assert list(story.api.receivers(name="rec-bad")) == []


def test_a_receiver_is_found_by_id_by_name_and_by_the_start_of_its_id(story):
    for key in (story.hook.id, "rec-hook", story.hook.id[:8]):
        found = story.api.find_receiver(key)
        assert (found.id, found.channel) == (story.hook.id, story.hook.channel)
        assert story.api.get_receiver(key).params == {"count": 1}
    assert story.api.find_receiver("rec-nobody") is None
    with pytest.raises(exceptions.NotFoundException):
        story.alt.get_receiver(story.hook.id)


def test_calling_the_webhook_without_a_token_scales_the_cluster(story):
    action = story.triggered()
    assert (action.action, action.target_id, action.inputs["count"]) == ("CLUSTER_SCALE_OUT", story.cluster.id, 1)
    story.settled(2)


def test_what_the_call_says_overrides_what_the_receiver_says(story):
    assert story.triggered({"count": 2}).inputs == {"count": 2}
    story.settled(4)


def test_a_call_that_cannot_be_is_refused(story):
    assert post(story.url.replace(story.hook.id, story.cluster.id))[0] == 404
    status, _, text = post(story.url.split("?")[0])
    assert status == 400 and "V query parameter is required in webhook trigger URL" in text
    story.settled(4)


def test_update_changes_name_action_and_inputs_but_not_the_url(story):
    changes = {"name": "rec-shrink", "action": "CLUSTER_SCALE_IN", "params": {"count": 3}}
    updated = story.api.update_receiver("rec-hook", **changes)
    assert updated.id == story.hook.id
    shown = story.api.get_receiver(story.hook.id)
    assert {key: getattr(shown, key) for key in changes} == changes
    assert shown.channel == story.hook.channel
    with pytest.raises(exceptions.BadRequestException, match="No property needs an update."):
        story.api.update_receiver(story.hook.id, name="rec-shrink")
    assert story.triggered().action == "CLUSTER_SCALE_IN"
    story.settled(1)


def test_a_message_receiver_names_its_queue(story):
    receiver = story.api.create_receiver(name="rec-queue", type="message")
    assert (receiver.type, receiver.cluster_id, receiver.action) == ("message", None, None)
    assert receiver.channel["queue_name"] == f"senlin-receiver-{receiver.id}"
    assert story.api.get_receiver("rec-queue").channel["queue_name"] == receiver.channel["queue_name"]


def test_receivers_are_listed_by_name_by_type_and_in_order(story):
    def names(**query) -> list[str]:
        return [receiver.name for receiver in story.api.receivers(**query)]

    assert names(sort="name:desc") == ["rec-shrink", "rec-queue"]
    assert names(name="rec-queue") == names(type="message") == ["rec-queue"]
    assert names(cluster_id=story.cluster.id) == names(action="CLUSTER_SCALE_IN") == ["rec-shrink"]
    assert names(user_id=story.hook.user_id, limit=1) == ["rec-queue", "rec-shrink"]
    assert list(story.alt.receivers()) == []
    assert "rec-shrink" in {receiver.name for receiver in story.admin.receivers(global_project=True)}


def test_deleting_ends_in_not_found_for_the_caller_of_the_webhook_too(story):
    for name in ("rec-shrink", "rec-queue"):
        story.api.delete_receiver(name, ignore_missing=False)
        with pytest.raises(exceptions.NotFoundException, match=f"The receiver '{name}' could not be found."):
            story.api.get_receiver(name)
    assert story.api.delete_receiver(story.hook.id) is None
    assert post(story.url)[0] == 404
    assert list(story.api.receivers()) == []
    story.settled(1)


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    story.api.delete_profile("rec-profile", ignore_missing=False)
    story.tables.restored()
