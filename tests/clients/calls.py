"""What the installed clients can do, and what of it the stories did.

Both lists are read off the clients themselves, so that a method or a command which a later release brings along is
missed at once. Nothing is exempt: what no server of this API answers is called too, and its refusal is asserted.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

from openstack.clustering.v1._proxy import Proxy

# The public methods that the clustering proxy itself defines; a method's alias is a method of its own.
METHODS = frozenset(name for name, value in vars(Proxy).items() if inspect.isfunction(value) and name[0] != "_")

# The commands of python-senlinclient as they are typed: "cluster members add".
COMMANDS = frozenset(command.name.replace("_", " ") for command in entry_points(group="openstack.clustering.v1"))

CALLED: set[str] = set()


class Watched:
    """A clustering proxy that notes which methods a story calls. What the SDK itself calls does not count."""

    def __init__(self, proxy: Proxy):
        self._proxy = proxy

    def __getattr__(self, name: str):
        attribute = getattr(self._proxy, name)
        return _noting(name, attribute) if name in METHODS else attribute


def _noting(name: str, method: Callable) -> Callable:
    @functools.wraps(method)
    def call(*arguments, **options):
        answer = None
        try:
            answer = method(*arguments, **options)
        finally:
            # A refusal is an answer, too.
            if not inspect.isgenerator(answer):
                CALLED.add(name)
        return _read(name, answer) if inspect.isgenerator(answer) else answer

    return call


def _read(name: str, answer: Iterator) -> Iterator:
    """A list asks the server nothing until it is read."""
    CALLED.add(name)
    yield from answer


def command_of(arguments: tuple[str, ...]) -> str:
    """The command that a line runs: the longest that it begins with."""
    line = " ".join(("cluster", *arguments, ""))
    begun = [command for command in COMMANDS if line.startswith(f"{command} ")]
    assert begun, f"python-senlinclient has no command for {line!r}"
    return max(begun, key=len)
