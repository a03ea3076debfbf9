"""Checking, recovering and operating clusters, and asking all their nodes, with the `openstack` command."""

from __future__ import annotations

import json

from backstage import Servers
from stories import CliStory
from support import PROFILE_SPEC

CLUSTERS = ("clihealth-a", "clihealth-b")


class Story(CliStory):
    """What the steps hand on to each other."""

    def servers(self) -> dict[str, str]:
        """The server of each node of the first cluster."""
        listed = self.cli.show("members", "list", "--full-id", CLUSTERS[0])
        return {node["id"]: node["physical_id"] for node in listed}


def test_two_clusters(story):
    story.cli.show("profile", "create", "--spec-file", str(PROFILE_SPEC), "clihealth-profile")
    for name, size in zip(CLUSTERS, ("2", "1")):
        story.cli.show("create", "--profile", "clihealth-profile", "--desired-capacity", size, name)
    for name in CLUSTERS:
        assert story.active("show", name)["name"] == name


def test_check_takes_several_clusters(story):
    for action in story.cli.run("check", *CLUSTERS).actions():
        assert story.finished(action)["action"] == "CLUSTER_CHECK"
    for name in CLUSTERS:
        shown = story.cli.show("show", name)
        assert shown["status"] == "ACTIVE" and shown["status_reason"].startswith("CLUSTER_CHECK: ")
    assert "Request error" in story.cli.run("check", "clihealth-nobody").stdout


def test_recover_replaces_a_server_that_was_lost(story):
    before = story.servers()
    lost, kept = sorted(before)
    Servers(story.cloud).lose(before[lost])
    # With --check the recovery finds out by itself.
    story.finished(story.cli.run("recover", "--check", "true", CLUSTERS[0]).action())
    assert story.size(CLUSTERS[0]) == (2, 2)
    shown = story.cli.show("show", CLUSTERS[0])
    assert shown["status"] == "ACTIVE" and shown["status_reason"].startswith("CLUSTER_RECOVER: ")
    after = story.servers()
    assert after[kept] == before[kept] and after[lost] not in {None, before[lost]}


def test_op_performs_an_operation_on_every_node(story):
    # What is given with --params is sent where the API does not look for it, so it is best left out.
    action = story.finished(story.cli.run("op", "--operation", "reboot", CLUSTERS[0]).action())
    inputs = json.loads(action["inputs"])
    assert (inputs["operation"], set(inputs["nodes"])) == ("reboot", set(story.servers()))
    for node in story.servers():
        assert story.cli.show("node", "show", node)["status_reason"] == "Operation 'reboot' succeeded"
    refusal = story.cli.run("op", "--operation", "dance", CLUSTERS[0])
    assert "Request error" in refusal.stdout and "'dance' is not supported" in refusal.stdout


def test_collect_lists_an_attribute_of_every_node(story):
    def collected(path: str) -> dict[str, object]:
        listed = story.cli.show("collect", "--full-id", "--path", path, CLUSTERS[0])
        return {item["node_id"]: item["attr_value"] for item in listed}

    assert collected("physical_id") == story.servers()
    assert collected("details.status") == dict.fromkeys(story.servers(), "ACTIVE")
    refusal = story.cli.run("collect", "--path", "a b", CLUSTERS[0])
    assert refusal.status != 0 and "Invalid attribute path - " in refusal.stderr


def test_run_finds_no_address_to_run_a_script_at(story):
    # It asks for the details of every node and goes there with ssh; simulated servers have no network.
    script = story.scratch / "script.sh"
    script.write_text("hostname\n")
    output = story.cli.run("run", "--script", str(script), CLUSTERS[0])
    assert output.status == 0
    for node in story.servers():
        assert f"node: {node}\nstatus: FAILED\nerror:\nNode '{node}' is not attached to any network.\n" in output.stdout


def test_afterwards_nothing_is_left(story):
    for action in story.cli.run("delete", "--force", *CLUSTERS).actions():
        story.finished(action)
    assert story.cli.show("node", "list") == []
    assert story.cli.run("profile", "delete", "--force", "clihealth-profile").status == 0
