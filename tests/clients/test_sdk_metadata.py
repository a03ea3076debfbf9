"""The SDK's methods for the metadata of a cluster by itself.

They ask for `/clusters/<id>/metadata`, which the reference never had: no server of this API answers them. What it
answers is that there is no such path, and the metadata stays as it was. An update of the cluster changes it.
"""

from __future__ import annotations

import pytest
from openstack import exceptions

from stories import SdkStory
from support import server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""


def test_a_cluster_with_metadata(story):
    story.api.create_profile(name="meta-profile", spec=server_spec())
    story.cluster = story.api.create_cluster(name="meta-cluster", profile_id="meta-profile", metadata={"a": "b"})
    assert story.settled(0).metadata == {"a": "b"}


def test_the_metadata_is_no_resource_of_its_own(story):
    for call in (
        lambda: story.api.fetch_cluster_metadata(story.cluster.id),
        lambda: story.api.get_cluster_metadata(story.cluster.id),
        lambda: story.api.set_cluster_metadata(story.cluster.id, c="d"),
        lambda: story.api.delete_cluster_metadata(story.cluster.id),
        lambda: story.api.delete_cluster_metadata(story.cluster.id, keys=["a"]),
    ):
        with pytest.raises(exceptions.NotFoundException):
            call()
    assert story.settled(0).metadata == {"a": "b"}


def test_an_update_changes_the_metadata(story):
    story.api.update_cluster(story.cluster.id, metadata={"a": "b", "c": "d"})
    assert {action.status for action in story.history(story.cluster.id)} == {"SUCCEEDED"}
    assert story.settled(0).metadata == {"a": "b", "c": "d"}


def test_afterwards_nothing_is_left(story):
    story.removed(story.cluster)
    story.api.delete_profile("meta-profile", ignore_missing=False)
