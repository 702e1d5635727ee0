"""Lists of read-only APIs: wrong ones are found, right ones are not accused."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from conformance.life_cycle.test_life_cycle import checks, complaints, judged
from conformance.life_cycle.test_lists import (
    Page,
    first_item_repeated,
    last_item_lost,
    position_ignored,
    too_long,
)
from openapi_first.conformance.model.run import Phase
from support.services import Query, Shape, Things

_TAG = {"ETag": {"schema": {"type": "string"}}}
_PAGERS = {
    "cursor": Shape(array="items", pager="cursor"),
    "link": Shape(array="items", pager="link"),
    "offset": Shape(pager="offset"),
    "page": Shape(array="data", pager="page", limit={"minimum": 1, "maximum": 10}),
}


def read_only(shape: Shape) -> dict[str, Any]:
    """The contract of the shape without what writes; items have entity tags."""
    contract = shape.contract()
    for path in contract["paths"].values():
        for method in ("post", "delete", "patch"):
            path.pop(method, None)
    read = contract["paths"][f"/things/{{{shape.variable}}}"]["get"]
    tags = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    read["parameters"] = [tags]
    read["responses"]["200"]["headers"] = _TAG
    read["responses"]["304"] = {"description": "", "headers": _TAG}
    return contract


class Shelf(Things):
    """Eleven things that nobody has created over HTTP."""

    count_of_things = 11

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        for number in range(self.count_of_things):
            self.add({"a": f"{number}"})

    def one(self, method: str, name: str, value: Any) -> Any:
        status, headers, shown = super().one(method, name, value)
        if status != 200:
            return status, headers, shown
        tag = self.tag(name)
        written = self.received.get("If-None-Match", "")
        if self.is_current(tag, [each.strip() for each in written.split(",")]):
            return 304, {"ETag": tag}, None
        return 200, {"ETag": tag}, shown

    def tag(self, name: str) -> str:
        return f'"{name}"'

    def is_current(self, tag: str, named: list[str]) -> bool:
        return "*" in named or tag in [each.removeprefix("W/") for each in named]


def end_lost(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    page, following = Things.page(self, names, query, limit)
    return (page[:-1] if len(page) < (limit or 0) else page), following


def next_lost(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    return Things.page(self, names, query, limit)[0], None


@pytest.mark.parametrize("kind", _PAGERS)
def test_a_right_list_of_what_nobody_creates_is_walked_and_not_accused(
    tmp_path: Path, everything: bool, kind: str
) -> None:
    for count in (0, 1, 11, 300) if everything else (11,):
        service = type("Service", (Shelf,), {"count_of_things": count})(_PAGERS[kind])
        run = judged(tmp_path, service, read_only(service.shape))
        assert complaints(run) == []
        assert "listThings-paging" in checks(run) or not count
        assert "getThing-conditional-read" in checks(run) or not count
        assert run.requests < 420


@pytest.mark.parametrize(
    "wrong",
    [last_item_lost, end_lost, next_lost, first_item_repeated, too_long, position_ignored],
    ids=lambda each: each.__name__,
)
def test_a_wrong_list_of_what_nobody_creates_is_found(tmp_path: Path, wrong: Any) -> None:
    shape = Shape(array="items", pager="cursor", limit={"minimum": 1, "maximum": 10})
    service = type("Service", (Shelf,), {"page": wrong})(shape)
    run = judged(tmp_path, service, read_only(shape))
    assert {each.promise.id for each in run.findings} == {"listThings-paging"}


def test_a_list_that_others_write_to_is_not_accused(tmp_path: Path) -> None:
    class Moving(Shelf):
        def list(self, query: Query) -> Any:
            del self.things[random.choice(list(self.things))]
            self.add({"a": "new"})
            return super().list(query)

    for shape in (_PAGERS["page"], _PAGERS["cursor"]):
        run = judged(tmp_path, Moving(shape), read_only(shape))
        assert complaints(run) == []
        assert any("other clients write" in line for line in run.notes)


def test_numbered_pages_that_lead_on_behind_the_end_are_found(tmp_path: Path) -> None:
    contract = read_only(_PAGERS["page"])
    listing = contract["paths"]["/things"]["get"]
    page = listing["responses"]["200"]["content"]["application/json"]["schema"]
    page["properties"]["next_page"] = {"type": "integer"}

    class Endless(Shelf):
        def list(self, query: Query) -> Any:
            status, headers, shown = super().list(query)
            if status == 200:
                shown["next_page"] = int(query.get("page", 1)) + 1
            return status, headers, shown

    run = judged(tmp_path, Endless(_PAGERS["page"]), contract)
    assert any("empty pages in a row lead on" in each for each in complaints(run))


def test_a_repeated_item_of_a_list_without_pages_is_found(tmp_path: Path) -> None:
    class Repeating(Shelf):
        def order(self) -> list[str]:
            found = super().order()
            return [*found, found[0]]

    run = judged(tmp_path, Repeating(Shape()), read_only(Shape()))
    assert complaints(run) == ["listThings-paging: in pages, an item occurs twice"]


def test_an_item_that_no_member_identifies_is_a_note(tmp_path: Path) -> None:
    class Nameless(Shelf):
        def item(self, thing: dict[str, Any]) -> Any:
            return {"a": thing["a"]}

    shape = Shape(item={"type": "object", "properties": {"a": {"type": "string"}}})
    run = judged(tmp_path, Nameless(shape), read_only(shape))
    assert complaints(run) == []
    assert any("not checked whether its pages lose" in line for line in run.notes)


def test_a_list_that_needs_what_nobody_knows_is_a_note(tmp_path: Path) -> None:
    class Refusing(Shelf):
        def list(self, query: Query) -> Any:
            return 404, {}, {"message": "no such shelf"}

    run = judged(tmp_path, Refusing(Shape()), read_only(Shape()))
    assert complaints(run) == []
    assert any("since it answers 404" in line for line in run.notes)


class Ignoring(Shelf):
    def is_current(self, tag: str, named: list[str]) -> bool:
        return False


class Unchanged(Shelf):
    def is_current(self, tag: str, named: list[str]) -> bool:
        return named != [""]


class Unstable(Shelf):
    def tag(self, name: str) -> str:
        self.count += 1
        return f'"{self.count}"'


@pytest.mark.parametrize("wrong", [Ignoring, Unchanged, Unstable])
def test_wrong_conditional_reads_of_what_nobody_creates_are_found(
    tmp_path: Path, wrong: type[Shelf]
) -> None:
    run = judged(tmp_path, wrong(Shape()), read_only(Shape()))
    assert {each.promise.id for each in run.findings} == {"getThing-conditional-read"}


def test_a_304_whose_entity_tag_the_client_has_not_named_is_found_in_any_phase(
    tmp_path: Path,
) -> None:
    contract = read_only(Shape())
    read = contract["paths"]["/things/{thingId}"]["get"]
    read["parameters"][0]["schema"]["enum"] = ['"mine", W/"older"']
    del contract["paths"]["/things"]

    class Any304(Shelf):
        def one(self, method: str, name: str, value: Any) -> Any:
            return 304, {"ETag": self.other}, None

        other = '"theirs"'

    for tag, expected in (('"theirs"', True), ('W/"mine"', False), ('"older"', False)):
        service = type("Service", (Any304,), {"other": tag})(Shape())
        run = judged(tmp_path, service, contract, phases=frozenset({Phase.BOUNDARY}))
        found = {each.promise.id for each in run.findings}
        assert ("getThing-conditional-read" in found) is expected
