"""Profiles and their types as openstacksdk sees them (spec api-resources D, E)."""

from __future__ import annotations

import pytest
from openstack import exceptions

from stories import SdkStory, refused
from support import server_spec

SERVER = "os.nova.server-1.0"


class Story(SdkStory):
    """What the steps hand on to each other."""

    profile = None


def test_the_types_are_listed_with_their_versions_and_support(story):
    types = {kind.name: kind for kind in story.api.profile_types()}
    assert {"container.dockerinc.docker", "os.heat.stack", "os.nova.server"} <= types.keys()
    (support,) = types["os.nova.server"].support_status["1.0"]
    assert support == {"status": "SUPPORTED", "since": "2016.04"}


def test_a_type_shows_its_schema(story):
    kind = story.api.get_profile_type(SERVER)
    assert kind.name == SERVER and "1.0" in kind.support_status
    flavor, networks = kind.schema["flavor"], kind.schema["networks"]
    assert (flavor["type"], flavor["required"], flavor["updatable"]) == ("String", True, True)
    assert (networks["type"], networks["required"]) == ("List", False)
    with pytest.raises(exceptions.NotFoundException, match="The profile_type 'os.nova.server-9.9' could not be found."):
        story.api.get_profile_type("os.nova.server-9.9")


def test_a_type_lists_its_operations(story):
    operations = story.api.list_profile_type_operations(SERVER)["operations"]
    assert {"reboot", "rebuild", "pause", "start", "stop"} <= operations.keys()
    reboot = operations["reboot"]["parameters"]["type"]
    assert reboot["default"] == "SOFT" and reboot["constraints"][0]["constraint"] == ["SOFT", "HARD"]
    refused(story.api.list_profile_type_operations("nothing-1.0"), 400, "The profile_type 'nothing-1.0' could not")


def test_validating_a_spec_stores_nothing(story):
    validated = story.api.validate_profile(spec=server_spec())
    assert (validated.id, validated.name, validated.type) == (None, "validated_profile", SERVER)
    assert validated.spec == server_spec()
    spec = server_spec()
    spec["properties"]["bogus"] = 1
    with pytest.raises(exceptions.BadRequestException, match="Unrecognizable spec item 'bogus'"):
        story.api.validate_profile(spec=spec)
    assert "validated_profile" not in {profile.name for profile in story.api.profiles()}


def test_a_profile_is_found_by_id_by_name_and_by_the_start_of_its_id(story):
    story.profile = story.api.create_profile(name="prof-web", spec=server_spec(), metadata={"a": "b"})
    assert story.profile.created_at and story.profile.updated_at is None
    for key in (story.profile.id, "prof-web", story.profile.id[:8]):
        found = story.api.find_profile(key)
        assert (found.id, found.metadata, found.spec) == (story.profile.id, {"a": "b"}, server_spec())
    assert story.api.find_profile("prof-nobody") is None
    with pytest.raises(exceptions.NotFoundException):
        story.api.find_profile("prof-nobody", ignore_missing=False)


def test_profiles_are_listed_by_name_by_type_and_in_order(story):
    story.api.create_profile(name="prof-api", spec=server_spec())

    def names(**query) -> list[str]:
        return [profile.name for profile in story.api.profiles(**query) if profile.name.startswith("prof-")]

    assert names(name="prof-api") == ["prof-api"]
    assert names(type=SERVER, sort="name:asc") == ["prof-api", "prof-web"]
    assert names(type=SERVER, sort="name:desc", limit=1) == ["prof-web", "prof-api"]
    assert names(type="os.heat.stack-1.0") == []
    assert [profile.name for profile in story.alt.profiles()] == []
    assert "prof-api" in {profile.name for profile in story.admin.profiles(global_project=True)}


def test_update_changes_name_and_metadata(story):
    updated = story.api.update_profile("prof-web", name="prof-renamed", metadata={"c": "d"})
    assert (updated.id, updated.name, updated.metadata) == (story.profile.id, "prof-renamed", {"c": "d"})
    shown = story.api.get_profile("prof-renamed")
    assert (shown.id, shown.metadata, shown.spec) == (story.profile.id, {"c": "d"}, server_spec())
    assert shown.updated_at
    with pytest.raises(exceptions.BadRequestException, match="No property needs an update."):
        story.api.update_profile(story.profile.id, name="prof-renamed")
    with pytest.raises(exceptions.NotFoundException):
        story.alt.update_profile(story.profile.id, name="prof-stolen")


def test_deleting_ends_in_not_found(story):
    with pytest.raises(exceptions.NotFoundException):
        story.alt.delete_profile(story.profile.id, ignore_missing=False)
    for name in ("prof-renamed", "prof-api"):
        story.api.delete_profile(name, ignore_missing=False)
        with pytest.raises(exceptions.NotFoundException, match=f"The profile '{name}' could not be found."):
            story.api.get_profile(name)
    assert story.api.delete_profile(story.profile.id) is None
    assert [profile.name for profile in story.api.profiles() if profile.name.startswith("prof-")] == []
