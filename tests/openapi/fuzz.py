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
from collections import Counter
from pathlib import Path

from openapi_spec_validator import validate

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

from backstage import Servers  # noqa: E402
from support import Cloud, Server  # noqa: E402
from world import LONGEST_REQUEST, Api, World  # noqa: E402

# So few that a run makes hundreds of nodes, not hundreds of thousands.
SETTINGS = {"max_nodes_per_cluster": 20, "max_clusters_per_project": 30}
# Requests in each phase of an operation.
EXAMPLES = 10
# Seconds that the whole may take.
LONGEST = 900
# The rules that ask for more than a token.
FOR_ADMINISTRATORS = {"services:index"}
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


def operations(document: dict):
    """Every operation as (method and path, description)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def configuration(document: dict, admin: Api) -> str:
    """Schemathesis's settings: a failure of the service is one that the operation does not describe."""
    lines = ["[checks.response_schema_conformance]", "validate-formats = true"]
    # Methods that no operation has are none of the description's.
    lines += ["[phases.coverage]", "unexpected-methods = []"]
    for _, operation in operations(document):
        of_operation = ["[[operations]]", f"include-operation-id = {json.dumps(operation['operationId'])}"]
        if operation.get("x-rule") in FOR_ADMINISTRATORS:
            lines += [*of_operation, f"headers = {{ X-Auth-Token = {json.dumps(admin.token)} }}"]
        if described := [int(status) for status in operation["responses"] if status.startswith("5")]:
            lines += [
                *of_operation,
                "[operations.checks.not_a_server_error]",
                f"expected-statuses = {json.dumps(['2xx', '3xx', '4xx', *described])}",
            ]
    return "\n".join(lines) + "\n"


def schemathesis(directory: Path, cloud: Cloud, api: Api, document: dict) -> subprocess.CompletedProcess:
    """Runs all of it."""
    config, described = directory / "schemathesis.toml", directory / "openapi.json"
    config.write_text(configuration(document, Api(cloud, "coppice-admin")))
    described.write_text(json.dumps(document))
    environment = os.environ | {
        "COPPICE_WORLD": json.dumps(World(api, Servers(cloud)).known()),
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
    """Prints what the operations answered; says which were never answered as asked, though they could be."""
    missing = []
    for name, operation in operations(document):
        counts = {status: answered[f"{name} {status}"] for status in sorted(operation["responses"])}
        print(f"{name}:", *(f"{count}×{status}" for status, count in counts.items() if count))
        wanted = [status for status in counts if status[0] in "23"]
        reached = any(counts[status] for status in wanted)
        if wanted and not reached:
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
