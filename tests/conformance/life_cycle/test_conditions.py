"""Conditional requests are judged by what the contract declares and RFC 9110 says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.life_cycle.test_life_cycle import checks, complaints, judged
from support.services import Shape, Things

_PATCHED = Shape(patch="application/merge-patch+json", location=True)


class Tagged(Things):
    """Things with entity tags and preconditions."""

    weak = ""
    required = False

    def contract(self) -> dict[str, Any]:
        contract = self.shape.contract()
        one = contract["paths"]["/things/{thingId}"]
        tag = {"ETag": {"schema": {"type": "string"}}}
        for method, name in (
            ("get", "If-None-Match"),
            ("patch", "If-Match"),
            ("delete", "If-Match"),
        ):
            required = self.required and name == "If-Match"
            header = {"name": name, "in": "header", "schema": {"type": "string"}}
            one[method]["parameters"] = [{**header, "required": required}]
            for response in one[method]["responses"].values():
                response["headers"] = tag
        one["get"]["responses"]["304"] = {"description": "", "headers": tag}
        contract["paths"]["/things"]["post"]["responses"]["201"]["headers"] |= tag
        return contract

    def tag(self, name: str) -> str:
        return f'{self.weak}"{hash(str(self.things[name])) & 0xFFFF}"'

    def one(self, method: str, name: str, value: Any) -> Any:
        if name not in self.things:
            return super().one(method, name, value)
        tag = self.tag(name)
        if method == "GET":
            wanted = self.received.get("If-None-Match", "")
            if wanted == "*" or tag.removeprefix("W/") in wanted:
                return 304, {"ETag": tag}, None
        else:
            wanted = self.received.get("If-Match", "")
            if wanted and wanted != "*" and (wanted != tag or self.weak):
                return 412, {}, {"message": "changed"}
            if self.required and not wanted:
                return 428, {}, {"message": "If-Match is required"}
        status, headers, shown = super().one(method, name, value)
        if name in self.things:
            headers = {**headers, "ETag": self.tag(name)}
        return status, headers, shown

    def create(self, value: Any) -> Any:
        status, headers, shown = super().create(value)
        return status, {**headers, "ETag": self.tag(shown["id"])} if shown else headers, shown


def run(folder: Path, service: Any) -> Any:
    return judged(folder, service, service.contract())


@pytest.mark.parametrize("members", [{}, {"weak": "W/"}, {"required": True}])
def test_right_preconditions_are_not_accused(tmp_path: Path, members: dict[str, Any]) -> None:
    found = run(tmp_path, type("Service", (Tagged,), members)(_PATCHED))
    assert complaints(found) == []
    assert "getThing-conditional-read" in checks(found)
    assert "changeThing-conditional-write" in checks(found)
    assert not any("not removed" in line for line in found.notes)


def test_a_resource_that_changes_by_itself_is_not_accused(tmp_path: Path) -> None:
    class Counting(Tagged):
        def one(self, method: str, name: str, value: Any) -> Any:
            if method == "GET" and name in self.things:
                self.things[name]["reads"] = self.things[name].get("reads", 0) + 1
            return super().one(method, name, value)

    shape = Shape(
        patch="application/merge-patch+json",
        thing={"a": {"type": "string"}, "reads": {"type": "integer", "readOnly": True}},
    )
    found = run(tmp_path, Counting(shape))
    assert complaints(found) == []
    assert any("changes without a write" in line for line in found.notes)


def test_a_tag_that_stays_when_the_body_changes_is_found(tmp_path: Path) -> None:
    class Staying(Tagged):
        def tag(self, name: str) -> str:
            return f'"{name}"'

    assert "changeThing-life-cycle: the ETag is the same as before the change" in complaints(
        run(tmp_path, Staying(_PATCHED))
    )


def test_a_precondition_that_is_ignored_is_found(tmp_path: Path) -> None:
    class Ignoring(Tagged):
        def one(self, method: str, name: str, value: Any) -> Any:
            self.received = {}
            return super().one(method, name, value)

    broken = {each.promise.check for each in run(tmp_path, Ignoring(_PATCHED)).findings}
    assert {"conditional-read", "conditional-write"} <= broken
