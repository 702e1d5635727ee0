"""Each path gets a resource that API Gateway accepts, the same one every time."""

from __future__ import annotations

import pytest

from openapi_first.aws.names import PATH_SEGMENT
from openapi_first.resources.templates import templates_of

RESOURCES = {
    "one name": (["/a/{id}", "/a/{id}/b"], ["/a/{id}", "/a/{id}/b"]),
    "two names at one place": (["/a/{id}", "/a/{name}/b"], ["/a/{id}", "/a/{id}/b"]),
    "names that swap their places": (
        ["/a/{x}/{y}", "/a/{y}/{x}/b"],
        ["/a/{x}/{y}", "/a/{x}/{y}/b"],
    ),
    "a name that is taken above": (["/a/{x}", "/a/{y}/{x}"], ["/a/{x}", "/a/{x}/{x_2}"]),
    "another path's name that is free": (
        ["/a/{x}", "/a/{y}/{x}", "/a/{x}/{z}/b"],
        ["/a/{x}", "/a/{x}/{z}", "/a/{x}/{z}/b"],
    ),
    "a greedy variable of two names": (["/a/{p+}", "/a/{q+}"], ["/a/{p+}", "/a/{p+}"]),
    "a variable beside a greedy one": (
        ["/a/{id}", "/a/{id}/b/{c}", "/a/{proxy+}", "/a/b"],
        ["/a/{proxy+}", "/a/{proxy+}", "/a/{proxy+}", "/a/b"],
    ),
    "something after a greedy variable": (["/{p+}/more"], ["/{p+}"]),
    "a suffix": (["/a/{id}.json"], ["/a/{id_json}"]),
    "a suffix beside a variable": (["/a/{id}.json", "/a/{key}"], ["/a/{key}", "/a/{key}"]),
    "an action": (["/a/{id}:cancel"], ["/a/{id_cancel}"]),
    "two variables": (["/a/{x}...{y}", "/b/{x},{y}"], ["/a/{x_y}", "/b/{x_y}"]),
    "literal characters": (["/@me/a", "/a~b"], ["/{me}/a", "/{me}"]),
    "percent and letters": (["/a%20b", "/ü"], ["/{a_b}", "/{a_b}"]),
    "nothing to name it by": (["/~"], ["/{segment}"]),
    "a name that no variable can have": (["/{pet id}", "/a/{b$}"], ["/{pet_id}", "/a/{b}"]),
    "a trailing slash": (["/a/", "/"], ["/a", "/"]),
}


@pytest.mark.parametrize("name", RESOURCES)
def test_a_path_has_a_resource(name: str) -> None:
    paths, resources = RESOURCES[name]
    found = templates_of(paths)
    assert [found[path].resource for path in paths] == resources
    for resource in resources:
        assert all(map(PATH_SEGMENT.fullmatch, filter(None, resource.split("/"))))


def test_a_path_at_the_end_renames_no_variable() -> None:
    paths = ["/a/{x}", "/a/{y}/b/{z}", "/c/{d}.json"]
    before = templates_of(paths)
    after = templates_of([*paths, "/a/{other}/b/{more}", "/e/{x}"])
    assert all(before[path] == after[path] for path in paths)


def test_the_path_of_an_own_integration_names_the_variable() -> None:
    assert templates_of(["/a/{x}", "/a/{y}/b"], {"/a/{y}/b"})["/a/{x}"].resource == "/a/{y}"


def test_a_path_may_be_as_long_as_a_document() -> None:
    path = "/{x}~" + "/a" * 20_000
    assert templates_of([path])[path].resource == "/{x}" + "/a" * 20_000
