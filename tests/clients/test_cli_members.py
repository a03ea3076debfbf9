"""Nodes that join, leave and replace each other: `openstack cluster members …`."""

from __future__ import annotations

from stories import CliStory
from support import PROFILE_SPEC


class Story(CliStory):
    """What the steps hand on to each other."""

    def members(self) -> set[str]:
        """The names of the cluster's nodes."""
        return {node["name"] for node in self.cli.show("members", "list", "climem-cluster")}

    def cluster_of(self, node: str) -> str:
        """The cluster that a node belongs to."""
        self.quiet(self.cli.show("node", "show", node)["id"])
        return self.cli.show("node", "show", node)["cluster_id"]


def test_a_cluster_and_two_nodes_of_no_cluster(story):
    story.cli.show("profile", "create", "--spec-file", str(PROFILE_SPEC), "climem-profile")
    story.cli.show("create", "--profile", "climem-profile", "climem-cluster")
    story.active("show", "climem-cluster")
    for name in ("climem-one", "climem-two", "climem-three"):
        story.cli.show("node", "create", "--profile", "climem-profile", name)
    for name in ("climem-one", "climem-two", "climem-three"):
        story.active("node", "show", name)
        assert story.cluster_of(name) == ""


def test_add_makes_members_of_nodes(story):
    story.finished(story.cli.run("members", "add", "--nodes", "climem-one,climem-two", "climem-cluster").action())
    assert story.size("climem-cluster") == (2, 2)
    assert story.members() == {"climem-one", "climem-two"}
    refusal = story.cli.run("members", "add", "--nodes", "climem-one", "climem-cluster")
    assert "Request error" in refusal.stdout and "already owned by some cluster." in refusal.stdout


def test_list_filters_and_sorts(story):
    in_order = story.cli.show("members", "list", "--full-id", "--sort", "index:desc", "climem-cluster")
    assert [node["index"] for node in in_order] == [2, 1]
    filtered = story.cli.show("members", "list", "--filters", "name=climem-two;status=ACTIVE", "climem-cluster")
    assert [node["name"] for node in filtered] == ["climem-two"]


def test_replace_puts_a_node_in_the_place_of_another(story):
    replace = ("members", "replace", "--nodes", "climem-one=climem-three", "climem-cluster")
    story.finished(story.cli.run(*replace).action())
    assert story.cluster_of("climem-one") == ""
    assert story.size("climem-cluster") == (2, 2)
    assert story.members() == {"climem-two", "climem-three"}


def test_del_sets_a_node_free_or_destroys_it(story):
    story.finished(story.cli.run("members", "del", "--nodes", "climem-two", "climem-cluster").action())
    assert story.cluster_of("climem-two") == ""
    delete = ("members", "del", "--nodes", "climem-three", "--destroy-after-deletion", "true", "climem-cluster")
    story.finished(story.cli.run(*delete).action())
    assert story.gone("Node", "node", "show", "climem-three")
    assert (story.size("climem-cluster"), story.members()) == ((0, 0), set())
    refusal = story.cli.run("members", "del", "--nodes", "climem-two", "climem-cluster")
    assert "Request error" in refusal.stdout and "Nodes not members of specified cluster" in refusal.stdout


def test_afterwards_nothing_is_left(story):
    for command in (("delete", "--force", "climem-cluster"), ("node", "delete", "--force", "climem-one", "climem-two")):
        for action in story.cli.run(*command).actions():
            story.finished(action)
    assert story.cli.show("node", "list") == []
    assert story.cli.run("profile", "delete", "--force", "climem-profile").status == 0
