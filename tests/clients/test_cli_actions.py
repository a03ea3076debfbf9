"""Actions to cancel, the services and the build, with the `openstack` command."""

from __future__ import annotations

import json

from stories import CliStory
from support import SLOW_BUILD_SECONDS, server_spec, wait_until


class Story(CliStory):
    """What the steps hand on to each other."""


def test_build_info_names_the_api_and_the_engine(story):
    shown = story.cli.show("build", "info")
    assert json.loads(shown["api"])["revision"] and json.loads(shown["engine"])["revision"]


def test_service_list_is_for_administrators(story):
    def up() -> bool:
        services = story.admin.show("service", "list")
        return {(service["status"], service["state"]) for service in services} == {("enabled", "up")}

    wait_until("the services to be up", up)
    refusal = story.cli.run("service", "list")
    assert refusal.status != 0 and "403" in refusal.stderr


def test_action_update_cancels_an_action_that_is_running(story):
    slow = story.spec_file("slow", server_spec(build_seconds=SLOW_BUILD_SECONDS))
    story.cli.show("profile", "create", "--spec-file", slow, "cliact-slow")
    cluster = story.cli.show("create", "--profile", "cliact-slow", "--desired-capacity", "1", "cliact-cluster")
    list_creating = ("members", "list", "--filters", "status=CREATING", "cliact-cluster")
    wait_until("the creation to run", lambda: story.cli.show(*list_creating))
    filters = ("--filters", f"target={cluster['id']}", "--full-id")
    (running,) = story.cli.show("action", "list", *filters)
    assert story.cli.show("action", "update", "--status", "CANCELLED", running["id"])["id"] == running["id"]
    assert story.finished(running["id"], "CANCELLED")["status_reason"] == "Action execution cancelled"
    refusal = story.cli.run("action", "update", "--status", "CANCELLED", running["id"])
    assert refusal.status != 0 and "is in status (CANCELLED) while expected status must" in refusal.stderr


def test_afterwards_nothing_is_left(story):
    story.finished(story.cli.run("delete", "--force", "cliact-cluster").action())
    assert story.cli.show("node", "list") == []
    assert story.cli.run("profile", "delete", "--force", "cliact-slow").status == 0
