"""Nodes as `openstack cluster node …` shows them."""

from __future__ import annotations

import json

from backstage import Servers
from stories import CliStory
from support import PROFILE_SPEC, SLOW_BUILD_SECONDS, server_spec, wait_until

SERVER = "os.nova.server-1.0"


class Story(CliStory):
    """What the steps hand on to each other."""

    node_id = adopted_id = ""

    def shown(self) -> dict:
        """The story's node as it is now, once nothing is going on with it."""
        self.quiet(self.node_id)
        return self.cli.show("node", "show", self.node_id)


def test_create_makes_a_node_of_no_cluster_or_of_one(story):
    story.cli.show("profile", "create", "--spec-file", str(PROFILE_SPEC), "clinode-profile")
    create = ("node", "create", "--profile", "clinode-profile", "--role", "web", "--metadata", "a=b", "clinode-one")
    story.node_id = story.cli.show(*create)["id"]
    node = story.active("node", "show", "clinode-one")
    assert (node["id"], node["cluster_id"], node["index"], node["role"]) == (story.node_id, "", -1, "web")
    assert json.loads(node["metadata"]) == {"a": "b"}

    story.cli.show("create", "--profile", "clinode-profile", "clinode-cluster")
    story.active("show", "clinode-cluster")
    member = ("node", "create", "--profile", "clinode-profile", "--cluster", "clinode-cluster", "clinode-ignored")
    node = story.cli.show(*member)
    story.active("node", "show", node["id"])
    story.quiet(node["id"])
    assert node["index"] == 1 and story.size("clinode-cluster") == (1, 1)


def test_list_and_show_find_it(story):
    listed = story.cli.show("node", "list", "--full-id", "--filters", "name=clinode-one")
    assert [(node["id"], node["profile_name"]) for node in listed] == [(story.node_id, "clinode-profile")]
    shown = story.cli.show("node", "show", "--details", "clinode-one")
    assert shown["physical_id"] in shown["details"] and "m1.small" in shown["details"]
    assert "Node not found: clinode-nobody" in story.cli.run("node", "show", "clinode-nobody").stderr
    assert story.gone("Node", "node", "show", "clinode-ignored")
    assert story.alt.show("node", "list") == []


def test_update_changes_name_role_metadata_and_taint(story):
    changes = ("--name", "clinode-new", "--role", "db", "--metadata", "c=d", "--tainted", "true")
    assert story.cli.show("node", "update", *changes, "clinode-one")["id"] == story.node_id
    wait_until("the new name", lambda: story.shown()["name"] == "clinode-new")
    node = story.shown()
    assert (node["role"], json.loads(node["metadata"]), node["tainted"]) == ("db", {"c": "d"}, True)
    assert node["status"] == "ACTIVE"


def test_check_finds_the_server_there(story):
    action = story.finished(story.cli.run("node", "check", "clinode-new").action())
    assert (action["action"], action["target_id"]) == ("NODE_CHECK", story.node_id)
    assert story.shown()["status_reason"] == "Check: Node is ACTIVE."


def test_recover_replaces_the_server_unless_a_check_finds_it_well(story):
    before = story.shown()["physical_id"]
    story.finished(story.cli.run("node", "recover", "--check", "true", "clinode-new").action())
    assert story.shown()["physical_id"] == before
    story.finished(story.cli.run("node", "recover", "clinode-new").action())
    node = story.shown()
    assert (node["status"], node["status_reason"]) == ("ACTIVE", "Recovery succeeded")
    assert node["physical_id"] not in {None, before}


def test_op_performs_an_operation(story):
    # The command sends the request, prints the answer and then fails: it forgets that it is to return a table.
    output = story.cli.run("node", "op", "--operation", "reboot", "--params", "type=SOFT", "clinode-new")
    action = story.finished(output.action())
    assert json.loads(action["inputs"]) == {"operation": "reboot", "params": {"type": "SOFT"}}
    assert story.shown()["status_reason"] == "Operation 'reboot' succeeded"
    refusal = story.cli.run("node", "op", "--operation", "dance", "clinode-new")
    assert "Request error" in refusal.stdout and "'dance' is not supported" in refusal.stdout


def test_adopt_shows_a_profile_and_then_makes_a_node_of_it(story):
    made = Servers(story.cloud).copy(story.shown()["physical_id"])
    adopt = ("node", "adopt", "--identity", made, "--type", SERVER)
    preview = story.cli.show(*adopt, "--preview", "--overrides", '{"key_name": "mine"}')["node_preview"]
    assert "os.nova.server" in preview and "m1.small" in preview and "mine" in preview
    assert story.gone("Node", "node", "show", "clinode-adopted")
    adopted = story.cli.show(*adopt, "--name", "clinode-adopted", "--metadata", "e=f")
    story.adopted_id = adopted["id"]
    node = story.cli.show("node", "show", "clinode-adopted")
    assert (node["id"], node["physical_id"], node["status"]) == (story.adopted_id, made, "ACTIVE")
    assert (node["profile_name"], json.loads(node["metadata"])) == ("prof-clinode-adopted", {"e": "f"})


def test_delete_ends_in_not_found_and_force_delete_does_not_wait(story):
    slow = story.spec_file("slow", server_spec(build_seconds=SLOW_BUILD_SECONDS))
    story.cli.show("profile", "create", "--spec-file", slow, "clinode-slow")
    slow_id = story.cli.show("node", "create", "--profile", "clinode-slow", "clinode-slow")["id"]
    wait_until("a CREATING node", lambda: story.cli.show("node", "show", slow_id)["status"] == "CREATING")
    assert "is in status CREATING." in story.cli.run("node", "delete", "--force", slow_id).stdout
    story.finished(story.cli.run("node", "delete", "--force", "--force-delete", slow_id).action())

    for action in story.cli.run("node", "delete", "--force", "clinode-new", "clinode-adopted").actions():
        assert story.finished(action)["action"] == "NODE_DELETE"
    for node_id in (slow_id, story.node_id, story.adopted_id):
        assert story.gone("Node", "node", "show", node_id)
    assert "404" in story.cli.run("node", "delete", "--force", story.node_id).stdout


def test_afterwards_nothing_is_left(story):
    story.finished(story.cli.run("delete", "--force", "clinode-cluster").action())
    assert story.cli.show("node", "list") == []
    profiles = ("clinode-profile", "clinode-slow", "prof-clinode-adopted")
    assert story.cli.run("profile", "delete", "--force", *profiles).status == 0
