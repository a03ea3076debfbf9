"""Receivers as `openstack cluster receiver …` shows them, and a webhook as anybody calls it."""

from __future__ import annotations

import json

from stories import CliStory
from support import PROFILE_SPEC, post


class Story(CliStory):
    """What the steps hand on to each other."""

    receiver_id = url = ""

    def triggered(self) -> dict:
        """Calls the webhook without a token, and waits for the action that it says it started."""
        status, _, answer = post(self.url)
        assert status == 202, answer
        return self.finished(answer["action"])


def test_create_makes_a_webhook_for_a_cluster(story):
    story.cli.show("profile", "create", "--spec-file", str(PROFILE_SPEC), "clirec-profile")
    story.cli.show("create", "--profile", "clirec-profile", "clirec-cluster")
    story.active("show", "clirec-cluster")
    options = ("--cluster", "clirec-cluster", "--action", "CLUSTER_SCALE_OUT", "--params", "count=2")
    created = story.cli.show("receiver", "create", *options, "clirec-hook")
    story.receiver_id, story.url = created["id"], json.loads(created["channel"])["alarm_url"]
    shown = story.cli.show("receiver", "show", "clirec-hook")
    assert (shown["id"], shown["type"], shown["action"]) == (story.receiver_id, "webhook", "CLUSTER_SCALE_OUT")
    assert json.loads(shown["params"]) == {"count": "2"}


def test_calling_the_webhook_scales_the_cluster(story):
    assert story.triggered()["action"] == "CLUSTER_SCALE_OUT"
    assert story.size("clirec-cluster") == (2, 2)


def test_update_changes_what_the_webhook_does(story):
    changes = ("--name", "clirec-new", "--action", "CLUSTER_SCALE_IN", "--params", "count=1")
    updated = story.cli.show("receiver", "update", *changes, "clirec-hook")
    assert (updated["id"], updated["name"], updated["action"]) == (story.receiver_id, "clirec-new", "CLUSTER_SCALE_IN")
    assert story.triggered()["action"] == "CLUSTER_SCALE_IN"
    assert story.size("clirec-cluster") == (1, 1)


def test_create_makes_a_message_receiver_and_list_tells_them_apart(story):
    # An action that is not given is sent as null, which is refused; one that is given is not kept.
    create = ("receiver", "create", "--type", "message", "clirec-queue")
    assert "None is not one of ['CLUSTER_CREATE'" in story.cli.run(*create).stderr
    created = story.cli.show(*create, "--action", "CLUSTER_SCALE_OUT")
    assert json.loads(created["channel"])["queue_name"] and created["action"] is None
    listed = story.cli.show("receiver", "list", "--full-id", "--filters", "type=webhook")
    assert [(receiver["id"], receiver["name"]) for receiver in listed] == [(story.receiver_id, "clirec-new")]
    assert {receiver["name"] for receiver in story.cli.show("receiver", "list")} == {"clirec-new", "clirec-queue"}
    assert story.alt.show("receiver", "list") == []


def test_delete_ends_in_not_found_for_the_caller_of_the_webhook_too(story):
    deletion = story.cli.run("receiver", "delete", "--force", "clirec-new", "clirec-queue", "clirec-nobody")
    assert deletion.status != 0 and "Failed to delete 1 of the 3 specified receiver(s)." in deletion.stderr
    assert story.gone("Receiver", "receiver", "show", story.receiver_id)
    assert story.cli.show("receiver", "list") == []
    assert post(story.url)[0] == 404


def test_afterwards_nothing_is_left(story):
    story.finished(story.cli.run("delete", "--force", "clirec-cluster").action())
    assert story.cli.run("profile", "delete", "--force", "clirec-profile").status == 0
