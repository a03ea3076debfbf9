"""What there is for requests to name. It is made before they are."""

from __future__ import annotations

import json
import urllib.request

import yaml

from backstage import Servers
from support import DELETION_POLICY, SCALING_POLICY, TERMINAL, Cloud, server_spec, wait_until

# Seconds that one request may take.
LONGEST_REQUEST = 30
# Seconds that the servers of some nodes take to be made: longer than any run, so that there is something to cancel.
ENDLESS = 100_000
SERVER = "os.nova.server-1.0"
VERSION_HEADER = "OpenStack-API-Version"
# What the world is made of includes what this service adds to the API.
ADDITIONS = "clustering 1.0, coppice 1.0"


class Api:
    """The API, as the user of one of the clouds in clouds.yaml."""

    def __init__(self, cloud: Cloud, name: str = "coppice"):
        self.url = f"{cloud.url}/v1"
        self.token = ""
        login = yaml.safe_load(cloud.clouds_yaml.read_text())["clouds"][name]["auth"]
        user = {"name": login["username"], "domain": {"name": "Default"}, "password": login["password"]}
        scope = {"project": {"name": login["project_name"], "domain": {"name": "Default"}}}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
        _, headers = self.request(f"{login['auth_url']}/v3/auth/tokens", {"auth": auth})
        self.token = headers["X-Subject-Token"]

    def request(self, url: str, body=None):
        """The JSON of an answer, and its headers."""
        headers = {"Content-Type": "application/json", "X-Auth-Token": self.token, VERSION_HEADER: ADDITIONS}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, content, headers)
        with urllib.request.urlopen(request, timeout=LONGEST_REQUEST) as answer:
            return json.load(answer), answer.headers

    def get(self, path: str):
        """What is at this path."""
        return self.request(self.url + path)[0]

    def make(self, what: str, collection: str, **fields) -> tuple[str, str]:
        """The id of a new resource, and that of the action that makes it, if one does."""
        body = {what: {"name": "fuzz"} | fields}
        made, headers = self.request(f"{self.url}/{collection}", body)
        return made[what]["id"], headers.get("Location", "").rpartition("/")[2]

    def attach(self, cluster: str, policy: str) -> None:
        """Attaches a policy to a cluster, as far as that is possible."""
        body = {"policy_attach": {"policy_id": policy}}
        self.ended(self.request(f"{self.url}/clusters/{cluster}/actions", body)[0]["action"])

    def ended(self, action: str) -> str:
        """How an action ended, once it has."""
        status = lambda: self.get(f"/actions/{action}")["action"]["status"]  # noqa: E731
        wait_until(f"action {action} to end", lambda: status() in TERMINAL)
        return status()


class World:
    """Something of every kind."""

    def __init__(self, api: Api, servers: Servers):
        self.api = api
        self.profile, _ = api.make("profile", "profiles", spec=server_spec())
        self.policy, _ = api.make("policy", "policies", spec=SCALING_POLICY)
        # Requests change the one; the other stays as it is.
        self.changing, self.staying = (self.cluster(name) for name in ("changing", "staying"))
        # The first two are changed, the others may become members and go with their cluster.
        self.orphans = [self.finished("node", "nodes", profile_id=self.profile) for _ in range(6)]
        self.members = self.ids("nodes", f"&cluster_id={self.changing}")
        told = {"cluster_id": self.changing, "action": "CLUSTER_SCALE_OUT"}
        self.webhook, _ = api.make("receiver", "receivers", type="webhook", **told)
        self.signed, _ = api.make("receiver", "receivers", type="webhook", protection={"signing": True}, **told)
        self.queue, _ = api.make("receiver", "receivers", type="message")
        slow, _ = api.make("profile", "profiles", spec=server_spec(build_seconds=ENDLESS))
        self.endless = [api.make("node", "nodes", profile_id=slow)[1] for _ in range(4)]
        server = api.get(f"/nodes/{self.orphans[0]}")["node"]["physical_id"]
        self.servers = [servers.copy(server) for _ in range(8)]

    def finished(self, what: str, collection: str, **fields) -> str:
        """The id of a resource that an action has made."""
        made, action = self.api.make(what, collection, **fields)
        status = self.api.ended(action)
        assert status == "SUCCEEDED", f"the {what} was not made: its action is {status}"
        return made

    def cluster(self, name: str) -> str:
        """A cluster of three nodes with a policy."""
        cluster = self.finished("cluster", "clusters", name=name, profile_id=self.profile, desired_capacity=3)
        self.api.attach(cluster, self.policy)
        return cluster

    def ids(self, collection: str, query: str = "") -> list[str]:
        """The ids of some resources."""
        return [each["id"] for each in self.api.get(f"/{collection}?limit=3{query}")[collection]]

    def known(self) -> dict[str, dict[str, list]]:
        """All of it by the places where requests name it."""
        types = {"profile-types": [SERVER], "policy-types": ["senlin.policy.scaling-1.0"]}
        kept = {
            "profiles": [self.profile],
            "policies": [self.policy],
            "clusters": [self.staying],
            "nodes": self.ids("nodes", f"&cluster_id={self.staying}"),
            "receivers": [self.webhook, self.queue],
            "actions": self.ids("actions"),
            "events": self.ids("events"),
            "attrs": ["$.status", "details.name", "$.metadata.*"],
        }
        changed = kept | {
            "clusters": [self.changing],
            "nodes": self.orphans[:2],
            "receivers": [self.queue],
            "actions": self.endless,
            "webhooks": [self.webhook],
        }
        joining = self.orphans[2:]
        adopted = [{"identity": server, "type": SERVER} for server in self.servers]
        return {
            # By path or else by method, then by the name before the parameter.
            "GET": kept | types,
            "POST": changed,
            "PATCH": changed,
            "/v1/clusters/{id}/ops": kept,
            # A look at a queue that is empty takes a second.
            "/v1/receivers/{id}/notify": {"receivers": [self.webhook] * 4 + [self.queue]},
            "/v1/receivers/{id}/secret": {"receivers": [self.webhook] + [self.signed] * 4},
            # By path.
            "bodies": {
                "/v1/clusters/{id}/ops": [{"reboot": {"params": {"type": "SOFT"}}}, {"reboot": {}}],
                "/v1/nodes/{id}/ops": [{"reboot": {"type": "SOFT"}}, {"reboot": None}],
                "/v1/nodes/adopt": adopted,
                "/v1/nodes/adopt-preview": adopted,
            },
            # By the name of a key, or by that around it and its own.
            "keys": {
                "profile_id": [self.profile],
                "policy_id": [self.policy],
                "cluster_id": [self.changing],
                "profile.spec": [server_spec()],
                "policy.spec": [SCALING_POLICY, DELETION_POLICY],
                "action.status": ["CANCELLED"],
                "add_nodes.nodes": [[node] for node in joining],
                "del_nodes.nodes": [[node] for node in self.members],
                "replace_nodes.nodes": [dict([pair]) for pair in zip(self.members, joining)],
                "complete_lifecycle.lifecycle_action_token": self.endless,
            },
        }
