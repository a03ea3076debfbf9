"""Starts a server for each story, or uses the one that COPPICE_URL and OS_CLIENT_CONFIG_FILE name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support import Cloud, Server, answers, wait_until

# The first failed step of each story, by module: later steps build on it and would only confuse.
BROKEN_STORIES: dict[str, str] = {}


@pytest.fixture(scope="module")
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A server that answers, started from COPPICE_BIN unless one is already running at COPPICE_URL."""
    url, binary = os.environ.get("COPPICE_URL"), os.environ.get("COPPICE_BIN")
    if url:
        clouds_yaml = os.environ.get("OS_CLIENT_CONFIG_FILE")
        assert clouds_yaml, "COPPICE_URL needs OS_CLIENT_CONFIG_FILE: the clouds.yaml that the server wrote"
        wait_until(f"{url} to answer", lambda: answers(url))
        yield Cloud(url, Path(clouds_yaml), os.environ.get("COPPICE_DYNAMODB"))
        return
    assert binary, "set COPPICE_BIN to the coppice binary, or COPPICE_URL to a server that is running"
    server = Server(binary, tmp_path_factory.mktemp("coppice"))
    try:
        yield server.wait_ready()
    finally:
        server.stop()
        if request.module.__name__ in BROKEN_STORIES:
            print(f"\n--- the end of the server's log ---\n{server.tail()}")


@pytest.fixture(scope="module")
def story(request: pytest.FixtureRequest, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory):
    """The module's own `Story`: its clients, and what its steps hand on to each other."""
    story = request.module.Story(cloud, tmp_path_factory.mktemp("story"))
    yield story
    story.close()


def pytest_collection_modifyitems(items: list[pytest.Item]):
    """Puts the count of what was called behind all that calls something."""
    items.sort(key=lambda item: item.module.__name__ == "test_coverage")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    if report.failed:
        BROKEN_STORIES.setdefault(item.module.__name__, item.name)
    return report


def pytest_runtest_setup(item: pytest.Item):
    if broken := BROKEN_STORIES.get(item.module.__name__):
        pytest.fail(f"an earlier step of this story failed: {broken}", pytrace=False)
