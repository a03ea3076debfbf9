"""What a story stands on: the clients of three users, and the questions that every story asks."""

from __future__ import annotations

from pathlib import Path

import yaml
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from calls import Watched
from shell import Cli
from support import TERMINAL, Cloud, wait_until

# The clouds of clouds.yaml: a user, one of another project, and an administrator.
CLOUDS = ("coppice", "coppice-alt", "coppice-admin")


class SdkStory:
    """openstacksdk for each of the clouds."""

    def __init__(self, cloud: Cloud, scratch: Path):
        self.cloud = cloud
        clouds = OpenStackConfig(config_files=[str(cloud.clouds_yaml)], load_envvars=False)
        self.connections = [Connection(config=clouds.get_one(name)) for name in CLOUDS]
        self.api, self.alt, self.admin = (Watched(connection.clustering) for connection in self.connections)
        # The cluster that the story is about.
        self.cluster = None

    def close(self) -> None:
        """Ends what the connections keep running."""
        for connection in self.connections:
            connection.close()

    def finished(self, action_id: str, status: str = "SUCCEEDED"):
        """Waits until an action has ended, and insists on how."""

        def ended():
            action = self.api.get_action(action_id)
            return action if action.status in TERMINAL else None

        action = wait_until(f"action {action_id} to end", ended)
        assert action.status == status, f"{action.action} is {action.status}: {action.status_reason}"
        return action

    def accepted(self, answer: dict, status: str = "SUCCEEDED"):
        """Waits for the action that an accepted request named."""
        assert "action" in answer, answer
        return self.finished(answer["action"], status)

    def history(self, target_id: str) -> list:
        """Every action on a target, oldest first, once all of them have ended."""

        def ended():
            actions = list(self.api.actions(target_id=target_id, sort="created_at:asc"))
            return actions if {action.status for action in actions} <= TERMINAL else None

        return wait_until(f"the actions on {target_id} to end", ended)

    def active(self, resource):
        """Waits with the SDK's own means until a cluster or a node is ACTIVE."""
        return self.api.wait_for_status(resource, "ACTIVE", failures=["ERROR"], interval=0.25, wait=120)

    def node(self, **attributes):
        """A node that has been created."""
        node = self.active(self.api.create_node(**attributes))
        assert {action.status for action in self.history(node.id)} == {"SUCCEEDED"}
        return node

    def settled(self, size: int):
        """The cluster, once it is ACTIVE, with `size` members that are ACTIVE too."""
        # Asked anew: the SDK waits for nothing when the copy that it is given has the status already.
        cluster = self.active(self.api.get_cluster(self.cluster.id))
        nodes = list(self.api.nodes(cluster_id=cluster.id))
        assert (cluster.desired_capacity, len(cluster.node_ids), len(nodes)) == (size, size, size)
        assert {node.id for node in nodes} == set(cluster.node_ids)
        assert {node.status for node in nodes} <= {"ACTIVE"}
        return cluster

    def members(self) -> dict:
        """The cluster's nodes by id."""
        return {node.id: node for node in self.api.nodes(cluster_id=self.cluster.id)}

    def removed(self, *clusters) -> None:
        """Deletes clusters and waits until they are gone."""
        for cluster in clusters:
            deletion = self.api.delete_cluster(cluster, ignore_missing=False)
            assert self.finished(deletion.id).action == "CLUSTER_DELETE"
            self.api.wait_for_delete(cluster, interval=0.25, wait=120)


class CliStory:
    """The `openstack` command for each of the clouds."""

    def __init__(self, cloud: Cloud, scratch: Path):
        self.cloud = cloud
        self.cli, self.alt, self.admin = (Cli(cloud, name) for name in CLOUDS)
        self.scratch = scratch

    def close(self) -> None:
        """Nothing: every command ends by itself."""

    def spec_file(self, name: str, spec: dict) -> str:
        """The path of a file that holds a spec, for the commands that read one."""
        path = self.scratch / f"{name}.yaml"
        path.write_text(yaml.safe_dump(spec))
        return str(path)

    def finished(self, action_id: str, status: str = "SUCCEEDED") -> dict:
        """Waits until an action has ended, and insists on how."""

        def ended():
            action = self.cli.show("action", "show", action_id)
            return action if action["status"] in TERMINAL else None

        action = wait_until(f"action {action_id} to end", ended)
        assert action["status"] == status, action
        return action

    def quiet(self, target_id: str) -> None:
        """Waits until every action on a target has ended."""

        def ended() -> bool:
            actions = self.cli.show("action", "list", "--filters", f"target={target_id}")
            return {action["status"] for action in actions} <= TERMINAL

        wait_until(f"the actions on {target_id} to end", ended)

    def active(self, *show: str) -> dict:
        """Waits until what a command shows is ACTIVE: `active("node", "show", "web")`."""

        def active():
            shown = self.cli.show(*show)
            assert shown["status"] != "ERROR", shown
            return shown if shown["status"] == "ACTIVE" else None

        return wait_until(f"{' '.join(show)} to be ACTIVE", active)

    def size(self, cluster: str) -> tuple[int, int]:
        """The capacity a cluster wants, and how many ACTIVE members it has."""
        members = self.cli.show("members", "list", cluster)
        wanted = self.cli.show("show", cluster)["desired_capacity"]
        return wanted, sum(node["status"] == "ACTIVE" for node in members)

    def gone(self, kind: str, *show: str) -> bool:
        """Whether what a command showed can no longer be found: `gone("Node", "node", "show", "web")`."""
        return f"{kind} not found" in self.cli.run(*show).stderr


def refused(answer: dict, code: int, text: str) -> None:
    """Insists that an action was refused: the SDK returns such answers instead of raising."""
    assert answer.get("code") == code, answer
    assert text in answer["error"]["message"], answer
