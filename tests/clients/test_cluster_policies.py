"""Policies on a cluster, with both clients (spec api-resources I6 to I8, K).

No policy takes effect yet, and a policy that does nothing must not look as if it did: attaching is accepted, as it is
when all that is known at the time is in order, and its action FAILS with the reason. So there is nothing to list, to
show, to update or to detach, and each of these says so.
"""

from __future__ import annotations

import pytest
from openstack import exceptions

from shell import Cli
from stories import SdkStory, refused
from support import DELETION_POLICY, server_spec

REASON = "CLUSTER_ATTACH_POLICY is not carried out by this version of the service."


class Story(SdkStory):
    """What the steps hand on to each other."""

    def __init__(self, *where):
        super().__init__(*where)
        self.cli = Cli(self.cloud)
        self.policy = None

    def not_attached(self, action_id: str) -> None:
        """Insists that attaching failed, said why, and left the cluster as it was."""
        action = self.finished(action_id, "FAILED")
        assert (action.action, action.target_id) == ("CLUSTER_ATTACH_POLICY", self.cluster.id)
        assert action.name == f"attach_policy_{self.cluster.id[:8]}"
        assert action.inputs["policy_id"] == self.policy.id
        assert action.status_reason == REASON
        assert list(self.api.cluster_policies(self.cluster)) == []
        self.settled(1)


def test_a_cluster_and_a_policy(story):
    story.api.create_profile(name="bind-profile", spec=server_spec())
    story.policy = story.api.create_policy(name="bind-policy", spec=DELETION_POLICY)
    story.cluster = story.api.create_cluster(name="bind-cluster", profile_id="bind-profile", desired_capacity=1)
    story.settled(1)


def test_attaching_fails_and_says_why(story):
    answer = story.api.attach_policy_to_cluster("bind-cluster", "bind-policy", enabled=False)
    story.not_attached(answer["action"])
    assert story.api.get_action(answer["action"]).inputs["enabled"] is False
    output = story.cli.run("policy", "attach", "--policy", "bind-policy", "bind-cluster")
    assert output.status == 0
    story.not_attached(output.action())
    assert story.api.get_action(output.action()).inputs["enabled"] is True


def test_attaching_what_is_not_there_is_refused(story):
    answer = story.api.attach_policy_to_cluster(story.cluster, "bind-nobody")
    refused(answer, 400, "The specified policy 'bind-nobody' could not be found.")
    output = story.cli.run("policy", "attach", "--policy", "bind-nobody", "bind-cluster")
    assert "Request error" in output.stdout and "'bind-nobody' could not be found." in output.stdout


def test_no_policy_is_listed(story):
    assert list(story.api.cluster_policies("bind-cluster", is_enabled=True, sort="enabled:asc")) == []
    assert list(story.api.cluster_policies(story.cluster, policy_name="bind-policy")) == []
    filters = f"policy_type={story.policy.type};policy_name=bind-policy"
    assert story.cli.show("policy", "binding", "list", "--filters", filters, "bind-cluster") == []


def test_no_policy_is_shown(story):
    text = "The policy 'bind-policy' is not found attached to the specified cluster"
    with pytest.raises(exceptions.NotFoundException, match=text):
        story.api.get_cluster_policy("bind-policy", story.cluster.id)
    output = story.cli.run("policy", "binding", "show", "--policy", "bind-policy", "bind-cluster")
    assert output.status != 0 and text in output.stderr
    with pytest.raises(exceptions.NotFoundException, match="The policy 'bind-nobody' could not be found."):
        story.api.get_cluster_policy("bind-nobody", story.cluster.id)


def test_no_policy_is_updated(story):
    text = "The policy 'bind-policy' is not attached to the specified cluster"
    refused(story.api.update_cluster_policy("bind-cluster", "bind-policy", enabled=True), 400, text)
    update = ("policy", "binding", "update", "--policy", "bind-policy", "--enabled", "true", "bind-cluster")
    output = story.cli.run(*update)
    assert "Request error" in output.stdout and text in output.stdout


def test_no_policy_is_detached(story):
    text = "The policy 'bind-policy' is not attached to the specified cluster"
    refused(story.api.detach_policy_from_cluster("bind-cluster", "bind-policy"), 400, text)
    output = story.cli.run("policy", "detach", "--policy", "bind-policy", "bind-cluster")
    assert "Request error" in output.stdout and text in output.stdout


def test_what_was_not_attached_can_be_deleted(story):
    story.api.delete_policy("bind-policy", ignore_missing=False)
    story.removed(story.cluster)
    story.api.delete_profile("bind-profile", ignore_missing=False)
    assert list(story.api.policies(name="bind-policy")) == []
