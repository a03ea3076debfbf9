"""Runs Schemathesis against the API's description: every operation, with requests that keep to their
declaration and requests that do not.

Fails on an answer that the description does not have: a status, a content type, a header, a body that is not
as its schema says, or a failure of the service; on a request that is accepted against its declaration; and when
an operation never did what it was asked, for then its answer was not tested.

The server comes from COPPICE_BIN, binds loopback, keeps nothing, and is stopped at the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path

import yaml
from openapi_spec_validator import validate

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

from support import PROFILE_SPEC, Cloud, Server, wait_until  # noqa: E402

# So few that a run makes hundreds of nodes, not hundreds of thousands.
SETTINGS = {"max_nodes_per_cluster": 20, "max_clusters_per_project": 30}
# Requests in each phase of an operation.
EXAMPLES = 20
# Seconds that one request, and the whole, may take.
LONGEST_REQUEST = 30
LONGEST = 900
# Where the hooks count answers.
TALLY = "tally.json"
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
]


class Api:
    """The API, as a user of the development identity."""

    def __init__(self, cloud: Cloud):
        self.url = f"{cloud.url}/v1"
        self.token = ""
        login = yaml.safe_load(cloud.clouds_yaml.read_text())["clouds"]["coppice"]["auth"]
        user = {"name": login["username"], "domain": {"name": "Default"}, "password": login["password"]}
        scope = {"project": {"name": login["project_name"], "domain": {"name": "Default"}}}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
        _, headers = self.request(f"{login['auth_url']}/v3/auth/tokens", {"auth": auth})
        self.token = headers["X-Subject-Token"]

    def request(self, url: str, body=None):
        """The JSON of an answer, and its headers."""
        headers = {"Content-Type": "application/json", "X-Auth-Token": self.token}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, content, headers)
        with urllib.request.urlopen(request, timeout=LONGEST_REQUEST) as answer:
            return json.load(answer), answer.headers

    def get(self, path: str):
        """What is at this path."""
        return self.request(self.url + path)[0]

    def post(self, path: str, body):
        """What is made at this path."""
        return self.request(self.url + path, body)[0]


def world(api: Api) -> tuple[dict[str, list], dict[str, list]]:
    """Makes something of every kind; says what there is, by the names that paths and bodies have for it."""
    spec = yaml.safe_load(PROFILE_SPEC.read_text())
    profile = api.post("/profiles", {"profile": {"name": "fuzz", "spec": spec}})["profile"]["id"]

    def cluster(name: str, size: int) -> str:
        asked = {"name": name, "profile_id": profile, "desired_capacity": size}
        made = api.post("/clusters", {"cluster": asked})["cluster"]["id"]
        settled = lambda: api.get(f"/clusters/{made}")["cluster"]["status"] == "ACTIVE"  # noqa: E731
        wait_until(f"the cluster {name} to settle", settled)
        return made

    def ids(collection: str, query: str = "") -> list[str]:
        return [each["id"] for each in api.get(f"/{collection}?limit=3{query}")[collection]]

    # Requests change the one; the other's nodes stay.
    changing, staying = cluster("changing", 2), cluster("staying", 3)
    paths = {
        "profiles": [profile],
        "clusters": [changing],
        "nodes": ids("nodes", f"&cluster_id={staying}"),
        "actions": ids("actions"),
        "events": ids("events"),
        "type": ["os.nova.server-1.0"],
    }
    return paths, {"profile_id": [profile], "spec": [spec]}


def operations(document: dict):
    """Every operation as (method and path, description)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def configuration(document: dict) -> str:
    """Schemathesis's settings: a failure of the service is one that the operation does not describe."""
    lines = ["[checks.response_schema_conformance]", "validate-formats = true"]
    for _, operation in operations(document):
        if described := [int(status) for status in operation["responses"] if status.startswith("5")]:
            lines += [
                "[[operations]]",
                f"include-operation-id = {json.dumps(operation['operationId'])}",
                "[operations.checks.not_a_server_error]",
                f"expected-statuses = {json.dumps(['2xx', '3xx', '4xx', *described])}",
            ]
    return "\n".join(lines) + "\n"


def schemathesis(directory: Path, cloud: Cloud, api: Api, document: dict) -> subprocess.CompletedProcess:
    """Runs all of it."""
    config, described = directory / "schemathesis.toml", directory / "openapi.json"
    config.write_text(configuration(document))
    described.write_text(json.dumps(document))
    environment = os.environ | {
        "COPPICE_WORLD": json.dumps(world(api)),
        "COPPICE_TALLY": str(directory / TALLY),
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
    }
    command = [
        str(Path(sys.executable).with_name("st")),
        "--no-color",
        f"--config-file={config}",
        "run",
        str(described),
        f"--url={cloud.url}",
        f"--header=X-Auth-Token: {api.token}",
        f"--checks={','.join(CHECKS)}",
        f"--max-examples={EXAMPLES}",
        f"--request-timeout={LONGEST_REQUEST}",
        "--generation-deterministic",
        "--continue-on-failure",
        "--warnings=off",
    ]
    return subprocess.run(
        command,
        env=environment,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
    )


def report(document: dict, answered: Counter[str]) -> list[str]:
    """Prints what the operations answered; says which were never answered as asked."""
    missing = []
    for name, operation in operations(document):
        counts = {status: answered[f"{name} {status}"] for status in sorted(operation["responses"])}
        print(f"{name}:", *(f"{count}×{status}" for status, count in counts.items() if count))
        wanted = [status for status in counts if status[0] in "23"]
        if wanted and not any(counts[status] for status in wanted):
            missing.append(f"{name} never answered {' or '.join(wanted)}")
    return missing


def run(directory: Path, cloud: Cloud) -> bool:
    """Whether the API is as it is described."""
    api = Api(cloud)
    document = api.get("/openapi.json")
    validate(document)
    done = schemathesis(directory, cloud, api, document)
    tally = directory / TALLY
    # None if it ended before its first request.
    answered = Counter(json.loads(tally.read_text()) if tally.exists() else {})
    missing = report(document, answered)
    print(f"{answered.total()} requests")
    if done.returncode:
        print(done.stdout)
    print(*missing, sep="\n")
    return not done.returncode and not missing


def main() -> int:
    """The status to end with."""
    os.environ["COPPICE_SETTINGS"] = json.dumps(SETTINGS)
    with tempfile.TemporaryDirectory() as directory:
        server = Server(os.environ["COPPICE_BIN"], Path(directory))
        try:
            passed = run(Path(directory), server.wait_ready())
        finally:
            server.stop()
        if not passed:
            print(f"--- the end of the server's log ---\n{server.tail()}")
        return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
