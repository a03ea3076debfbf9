"""Whether the stories called all that the clients can do. Runs last, and only after all of them means anything."""

from __future__ import annotations

from calls import CALLED, COMMANDS, METHODS


def test_every_method_of_the_proxy_and_every_command_was_called():
    # Lists that were not found would leave nothing uncalled.
    assert "create_cluster" in METHODS and "cluster create" in COMMANDS
    uncalled = sorted(METHODS - CALLED) + sorted(COMMANDS - CALLED)
    assert not uncalled, f"no story called {', '.join(uncalled)}"
