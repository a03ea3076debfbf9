"""Policies and their types as `openstack cluster policy …` shows them."""

from __future__ import annotations

import json

from stories import CliStory
from support import DELETION_POLICY, SCALING_POLICY

DELETION = "senlin.policy.deletion-1.0"


class Story(CliStory):
    """What the steps hand on to each other."""

    policy_id = ""


def test_type_list_names_each_version_and_its_support(story):
    listed = story.cli.show("policy", "type", "list")
    types = {(kind["name"], kind["version"]): kind["support_status"] for kind in listed}
    assert types["senlin.policy.deletion", "1.0"] == "SUPPORTED since 2016.04"
    assert types["senlin.policy.health", "1.0"] == "EXPERIMENTAL since 2017.02\nSUPPORTED since 2018.06"


def test_type_show_prints_the_schema(story):
    shown = story.cli.show("policy", "type", "show", DELETION)
    assert shown["name"] == DELETION and shown["schema"]["criteria"]["default"] == "RANDOM"
    assert "Policy Type not found: nothing-1.0" in story.cli.run("policy", "type", "show", "nothing-1.0").stderr


def test_validate_reads_a_spec_and_stores_nothing(story):
    validated = story.cli.show("policy", "validate", "--spec-file", story.spec_file("deletion", DELETION_POLICY))
    assert (validated["id"], validated["name"], validated["type"]) == (None, "validated_policy", DELETION)
    assert json.loads(validated["spec"]) == DELETION_POLICY
    bogus = story.spec_file("bogus", DELETION_POLICY | {"properties": {"bogus": 1}})
    refusal = story.cli.run("policy", "validate", "--spec-file", bogus)
    assert refusal.status != 0 and "Unrecognizable spec item 'bogus'" in refusal.stderr
    assert story.cli.show("policy", "list") == []


def test_create_stores_the_spec(story):
    create = ("policy", "create", "--spec-file", story.spec_file("deletion", DELETION_POLICY), "clipol-old")
    story.policy_id = story.cli.show(*create)["id"]
    shown = story.cli.show("policy", "show", "clipol-old")
    assert (shown["id"], shown["type"], json.loads(shown["spec"])) == (story.policy_id, DELETION, DELETION_POLICY)
    assert "Policy not found: clipol-nobody" in story.cli.run("policy", "show", "clipol-nobody").stderr


def test_list_filters_and_sorts(story):
    story.cli.show("policy", "create", "--spec-file", story.spec_file("scaling", SCALING_POLICY), "clipol-grow")
    listed = story.cli.show("policy", "list", "--full-id", "--filters", f"type={DELETION}")
    assert [(policy["id"], policy["name"]) for policy in listed] == [(story.policy_id, "clipol-old")]
    in_order = story.cli.show("policy", "list", "--sort", "name:desc", "--limit", "1")
    assert [policy["name"] for policy in in_order] == ["clipol-old", "clipol-grow"]
    assert story.alt.show("policy", "list") == []


def test_update_changes_the_name(story):
    updated = story.cli.show("policy", "update", "--name", "clipol-new", "clipol-old")
    assert (updated["id"], updated["name"]) == (story.policy_id, "clipol-new")
    assert story.cli.show("policy", "show", story.policy_id)["name"] == "clipol-new"


def test_delete_tells_what_it_could_not_delete(story):
    deletion = story.cli.run("policy", "delete", "--force", "clipol-new", "clipol-grow", "clipol-nobody")
    assert deletion.status != 0 and "Failed to delete 1 of the 3 specified policy(s)." in deletion.stderr
    assert "The policy 'clipol-nobody' could not be found." in deletion.stdout
    assert story.gone("Policy", "policy", "show", story.policy_id)
    assert story.cli.show("policy", "list") == []
