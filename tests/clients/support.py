"""What the stories share: a server to talk to, a bounded wait, and specs."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROFILE_SPEC = ROOT / "samples" / "profiles" / "nova_server.yaml"

# How an action may end.
TERMINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}

# A profile whose servers take this long keeps an action running while the story does something else.
SLOW_BUILD_SECONDS = 20

DELETION_POLICY = {
    "type": "senlin.policy.deletion",
    "version": "1.0",
    "properties": {"criteria": "OLDEST_FIRST", "destroy_after_deletion": True},
}

SCALING_POLICY = {
    "type": "senlin.policy.scaling",
    "version": "1.0",
    "properties": {"event": "CLUSTER_SCALE_OUT", "adjustment": {"type": "CHANGE_IN_CAPACITY", "number": 2}},
}


@dataclass(frozen=True)
class Cloud:
    """A running server: where it is, the clouds.yaml that its identity wrote, and where its tables are."""

    url: str
    clouds_yaml: Path
    dynamodb: str | None


def server_spec(**behaviour: object) -> dict:
    """The sample profile spec; `build_seconds=5` and the like say how the simulated backend treats its servers."""
    spec = yaml.safe_load(PROFILE_SPEC.read_text())
    if behaviour:
        spec["properties"]["metadata"] = {f"simulated.{key}": str(value) for key, value in behaviour.items()}
    return spec


def wait_until(what: str, probe: Callable[[], object], tries: int = 480, pause: float = 0.25):
    """Returns the first truthy answer of `probe`, or fails after `tries` (two minutes by default)."""
    answer = None
    for _ in range(tries):
        answer = probe()
        if answer:
            return answer
        time.sleep(pause)
    raise AssertionError(f"gave up waiting for {what}; the last answer was {answer!r}")


def post(url: str, body: dict | None = None):
    """Posts without a token; answers with the status, the headers and the body, which is JSON unless it refuses."""
    data = b"" if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, json.load(response)
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()


def answers(url: str) -> bool:
    """Whether the server lists its versions (which the clustering API does with status 300)."""
    try:
        with urllib.request.urlopen(f"{url}/", timeout=5) as response:
            return response.status == 200
    except urllib.error.HTTPError as answer:
        return answer.code == 300
    except OSError:
        return False


def free_port() -> int:
    """A loopback port that nobody held a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The all-in-one server in a directory of its own, started from a binary and stopped at the end."""

    def __init__(self, binary: str, directory: Path):
        self.directory = directory
        self.url, self.dynamodb = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.log = directory / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    binary,
                    "--listen",
                    self.url.removeprefix("http://"),
                    "--listen-dynamodb",
                    self.dynamodb.removeprefix("http://"),
                    "--data-dir",
                    str(directory),
                    "--in-memory",
                    "--log",
                    "text",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def wait_ready(self) -> Cloud:
        """Waits until the server answers and has written clouds.yaml."""
        clouds_yaml = self.directory / "clouds.yaml"

        def ready() -> bool:
            code = self.process.poll()
            assert code is None, f"the server ended with status {code}:\n{self.tail()}"
            return answers(self.url) and clouds_yaml.exists()

        wait_until(f"{self.url} to answer", ready, tries=300, pause=0.1)
        return Cloud(self.url, clouds_yaml, self.dynamodb)

    def tail(self, lines: int = 30) -> str:
        """The end of the server's log without its successes, for the report of a failure."""
        kept = [line for line in self.log.read_text(errors="replace").splitlines() if " status=2" not in line]
        return "\n".join(kept[-lines:])

    def stop(self) -> None:
        """Asks the server to end, and ends it if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
