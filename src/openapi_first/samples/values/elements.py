"""Arrays for the keywords of a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openapi_first.samples.values.json_equality import comparable
from openapi_first.samples.values.streams import Stream, Values

_MOST = 10_000
_LONGER = 4
_VARIATIONS = 200
_TRIES = 50


class Elements:
    """The elements that arrays may have, by the schemas that apply together. `opposite` wraps a
    schema in `not`, and returns the same object each time."""

    def __init__(
        self,
        leaves: Sequence[dict[str, Any]],
        values: Values,
        opposite: Callable[[Any], Any],
    ) -> None:
        self._leaves = leaves
        self._values = values
        self._opposite = opposite
        self._contains = [each for each in leaves if "contains" in each]
        self._unique = any(each.get("uniqueItems") is True for each in leaves)
        self._streams: dict[tuple[object, ...], Stream] = {}

    def arrays(self) -> Iterator[list[Any]]:
        """The shortest array that is found, longer ones, and some with other values."""
        fewest = [each.get("minItems", 0) for each in self._leaves]
        least = int(max([0] + fewest + [each.get("minContains", 1) for each in self._contains]))
        most = int(
            min([each["maxItems"] for each in self._leaves if "maxItems" in each] or [_MOST])
        )
        lengths = [*range(least, min(most, least + _LONGER) + 1)]
        needed = sum(int(each.get("minContains", 1)) for each in self._contains)
        if least < needed <= min(most, _MOST):
            lengths.append(needed)
        made = []
        for length in lengths if least <= _MOST else ():
            found = self._array(length)
            if found is None:
                if not self._contains and not self._unique:
                    break  # a longer one has the same elements
                continue
            yield found
            made.append(found)
        if made and not made[0]:
            made.pop(0)
        for array in made[:2]:
            yield from self._varied(array)

    def _array(self, length: int) -> list[Any] | None:
        found: list[Any] = []
        taken: set[str] = set()
        used: dict[Stream, int] = {}
        for position, schemas in enumerate(self._assigned(length)):
            value = self._next(schemas, position, taken, used)
            if value is None:
                return None
            found.append(value[0])
        return found

    def _assigned(self, length: int) -> list[tuple[Any, ...]]:
        """The schemas of each element. Those of `contains` go to the last elements, and some of
        them share one if there are not enough; the others must not match it once there are
        `maxContains`."""
        extra: list[list[Any]] = [[] for _ in range(length)]
        end = length
        for each in self._contains:
            wanted = int(each.get("minContains", 1))
            chosen = [index % length for index in range(end - wanted, end)] if length else []
            end = (end - wanted) % length if length else 0
            for index in range(length):
                if index in chosen:
                    extra[index].append(each["contains"])
                elif "maxContains" in each:
                    extra[index].append(self._opposite(each["contains"]))
        return [(*self.schemas_of(index), *extra[index]) for index in range(length)]

    def schemas_of(self, index: int) -> tuple[Any, ...]:
        found: list[Any] = []
        evaluated = False
        for each in self._leaves:
            prefix = each.get("prefixItems", ())
            if index < len(prefix):
                found.append(prefix[index])
                evaluated = True
            elif "items" in each:
                found.append(each["items"])
                evaluated = True
        if not evaluated and not self._contains:
            found.extend(
                each["unevaluatedItems"] for each in self._leaves if "unevaluatedItems" in each
            )
        return tuple(found)

    def _next(
        self,
        schemas: tuple[Any, ...],
        position: int,
        taken: set[str],
        used: dict[Stream, int],
    ) -> tuple[Any] | None:
        """A value for the position; of unique ones, the first of its stream that is not taken."""
        if False in [each for each in schemas if isinstance(each, bool)]:
            return None
        stream = self._stream(schemas, position)
        if not self._unique:
            return stream.first()
        first = used.get(stream, 0)
        for index in range(first, first + len(taken) + _TRIES):
            value = stream.at(index)
            if value is None:
                return None
            key = comparable(value[0])
            if key not in taken:
                taken.add(key)
                used[stream] = index + 1
                return value
        return None

    def _stream(self, schemas: tuple[Any, ...], position: int) -> Stream:
        key = tuple(map(id, schemas))
        if key not in self._streams:
            self._streams[key] = Stream(self._values(schemas, (position,)))
        return self._streams[key]

    def _varied(self, array: list[Any]) -> Iterator[list[Any]]:
        assigned = self._assigned(len(array))
        for index in range(1, _VARIATIONS):
            changed = False
            for position in range(min(len(array), _LONGER)):
                value = self._stream(assigned[position], position).at(index)
                if value is not None:
                    changed = True
                    yield [*array[:position], value[0], *array[position + 1 :]]
            if not changed:
                return
