"""Profiles and their types as `openstack cluster profile …` shows them."""

from __future__ import annotations

import json

from stories import CliStory
from support import PROFILE_SPEC, server_spec

SERVER = "os.nova.server-1.0"


class Story(CliStory):
    """What the steps hand on to each other."""

    profile_id = ""


def test_type_list_names_each_version_and_its_support(story):
    listed = story.cli.show("profile", "type", "list")
    types = {(kind["name"], kind["version"]): kind["support_status"] for kind in listed}
    assert types["os.nova.server", "1.0"] == "SUPPORTED since 2016.04"
    assert ("os.heat.stack", "1.0") in types and ("container.dockerinc.docker", "1.0") in types


def test_type_show_prints_the_schema_and_type_ops_the_operations(story):
    shown = story.cli.show("profile", "type", "show", SERVER)
    assert shown["name"] == SERVER and shown["schema"]["flavor"]["required"] is True
    operations = story.cli.show("profile", "type", "ops", SERVER)["operations"]
    assert {"type"} == operations["reboot"]["parameters"].keys()
    assert "Profile Type not found: nothing-1.0" in story.cli.run("profile", "type", "show", "nothing-1.0").stderr


def test_validate_reads_a_spec_and_stores_nothing(story):
    validated = story.cli.show("profile", "validate", "--spec-file", str(PROFILE_SPEC))
    assert (validated["id"], validated["name"], validated["type"]) == (None, "validated_profile", SERVER)
    assert "m1.small" in validated["spec"]
    spec = server_spec()
    spec["properties"]["bogus"] = 1
    refusal = story.cli.run("profile", "validate", "--spec-file", story.spec_file("bogus", spec))
    assert refusal.status != 0 and "Unrecognizable spec item 'bogus'" in refusal.stderr
    assert story.cli.show("profile", "list", "--filters", "name=validated_profile") == []


def test_create_stores_the_spec_with_metadata(story):
    create = ("profile", "create", "--spec-file", str(PROFILE_SPEC), "--metadata", "a=b;c=d", "cliprof-web")
    story.profile_id = story.cli.show(*create)["id"]
    shown = story.cli.show("profile", "show", "cliprof-web")
    assert (shown["id"], json.loads(shown["metadata"])) == (story.profile_id, {"a": "b", "c": "d"})
    assert "m1.small" in shown["spec"]
    assert "Profile not found: cliprof-nobody" in story.cli.run("profile", "show", "cliprof-nobody").stderr


def test_update_changes_name_and_metadata(story):
    updated = story.cli.show("profile", "update", "--name", "cliprof-new", "--metadata", "e=f", "cliprof-web")
    assert (updated["id"], updated["name"]) == (story.profile_id, "cliprof-new")
    assert json.loads(updated["metadata"]) == {"e": "f"}
    listed = story.cli.show("profile", "list", "--full-id", "--filters", "name=cliprof-new")
    assert [(profile["id"], profile["type"]) for profile in listed] == [(story.profile_id, SERVER)]
    assert story.alt.show("profile", "list") == []


def test_delete_tells_what_it_could_not_delete(story):
    deletion = story.cli.run("profile", "delete", "--force", "cliprof-new", "cliprof-nobody")
    assert deletion.status != 0 and "Failed to delete 1 of the 2 specified profile(s)." in deletion.stderr
    assert "The profile 'cliprof-nobody' could not be found." in deletion.stdout
    assert story.gone("Profile", "profile", "show", story.profile_id)
