"""Policies and their types as openstacksdk sees them (spec api-resources F, G)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from stories import SdkStory
from support import DELETION_POLICY, SCALING_POLICY

DELETION = "senlin.policy.deletion-1.0"


class Story(SdkStory):
    """What the steps hand on to each other."""

    policy = None


def test_the_types_are_listed_one_for_each_version(story):
    types = [(kind.name, version) for kind in story.api.policy_types() for version in kind.support_status]
    assert {("senlin.policy.deletion", "1.0"), ("senlin.policy.deletion", "1.1")} <= set(types)
    assert {name.removeprefix("senlin.policy.") for name, _ in types} >= {
        *("affinity", "batch", "deletion", "health", "loadbalance", "region_placement", "scaling", "zone_placement"),
    }


def test_a_type_shows_its_schema(story):
    kind = story.api.get_policy_type(DELETION)
    assert kind.name == DELETION and {"1.0", "1.1"} <= kind.support_status.keys()
    criteria = kind.schema["criteria"]
    assert (criteria["type"], criteria["default"], criteria["required"]) == ("String", "RANDOM", False)
    assert "OLDEST_FIRST" in criteria["constraints"][0]["constraint"]
    with pytest.raises(exceptions.NotFoundException, match="The policy_type 'senlin.policy.nothing-1.0' could not"):
        story.api.get_policy_type("senlin.policy.nothing-1.0")


def test_validating_a_spec_stores_nothing(story):
    validated = story.api.validate_policy(spec=DELETION_POLICY)
    assert (validated.id, validated.name, validated.type) == (None, "validated_policy", DELETION)
    assert (validated.spec, validated.data) == (DELETION_POLICY, {})
    # Violations of a policy's schema are answered with 500, as the reference does.
    spec = DELETION_POLICY | {"properties": {"bogus": 1}}
    with pytest.raises(exceptions.HttpException, match="Unrecognizable spec item 'bogus'") as refusal:
        story.api.validate_policy(spec=spec)
    assert refusal.value.status_code == 500
    assert list(story.api.policies(name="validated_policy")) == []


def test_a_policy_is_found_by_id_by_name_and_by_the_start_of_its_id(story):
    story.policy = story.api.create_policy(name="pol-old", spec=DELETION_POLICY)
    assert (story.policy.type, story.policy.data, story.policy.updated_at) == (DELETION, {}, None)
    for key in (story.policy.id, "pol-old", story.policy.id[:8]):
        assert story.api.find_policy(key).id == story.api.get_policy(key).id == story.policy.id
    assert story.api.get_policy("pol-old").spec == DELETION_POLICY
    assert story.api.find_policy("pol-nobody") is None
    with pytest.raises(exceptions.NotFoundException):
        story.api.find_policy("pol-nobody", ignore_missing=False)


def test_a_policy_of_an_unknown_type_is_refused(story):
    with pytest.raises(exceptions.NotFoundException, match="The policy_type 'senlin.policy.nothing-1.0' could not"):
        story.api.create_policy(name="pol-bad", spec=DELETION_POLICY | {"type": "senlin.policy.nothing"})
    with pytest.raises(exceptions.BadRequestException, match="the 'number' for 'adjustment' must be > 0"):
        adjustment = {"type": "CHANGE_IN_CAPACITY", "number": 0}
        properties = SCALING_POLICY["properties"] | {"adjustment": adjustment}
        story.api.create_policy(name="pol-bad", spec=SCALING_POLICY | {"properties": properties})
    assert list(story.api.policies(name="pol-bad")) == []


def test_policies_are_listed_by_name_by_type_and_in_order(story):
    story.api.create_policy(name="pol-grow", spec=SCALING_POLICY)

    def names(**query) -> list[str]:
        return [policy.name for policy in story.api.policies(**query) if policy.name.startswith("pol-")]

    assert names(name="pol-grow") == ["pol-grow"]
    assert names(type=DELETION) == ["pol-old"]
    assert names(sort="name:asc") == ["pol-grow", "pol-old"]
    assert names(sort="name:desc", limit=1) == ["pol-old", "pol-grow"]
    assert list(story.alt.policies()) == []
    assert "pol-grow" in {policy.name for policy in story.admin.policies(global_project=True)}


def test_update_changes_the_name(story):
    updated = story.api.update_policy("pol-old", name="pol-oldest")
    assert (updated.id, updated.name) == (story.policy.id, "pol-oldest")
    shown = story.api.get_policy(story.policy.id)
    assert (shown.name, shown.spec) == ("pol-oldest", DELETION_POLICY)
    assert shown.updated_at
    with pytest.raises(exceptions.BadRequestException, match="No property needs an update."):
        story.api.update_policy(story.policy.id, name="pol-oldest")
    with pytest.raises(exceptions.NotFoundException):
        story.alt.update_policy(story.policy.id, name="pol-stolen")


def test_deleting_ends_in_not_found(story):
    for name in ("pol-oldest", "pol-grow"):
        story.api.delete_policy(name, ignore_missing=False)
        with pytest.raises(exceptions.NotFoundException, match=f"The policy '{name}' could not be found."):
            story.api.get_policy(name)
    assert story.api.delete_policy(story.policy.id) is None
    assert [policy.name for policy in story.api.policies() if policy.name.startswith("pol-")] == []
