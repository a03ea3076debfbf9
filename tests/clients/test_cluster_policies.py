"""Policies on a cluster, with both clients (spec api-resources I6 to I8, K)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from shell import Cli
from stories import SdkStory, refused
from support import DELETION_POLICY, SCALING_POLICY, server_spec


class Story(SdkStory):
    """What the steps hand on to each other."""

    def __init__(self, *where):
        super().__init__(*where)
        self.cli = Cli(self.cloud)
        self.policy = None

    def bound(self, **attributes):
        """The one policy that is attached, which must have these attributes."""
        (binding,) = self.api.cluster_policies(self.cluster)
        assert {key: getattr(binding, key) for key in attributes} == attributes
        return binding


def test_a_cluster_and_a_policy(story):
    story.api.create_profile(name="bind-profile", spec=server_spec())
    story.policy = story.api.create_policy(name="bind-policy", spec=DELETION_POLICY)
    story.cluster = story.api.create_cluster(name="bind-cluster", profile_id="bind-profile", desired_capacity=2)
    story.settled(2)


def test_attaching(story):
    action = story.accepted(story.api.attach_policy_to_cluster("bind-cluster", "bind-policy", enabled=False))
    assert (action.action, action.target_id) == ("CLUSTER_ATTACH_POLICY", story.cluster.id)
    assert action.name == f"attach_policy_{story.cluster.id[:8]}"
    story.bound(policy_id=story.policy.id, cluster_id=story.cluster.id, is_enabled=False)
    # Again changes nothing.
    output = story.cli.run("policy", "attach", "--policy", "bind-policy", "bind-cluster")
    assert output.status == 0
    story.finished(output.action())
    story.bound(is_enabled=False)


def test_attaching_what_is_not_there_is_refused(story):
    answer = story.api.attach_policy_to_cluster(story.cluster, "bind-nobody")
    refused(answer, 400, "The specified policy 'bind-nobody' could not be found.")
    output = story.cli.run("policy", "attach", "--policy", "bind-nobody", "bind-cluster")
    assert "Request error" in output.stdout and "'bind-nobody' could not be found." in output.stdout


def test_another_of_its_type_is_not_attached(story):
    story.api.create_policy(name="bind-other", spec=DELETION_POLICY)
    action = story.accepted(story.api.attach_policy_to_cluster(story.cluster, "bind-other"), "FAILED")
    assert action.status_reason.startswith(f"Only one instance of policy type ({story.policy.type})")
    story.bound(policy_id=story.policy.id)
    story.api.delete_policy("bind-other", ignore_missing=False)


def test_it_is_listed(story):
    assert list(story.api.cluster_policies("bind-cluster", is_enabled=True, sort="enabled:asc")) == []
    (found,) = story.api.cluster_policies(story.cluster, policy_name="bind-policy")
    assert found.policy_id == story.policy.id
    filters = f"policy_type={story.policy.type};policy_name=bind-policy"
    (shown,) = story.cli.show("policy", "binding", "list", "--filters", filters, "bind-cluster")
    assert shown["policy_name"] == "bind-policy"


def test_it_is_shown(story):
    shown = story.api.get_cluster_policy("bind-policy", story.cluster.id)
    assert (shown.policy_id, shown.policy_type, shown.is_enabled) == (story.policy.id, story.policy.type, False)
    output = story.cli.run("policy", "binding", "show", "--policy", "bind-policy", "bind-cluster")
    assert output.status == 0 and story.policy.id in output.stdout
    with pytest.raises(exceptions.NotFoundException, match="The policy 'bind-nobody' could not be found."):
        story.api.get_cluster_policy("bind-nobody", story.cluster.id)


def test_it_is_updated(story):
    story.accepted(story.api.update_cluster_policy("bind-cluster", "bind-policy", enabled=True))
    story.bound(is_enabled=True)
    update = ("policy", "binding", "update", "--policy", "bind-policy", "--enabled", "false", "bind-cluster")
    output = story.cli.run(*update)
    assert output.status == 0
    story.finished(output.action())
    story.bound(is_enabled=False)
    story.accepted(story.api.update_cluster_policy("bind-cluster", "bind-policy", enabled=True))


def test_the_oldest_go_first_as_the_policy_says(story):
    oldest = min(story.api.nodes(cluster_id=story.cluster.id), key=lambda node: node.index)
    story.accepted(story.api.scale_in_cluster(story.cluster, 1))
    (left,) = story.settled(1).node_ids
    assert left != oldest.id


def test_a_policy_that_is_attached_is_in_use(story):
    with pytest.raises(exceptions.ConflictException, match="bind-policy|still attached|in use"):
        story.api.delete_policy("bind-policy", ignore_missing=False)


def test_a_scaling_cools_down(story):
    adjustment = {"type": "CHANGE_IN_CAPACITY", "number": 1, "cooldown": 600}
    properties = {"event": "CLUSTER_SCALE_OUT", "adjustment": adjustment}
    story.api.create_policy(name="bind-scaling", spec=SCALING_POLICY | {"properties": properties})
    story.accepted(story.api.attach_policy_to_cluster(story.cluster, "bind-scaling"))
    story.accepted(story.api.scale_out_cluster(story.cluster))
    refused(story.api.scale_out_cluster(story.cluster), 409, "cooldown still in progress")
    story.settled(2)
    story.accepted(story.api.detach_policy_from_cluster(story.cluster, "bind-scaling"))
    story.api.delete_policy("bind-scaling", ignore_missing=False)


def test_detaching(story):
    story.accepted(story.api.detach_policy_from_cluster("bind-cluster", "bind-policy"))
    assert list(story.api.cluster_policies(story.cluster)) == []
    text = "The policy 'bind-policy' is not attached to the specified cluster"
    refused(story.api.detach_policy_from_cluster("bind-cluster", "bind-policy"), 400, text)
    refused(story.api.update_cluster_policy("bind-cluster", "bind-policy", enabled=True), 400, text)
    story.accepted(story.api.attach_policy_to_cluster(story.cluster, "bind-policy"))
    output = story.cli.run("policy", "detach", "--policy", "bind-policy", "bind-cluster")
    assert output.status == 0
    story.finished(output.action())
    with pytest.raises(exceptions.NotFoundException, match="is not found attached to the specified cluster"):
        story.api.get_cluster_policy("bind-policy", story.cluster.id)


def test_what_is_not_attached_can_be_deleted(story):
    story.api.delete_policy("bind-policy", ignore_missing=False)
    story.removed(story.cluster)
    story.api.delete_profile("bind-profile", ignore_missing=False)
    assert list(story.api.policies(name="bind-policy")) == []
