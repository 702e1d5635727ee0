"""Walks through lists of what a run cannot create, and reads an item of them.

Walks in small pages alternate with walks in large ones. An item that both walks in one size have
found, and the walk between them in the other size has not, is lost. Others may write meanwhile:
nothing counts unless both walks in one size have found the same items.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from openapi_first.conformance.judging.checks import PAGING
from openapi_first.conformance.life_cycle.conditional_reads import check_conditional_read
from openapi_first.conformance.life_cycle.links import follow_to_first_item
from openapi_first.conformance.life_cycle.lists import checked_again, missing, page_sizes
from openapi_first.conformance.life_cycle.walks import Walk, Walker
from openapi_first.conformance.model.run import Exchange, Phase
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.roles.collections import UNCHECKED, Collection
from openapi_first.conformance.roles.pagers import Values
from openapi_first.openapi.path_templates import path_variables

_USUAL_MOST = 10
_MOST_LARGE_PAGES = 12
_MOST_MEMBERS = 4


class Browsing:
    """The checks of one collection."""

    def __init__(self, steps: Steps, collection: Collection) -> None:
        self._steps = steps
        self._listing = collection.listing
        self._read = collection.read

    def walk(self) -> None:
        """Each part is judged by itself. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        steps, listing = self._steps, self._listing
        if not steps.reaches(listing.operation):
            return
        first = steps.ask(listing.operation, "list")
        if not succeeded(first):
            line = f"its pages were not checked, since it answers {first.response.status}"
            steps.note(listing.operation, f"{line}; give its parameters examples of a list")
            return
        walker = None
        with self._part("an item"):
            for link in listing.item_links:
                follow_to_first_item(steps, listing.operation, link)
            walker = self._walker(first)
        if walker is None:
            return
        with self._part("conditional reads"):
            self._read_an_item(walker, first)
        with self._part("pages"):
            self._check_pages(walker)

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self._steps.part(self._listing.operation, f"{Phase.LIFE_CYCLE.value}: {name}")

    def _walker(self, first: Exchange) -> Walker | None:
        """None if nothing proves how items are identified: by the contract, or by a read that shows
        the member whose value is in its path."""
        listing = self._listing
        pointers = listing.identified(())
        if pointers is not None:
            return Walker(self._steps, listing, pointers, None)
        item = next(iter(Walker(self._steps, listing, {}, None).items(first)), None)
        shown_item = item if isinstance(item, dict) else {}
        for name in listing.members[:_MOST_MEMBERS]:
            value = shown_item.get(name)
            if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
                continue
            variables = {listing.variables[0]: str(value)}
            shown = json_body(self._ask_for(variables, first, "read an item"))
            if isinstance(shown, dict) and shown.get(name) == value:
                pointers = listing.identified([(variables, {name: value})])
            if pointers is not None:
                return Walker(self._steps, listing, pointers, None)
        if item is not None:
            gap = replace(listing.no_identity, unchecked=UNCHECKED)
            self._steps.conversation.notes[gap.note] += 1
        return None

    def _ask_for(self, variables: dict[str, str], listed: Exchange, title: str) -> Exchange:
        return self._steps.ask(self._read, title, values=self._values(variables, listed))

    def _values(self, variables: dict[str, str], listed: Exchange) -> Values:
        """The path variables of an item: its own, and those of the list."""
        outer = path_variables(self._listing.operation.path, listed.case.request.target) or {}
        both = {**{name: unquote(value) for name, value in outer.items()}, **variables}
        return {("path", name): value for name, value in both.items()}

    def _read_an_item(self, walker: Walker, first: Exchange) -> None:
        key = next((each for each in walker.keys(first) if each is not None), None)
        if key is None:
            return
        variables = dict(zip(walker.names, key, strict=True))
        read = self._ask_for(variables, first, "read an item")
        if succeeded(read):
            values = self._values(variables, first)
            check_conditional_read(self._steps, self._read, read, values=values)

    def _check_pages(self, walker: Walker) -> None:
        listing, size = self._listing, self._listing.page_size
        total = len(walker.walk(self._large, _MOST_LARGE_PAGES).items)
        sizes = page_sizes(size, total)
        if listing.pager is None and size is not None:
            sizes = [(size.least, 1)]
        most_pages = 0
        for each, most in sizes:
            check = partial(self._checked, walker, each, most)
            walk, complaint = checked_again(check)
            most_pages = max(most_pages, walk.pages)
            self._steps.record(PAGING, listing.operation, walk.last, complaint)
            if complaint is not None:
                return
        if most_pages < 2 and listing.pager is not None:
            line = f"{total} items made a single page, so its pages were not checked"
            self._steps.note(listing.operation, line)

    def _checked(self, walker: Walker, size: int | None, most: int) -> tuple[Walk, str | None]:
        """The walk that is wrong, and how; else one in small pages."""
        walks = [
            walker.walk(each, pages)
            for _ in range(2)
            for each, pages in ((self._large, _MOST_LARGE_PAGES), (size, most))
        ]
        for walk in walks:
            if walk.error is not None:
                return walk, walk.error
        if any(
            set(one.items) != set(other.items) for one, other in zip(walks, walks[2:], strict=False)
        ):
            line = "other clients write, which moves items, so its pages were not compared"
            self._steps.note(self._listing.operation, line)
            return walks[1], None
        for walk in walks:
            if len(walk.items) != len(set(walk.items)):
                return walk, f"{walk.title}, an item occurs twice"
        for before, middle, after in zip(walks, walks[1:], walks[2:], strict=False):
            lost = missing(before, middle, after) if self._listing.pager is not None else None
            if lost is not None:
                return middle, (
                    f"{middle.title}, an item is missing that is there {before.title} before and "
                    f"after: {'/'.join(lost)}"
                )
        return walks[1], None

    @property
    def _large(self) -> int | None:
        """The largest page that the contract allows. Without a `maximum` the service may return
        fewer items than asked for, and a client that counts would skip some."""
        size, pager = self._listing.page_size, self._listing.pager
        if size is None or size.declared_most is not None or pager is None or not pager.positional:
            return size.declared_most if size is not None else None
        return max(size.least, _USUAL_MOST)
