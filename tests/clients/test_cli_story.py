"""The clustering story as `openstack cluster …` tells it; its first command runs as a process of its own."""

from __future__ import annotations

import json

import pytest

from backstage import Tables
from stories import CliStory
from support import PROFILE_SPEC, SLOW_BUILD_SECONDS, server_spec, wait_until


class Story(CliStory):
    """What the steps hand on to each other."""

    cluster_id = ""

    def __init__(self, *where):
        super().__init__(*where)
        self.tables = Tables(self.cloud)


def test_profile_create_reads_the_sample_spec(story):
    create = ("profile", "create", "--spec-file", str(PROFILE_SPEC), "cli-web")
    created = story.cli.run_as_process(*create, "-f", "json").json()
    assert (created["name"], created["type"]) == ("cli-web", "os.nova.server-1.0")
    assert "cli-web" in {profile["name"] for profile in story.cli.show("profile", "list")}


def test_cluster_create_waits_for_three_nodes(story):
    created = story.cli.show(
        *("create", "--profile", "cli-web", "--desired-capacity", "3", "--max-size", "20", "--metadata", "a=b"),
        *("--wait", "cli-cluster"),
    )
    story.cluster_id = created["id"]
    assert (created["status"], created["profile_name"]) == ("ACTIVE", "cli-web")
    assert json.loads(created["metadata"]) == {"a": "b"}
    assert story.size("cli-cluster") == (3, 3)
    assert story.cluster_id[:8] in {cluster["id"] for cluster in story.cli.show("list")}


def test_node_list_and_show_tell_about_the_servers(story):
    nodes = story.cli.show("node", "list", "--cluster", "cli-cluster", "--full-id")
    assert {node["cluster_id"] for node in nodes} == {story.cluster_id}
    shown = story.cli.show("node", "show", "--details", nodes[0]["id"])
    assert shown["physical_id"] == nodes[0]["physical_id"]
    assert (shown["status"], shown["tainted"]) == ("ACTIVE", False)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (("--capacity", "5"), 5),
        (("--adjustment", "-1"), 4),
        (("--percentage", "50"), 6),
        (("--percentage", "-1", "--min-step", "2"), 4),
        (("--min-size", "2", "--max-size", "8"), 4),
        (("--adjustment", "10"), 8),
        (("--capacity", "3", "--max-size", "10", "--strict"), 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_resize(story, options, size):
    story.finished(story.cli.run("resize", *options, "cli-cluster").action())
    assert story.size("cli-cluster") == (size, size)


def test_expand_and_shrink_change_the_size_by_a_count_or_by_one(story):
    for command, size in (
        (("expand", "--count", "2"), 5),
        (("shrink", "--count", "1"), 4),
        (("shrink",), 3),
        (("expand",), 4),
    ):
        story.finished(story.cli.run(*command, "cli-cluster").action())
        assert story.size("cli-cluster") == (size, size)


def test_update_changes_name_metadata_and_timeout(story):
    update = ("update", "--name", "cli-renamed", "--metadata", "c=d;e=f", "--timeout", "120", "cli-cluster")
    assert story.cli.show(*update)["id"] == story.cluster_id
    wait_until("the new name", lambda: story.cli.show("show", story.cluster_id)["name"] == "cli-renamed")
    shown = story.cli.show("show", "cli-renamed")
    assert (json.loads(shown["metadata"]), shown["timeout"]) == ({"c": "d", "e": "f"}, 120)


def test_an_update_that_names_no_timeout_keeps_the_timeout(story):
    # The command sends `"timeout": null` for an option that was not given.
    story.cli.show("update", "--metadata", "g=h", story.cluster_id)
    wait_until(
        "the new metadata",
        lambda: json.loads(story.cli.show("show", story.cluster_id)["metadata"]) == {"g": "h"},
    )
    shown = story.cli.show("show", story.cluster_id)
    assert (shown["name"], shown["timeout"]) == ("cli-renamed", 120)


def test_action_list_and_event_list_tell_what_happened(story):
    actions = story.cli.show("action", "list", "--filters", f"target={story.cluster_id}")
    assert {"CLUSTER_CREATE", "CLUSTER_RESIZE", "CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN", "CLUSTER_UPDATE"} <= {
        action["action"] for action in actions
    }
    assert {action["status"] for action in actions} == {"SUCCEEDED"}
    events = story.cli.show("event", "list", "--filters", f"oid={story.cluster_id}", "--sort", "timestamp:asc")
    assert {"start", "end"} == {event["status"] for event in events if event["action"] == "CLUSTER_RESIZE"}
    assert story.cli.show("event", "show", events[0]["id"])["obj_id"] == story.cluster_id


def test_a_bad_size_is_refused(story):
    resize = story.cli.run("resize", "--capacity", "11", "--strict", "cli-renamed")
    assert "Request error" in resize.stdout and "'code': 400" in resize.stdout
    assert "The target capacity (11) is greater than the cluster's max_size (10)." in resize.stdout
    create = story.cli.run("create", "--profile", "cli-web", "--desired-capacity", "5", "--max-size", "2", "cli-bad")
    assert create.status != 0 and "400" in create.stderr
    assert "The target capacity (5) is greater than the specified max_size (2)." in create.stderr


def test_an_unknown_profile_is_refused(story):
    create = story.cli.run("create", "--profile", "nobody", "cli-bad")
    assert create.status != 0 and "400" in create.stderr
    assert "The specified profile 'nobody' could not be found." in create.stderr


def test_the_cluster_of_another_project_is_not_found(story):
    assert "Cluster not found" in story.alt.run("show", story.cluster_id).stderr
    assert story.alt.show("list") == []
    deletion = story.alt.run("delete", "--force", story.cluster_id)
    assert "404" in deletion.stdout and "accepted" not in deletion.stdout


def test_a_conflicting_resize_is_refused_and_the_cluster_can_still_be_deleted(story):
    slow = story.spec_file("slow", server_spec(build_seconds=SLOW_BUILD_SECONDS))
    story.cli.show("profile", "create", "--spec-file", slow, "cli-slow")
    story.cli.show("create", "--profile", "cli-slow", "cli-slow")
    wait_until("cli-slow", lambda: story.cli.show("show", "cli-slow")["status"] == "ACTIVE")
    assert story.cli.run("resize", "--capacity", "1", "cli-slow").action()
    second = story.cli.run("resize", "--capacity", "2", "cli-slow")
    assert "'code': 409" in second.stdout, second
    third = story.cli.run("expand", "cli-slow")
    assert third.status != 0 and "Unable to scale out cluster" in third.stderr, third
    assert "accepted by action" in story.cli.run("delete", "--force", "--force-delete", "cli-slow").stdout
    wait_until("cli-slow to be gone", lambda: story.gone("Cluster", "show", "cli-slow"))


def test_delete_waits_until_the_cluster_is_gone(story):
    deletion = story.cli.run("delete", "--force", "--wait", "cli-renamed")
    assert deletion.status == 0 and deletion.action()
    assert story.gone("Cluster", "show", story.cluster_id)


def test_afterwards_nothing_is_left(story):
    assert story.cli.show("list") == []
    assert story.cli.show("node", "list") == []
    assert story.cli.run("profile", "delete", "--force", "cli-web", "cli-slow").status == 0
    assert [p["name"] for p in story.cli.show("profile", "list") if p["name"].startswith("cli-")] == []
    story.tables.restored()
