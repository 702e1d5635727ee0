"""Objects for the keywords of a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from openapi_first.samples.values.streams import Stream, Values

EXTRA = "x_unknown_member"
"""A name that no schema has."""

_MOST = 2_000
_VARIATIONS = 40
_SPARE = 50


class Members:
    """The members that objects may have, by the schemas that apply together."""

    def __init__(
        self,
        leaves: Sequence[dict[str, Any]],
        values: Values,
        matches: Callable[[dict[str, Any], str], bool],
        written: Callable[[str], Iterator[str]],
    ) -> None:
        self._leaves = leaves
        self._values = values
        self._matches = matches
        self._written = written
        self._streams: dict[str, Stream | None] = {}

    def objects(self) -> Iterator[dict[str, Any]]:
        """Objects with the required members and as many more as it takes, then with more, and with
        other values."""
        least = int(max((each.get("minProperties", 0) for each in self._leaves), default=0))
        most = int(
            min(each["maxProperties"] for each in self._leaves if "maxProperties" in each)
            if any("maxProperties" in each for each in self._leaves)
            else _MOST
        )
        required = [name for each in self._leaves for name in each.get("required", ())]
        base = self._with({}, required)
        if base is None or least > _MOST or len(base) > most:
            return
        optional = [name for name in self._known() if name not in base]
        base = self._filled(base, optional, least, most)
        if base is None:
            return
        yield base
        full = base
        for name in optional:
            further = self._with(full, [name])
            if further is not None and len(further) <= most:
                full = further
        if len(full) > len(base):
            yield full
        for name in optional:
            one = self._with(base, [name])
            if one is not None and len(base) < len(one) <= most:
                yield one
        yield from self._other_names(least, most, required)
        yield from self._other_values(full, base)

    def _with(self, base: dict[str, Any], names: Sequence[str]) -> dict[str, Any] | None:
        """The object with these members and those that they require; None if one has no value."""
        found, queue = dict(base), list(reversed(names))
        while queue:
            name = queue.pop()
            if name in found:
                continue
            stream = self._stream(name)
            first = stream.first() if stream is not None else None
            if first is None:
                return None
            found[name] = first[0]
            for each in self._leaves:
                for key in ("dependentRequired", "dependencies"):
                    needed = each.get(key, {}).get(name, ())
                    queue.extend(needed if isinstance(needed, list) else ())
        return found

    def _filled(
        self, base: dict[str, Any], optional: Sequence[str], least: int, most: int
    ) -> dict[str, Any] | None:
        found = base
        for names in (optional, self._invented(least)):
            for name in names if len(found) < least else ():
                further = self._with(found, [name])
                if further is not None and len(further) <= most:
                    found = further
                if len(found) >= least:
                    break
        return found if len(found) >= least else None

    def _other_names(
        self, least: int, most: int, required: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """Objects with members that no schema names."""
        base = self._with({}, required) or {}
        for name in islice(self._invented(least), 4):
            one = self._with(base, [name])
            if one is not None and least <= len(one) <= most:
                yield one

    def _other_values(self, full: dict[str, Any], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for index in range(1, _VARIATIONS * 25):
            changed = False
            for name in full:
                stream = self._streams.get(name)
                value = stream.at(index) if stream is not None else None
                if value is not None:
                    changed = True
                    yield {**(base if name in base else full), name: value[0]}
            if not changed:
                return

    def _known(self) -> dict[str, None]:
        found: dict[str, None] = {}
        for each in self._leaves:
            found.update(dict.fromkeys(each.get("properties", ())))
            for key in ("dependentRequired", "dependencies"):
                for needed in each.get(key, {}).values():
                    found.update(dict.fromkeys(needed if isinstance(needed, list) else ()))
        return found

    def _invented(self, least: int) -> Iterator[str]:
        named = [each["propertyNames"] for each in self._leaves if "propertyNames" in each]
        patterns = dict.fromkeys(
            pattern for each in self._leaves for pattern in each.get("patternProperties", ())
        )
        if named:
            plain = (EXTRA, *(f"property{number}" for number in range(1, 4)))
            for pattern in patterns:
                yield from islice(
                    self._values((*named, {"type": "string", "pattern": pattern}), ()), 200
                )
            yield from islice(self._values((*named, {"type": "string"}), ()), _MOST)
            yield from plain
            return
        for pattern in patterns:
            yield from islice(self._written(pattern), 50)
        yield from (f"property{number}" for number in range(1, least + _SPARE))

    def _stream(self, name: str) -> Stream | None:
        if name not in self._streams:
            schemas = self.schemas_of(name)
            self._streams[name] = (
                None if schemas is None else Stream(self._values(schemas, (name,)))
            )
        return self._streams[name]

    def schemas_of(self, name: str) -> tuple[Any, ...] | None:
        """The schemas of a member; None if it may not be there."""
        found: list[Any] = []
        evaluated = False
        for each in self._leaves:
            own = []
            if name in each.get("properties", {}):
                own.append(each["properties"][name])
            for pattern, schema in each.get("patternProperties", {}).items():
                if self._matches({"pattern": pattern}, name):
                    own.append(schema)
            if not own and "additionalProperties" in each:
                own.append(each["additionalProperties"])
            evaluated = evaluated or bool(own)
            found.extend(own)
            if "propertyNames" in each and not self._matches(each["propertyNames"], name):
                return None
        if not evaluated:
            found.extend(
                each["unevaluatedProperties"]
                for each in self._leaves
                if "unevaluatedProperties" in each
            )
        return None if False in [each for each in found if isinstance(each, bool)] else tuple(found)
