"""The `openstack` command: forked from this process, where its modules are loaded, or started as a user starts it.

The shell cannot run in this very process: it keeps the first client that it made, so that every later command would
ask the first command's server as the first command's user. A fork forgets it all again, and takes a tenth of the time
that a start takes.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from openstackclient.shell import main

from calls import CALLED, command_of
from support import Cloud

# All that the shell loads as it starts, so that no fork has to.
for group in entry_points().groups:
    if group.startswith("openstack."):
        for extension in entry_points(group=group):
            extension.load()

# As long as any one command may take, in seconds.
LIMIT = 180


@dataclass(frozen=True)
class Output:
    """What one command printed and how it ended."""

    command: str
    status: int
    stdout: str
    stderr: str

    def json(self):
        """The answer of a command that was run with `-f json`."""
        assert self.status == 0, f"{self}"
        return json.loads(self.stdout)

    def actions(self) -> list[str]:
        """The ids of the actions that the server accepted, in the order of the command's arguments."""
        found = re.findall(r"accepted by action:? ([0-9a-f-]{36})", self.stdout)
        assert found, f"no action was accepted: {self}"
        return found

    def action(self) -> str:
        """The id of the one action that the server accepted."""
        (accepted,) = self.actions()
        return accepted


class Cli:
    """Runs `openstack --os-cloud <name> cluster …`, one process a command."""

    def __init__(self, cloud: Cloud, name: str = "coppice"):
        self.name = name
        # Nothing else of the caller's environment may say where to go.
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("OS_")}
        self.environment |= {"OS_CLIENT_CONFIG_FILE": str(cloud.clouds_yaml), "PYTHONWARNINGS": "ignore"}

    def run(self, *arguments: str) -> Output:
        """Runs one command of the `cluster` family in a fork and returns what it printed."""
        line = self._line(arguments)
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            printed = (stdout, stderr)
            fork = multiprocessing.get_context("fork").Process(target=_shell, args=(line, self.environment, *printed))
            fork.start()
            fork.join(LIMIT)
            if fork.exitcode is None:
                fork.kill()
                fork.join()
            for file in printed:
                file.seek(0)
            return Output(" ".join(["openstack", *line]), fork.exitcode, *(file.read().decode() for file in printed))

    def run_as_process(self, *arguments: str) -> Output:
        """Runs one command of the `cluster` family as a user would."""
        line = self._line(arguments)
        # The shell that was installed with the tests, whatever is first on the path.
        program = str(Path(sys.executable).with_name("openstack"))
        done = subprocess.run(
            [program, *line],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        return Output(" ".join(["openstack", *line]), done.returncode, done.stdout, done.stderr)

    def show(self, *arguments: str):
        """The JSON answer of a command that succeeds."""
        return self.run(*arguments, "-f", "json").json()

    def _line(self, arguments: tuple[str, ...]) -> list[str]:
        CALLED.add(command_of(arguments))
        return ["--os-cloud", self.name, "cluster", *arguments]


def _shell(line: list[str], environment: dict[str, str], stdout, stderr) -> None:
    """What the installed `openstack` program does, after it has made this fork look like a new process."""
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(stdout.fileno(), 1)
    os.dup2(stderr.fileno(), 2)
    sys.stdin, sys.stdout, sys.stderr = open(os.devnull), open(1, "w", closefd=False), open(2, "w", closefd=False)
    sys.exit(main(line))
