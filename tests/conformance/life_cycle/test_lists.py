"""Wrong lists are found, right ones are not accused, whatever leads from page to page."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from conformance.life_cycle.test_life_cycle import checks, complaints, judged
from support.services import Query, Shape, Things

_CURSOR = Shape(array="items", pager="cursor")
_PAGERS = {
    "cursor": _CURSOR,
    "link": Shape(array="items", pager="link"),
    "header": Shape(pager="header"),
    "offset": Shape(pager="offset"),
    "page": Shape(array="data", pager="page"),
}
Page = tuple[list[str], str | None]


class Busy(Things):
    """Many things of others are in the list, and others write all the time."""

    others = 0
    writes = False

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        for number in range(self.others):
            name = f"t{number * 104_729 % 99_991:05}o"
            self.things[name] = {shape.member: name, "a": "theirs"}

    def list(self, query: Query) -> Any:
        if self.writes:
            theirs = [name for name in self.things if name.endswith("o")]
            if len(theirs) > self.others:
                del self.things[theirs[0]]
            name = f"t{random.randrange(99_999):05}o"
            self.things[name] = {self.shape.member: name, "a": "theirs"}
        return super().list(query)


@pytest.mark.parametrize("kind", _PAGERS)
def test_a_right_list_is_walked_in_pages_and_not_accused(
    tmp_path: Path, everything: bool, kind: str
) -> None:
    for others in (0, 150) if everything else (50,) if kind == "cursor" else (0,):
        service = type("Service", (Busy,), {"others": others})(_PAGERS[kind])
        run = judged(tmp_path, service)
        assert complaints(run) == []
        assert {"listThings-list", "listThings-paging"} <= checks(run)
        assert [line for line in run.notes if "left out" not in line] == []
        assert run.requests < 320


def test_a_right_list_is_not_accused_while_others_write(tmp_path: Path, everything: bool) -> None:
    for kind in _PAGERS if everything else ("cursor", "offset"):
        service = type("Service", (Busy,), {"others": 20, "writes": True})(_PAGERS[kind])
        assert complaints(judged(tmp_path, service)) == []


def last_item_lost(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    page, following = Things.page(self, names, query, limit)
    again = dict(query)
    if self.shape.pager == "offset":
        again["offset"] = str(int(query.get("offset", 0)) + (limit or 0))
    elif self.shape.pager == "page":
        again["page"] = str(int(query.get("page", 1)) + 1)
    elif following is not None:
        again["cursor"] = following
    has_successor = again != query and bool(Things.page(self, names, again, limit)[0])
    return (page[:-1] if has_successor else page), following


def first_item_repeated(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    page, following = Things.page(self, names, query, limit)
    before = [name for name in names if page and name < page[0]]
    return ([before[-1], *page[: (limit or 1) - 1]] if before and page else page), following


def one_always_lost(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    return Things.page(self, [name for name in names if name != names[-1]], query, limit)


def too_long(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    return Things.page(self, names, query, (limit or 0) + 1)


def position_ignored(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    kept = {key: value for key, value in query.items() if key == "limit"}
    return Things.page(self, names, kept, limit)


def no_order(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    if self.shape.pager in ("offset", "page"):
        mixed = random.sample(names, len(names))
        return Things.page(self, mixed, query, limit)
    page, following = Things.page(self, names, query, limit)
    return page, random.choice(names) if following else None


def last_leads_to_itself(self: Things, names: list[str], query: Query, limit: int | None) -> Page:
    page, following = Things.page(self, names, query, limit)
    return page, following or query.get("cursor") or (names[-1] if names else None)


_WRONG = (last_item_lost, one_always_lost, too_long, position_ignored, no_order)


@pytest.mark.parametrize("wrong", _WRONG, ids=lambda each: each.__name__)
def test_a_wrong_list_is_found(tmp_path: Path, everything: bool, wrong: Any) -> None:
    usual = ("cursor", "offset") if wrong is last_item_lost else ("cursor",)
    for kind in _PAGERS if everything else usual:
        service = type("Service", (Things,), {"page": wrong})(_PAGERS[kind])
        found = {each.promise.check for each in judged(tmp_path, service).findings}
        assert {"list", "paging"} & found, kind


@pytest.mark.parametrize("wrong", [first_item_repeated, last_leads_to_itself])
def test_a_repeated_item_and_a_last_page_that_leads_on_are_found(
    tmp_path: Path, wrong: Any
) -> None:
    service = type("Service", (Things,), {"page": wrong})(_CURSOR)
    assert {"list", "paging"} & {each.promise.check for each in judged(tmp_path, service).findings}


@pytest.mark.parametrize(("others", "writes"), [(20, True), (300, False)])
def test_the_lost_last_item_of_each_page_is_found_among_others(
    tmp_path: Path, others: int, writes: bool
) -> None:
    members = {"others": others, "writes": writes, "page": last_item_lost}
    service = type("Service", (Busy,), members)(_CURSOR)
    assert any("is missing" in each for each in complaints(judged(tmp_path, service)))


def test_enough_is_created_for_three_of_the_smallest_pages(tmp_path: Path) -> None:
    shape = Shape(array="items", pager="cursor", limit={"minimum": 10, "maximum": 50})
    service = type("Service", (Things,), {"page": last_item_lost})(shape)
    assert complaints(judged(tmp_path, service))
    assert service.count >= 21


def test_a_page_number_without_a_first_value_is_not_guessed(tmp_path: Path) -> None:
    contract = _PAGERS["page"].contract()
    (page,) = (
        each for each in contract["paths"]["/things"]["get"]["parameters"] if each["name"] == "page"
    )
    del page["schema"]["minimum"]
    run = judged(tmp_path, Things(_PAGERS["page"]), contract)
    assert complaints(run) == []
    assert any("declare a `minimum` or a `default` for page" in line for line in run.notes)
    assert "listThings-paging" not in checks(run)
