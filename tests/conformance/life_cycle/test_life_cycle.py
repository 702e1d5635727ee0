"""Right services of many shapes are accused of nothing; what is not checked is noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from openapi_first.conformance.model.run import Options, Phase, Run
from openapi_first.conformance.session import replay
from openapi_first.openapi.loader import load
from support.documents import written
from support.services import Shape, Things, answering

LIFE_CYCLE = frozenset({Phase.LIFE_CYCLE})
_MERGE = "application/merge-patch+json"


def judged(folder: Path, service: Any, contract: dict[str, Any] | None = None, **more: Any) -> Run:
    """The life cycles of a run against a service, or other `phases`."""
    loaded = load(written(folder, contract or service.shape.contract()))
    with answering(service) as url:
        return replay(loaded, Options(url, **{"phases": LIFE_CYCLE, **more}))


def checks(run: Run) -> set[str]:
    return {each.promise.id for each in run.verdicts if each.judged}


def complaints(run: Run) -> list[str]:
    return [f"{each.promise.id}: {each.detail}" for each in run.findings]


_SHAPES = (
    Shape(),
    Shape(location=False),
    Shape(member="slug", array="data"),
    Shape(location=False, link=True),
    Shape(member="thing_id", location=False),
    Shape(member="uuid", array="items"),
    Shape(variable="id", member="reference"),
    Shape(member="reference", location=False),
    Shape(created_body=False),
    Shape(status=200),
    Shape(thing={"a": {"type": "string"}, "id": {"type": "string"}}, member="key"),
)


def test_an_item_is_found_in_its_list_whatever_identifies_it(
    tmp_path: Path, everything: bool
) -> None:
    for shape in _SHAPES if everything else _SHAPES[:6]:
        service = Things(shape)
        run = judged(tmp_path, service)
        assert complaints(run) == [], shape
        assert [line for line in run.notes if "left out" not in line] == [], shape
        assert {"listThings-list", "getThing-life-cycle", "removeThing-removed"} <= checks(run)
        assert service.things == {}


@pytest.mark.parametrize(
    ("shape", "note"),
    [
        (Shape(item={"type": "object", "properties": {"a": {"type": "string"}}}), "add a link"),
        (Shape(item={"type": "string"}), "which array holds the items; add a link from it to get"),
        (Shape(status=200, location=False), "declare 201 for its success, or a link from it to"),
        (Shape(location=False, created_body=False), "declare a Location header for its 201"),
    ],
)
def test_without_evidence_a_note_says_what_to_add(tmp_path: Path, shape: Shape, note: str) -> None:
    class Service(Things):
        def item(self, thing: dict[str, Any]) -> Any:
            return {"a": thing["a"]} if (shape.item or {}).get("properties") else thing["a"]

    run = judged(tmp_path, Service(shape) if shape.item else Things(shape))
    assert complaints(run) == []
    assert any(note in line for line in run.notes), run.notes
    assert "listThings-list" not in checks(run)


def test_a_required_filter_may_leave_out_what_was_created(tmp_path: Path) -> None:
    class Service(Things):
        def order(self) -> list[str]:
            return []

    status = {"name": "status", "in": "query", "required": True, "schema": {"type": "string"}}
    run = judged(tmp_path, Service(Shape(parameters=(status,))))
    assert complaints(run) == []
    assert any("status may leave something out" in line for line in run.notes)


def test_what_an_action_links_to_is_left_alone(tmp_path: Path) -> None:
    """A login leads to a user, and a search to things: neither has created it."""
    contract = Shape(location=False, link=True).contract()
    owner = {"thingId": "$response.body#/owner"}
    for path, status in (("/login", "200"), ("/orders", "201")):
        contract["paths"][path] = {
            "post": {
                "operationId": path[1:],
                "responses": {
                    status: {
                        "description": "",
                        "links": {"owner": {"operationId": "getThing", "parameters": owner}},
                    }
                },
            }
        }

    class Service(Things):
        def answer(self, method: str, target: str, body: bytes) -> Any:
            if target in ("/login", "/orders"):
                return (200 if target == "/login" else 201), {}, {"owner": "theirs"}
            return super().answer(method, target, body)

    service = Service(Shape(location=False, link=True))
    service.things["theirs"] = {"id": "theirs", "a": "x"}
    run = judged(tmp_path, service, contract)
    assert service.things.keys() == {"theirs"}
    assert service.removed.count("theirs") == 0
    assert not any(each.promise.check == "life-cycle" for each in run.findings)


def test_what_is_accepted_for_later_is_waited_for_but_not_judged(tmp_path: Path) -> None:
    class Later(Things):
        def one(self, method: str, name: str, value: Any) -> Any:
            return (404, {}, {}) if method == "GET" else super().one(method, name, value)

    assert complaints(judged(tmp_path, Things(Shape(status=202)))) == []
    run = judged(tmp_path, Later(Shape(status=202)))
    assert complaints(run) == []
    assert any("answers 202, and what it creates is not there yet" in line for line in run.notes)


def test_a_lawful_spelling_is_no_difference(tmp_path: Path) -> None:
    """Members that only the service writes, defaults, numbers, instants, and case."""

    class Normalising(Things):
        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            found = {"kind": "plain", "at": "2024-02-29T13:00:00.000+01:00", "n": 1.0, **value}
            if "at" in value:
                found["at"] = value["at"].replace("Z", "+00:00")
            if isinstance(value.get("n"), int):
                found["n"] = float(value["n"])
            if "mail" in value:
                found["mail"] = value["mail"].upper()
            return {**found, "a": value["a"].upper(), "made": self.count}

    thing = {
        "a": {"type": "string"},
        "kind": {"type": "string", "default": "plain"},
        "at": {"type": "string", "format": "date-time"},
        "n": {"type": "number"},
        "mail": {"type": "string", "format": "email"},
        "gone": {"type": "string", "nullable": True},
        "made": {"type": "integer", "readOnly": True},
    }
    run = judged(tmp_path, Normalising(Shape(thing=thing)))
    assert complaints(run) == []
    assert any("`a` is different" in line and "case" in line for line in run.notes)


def test_what_only_the_service_writes_may_change_and_be_shown_once(tmp_path: Path) -> None:
    class Starting(Things):
        def create(self, value: Any) -> Any:
            status, headers, shown = super().create(value)
            more = {"state": "starting", "secret": "abc"} if status == 201 else {}
            return status, headers, {**shown, **more}

        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            return {**value, "state": "running"}

    server = {"type": "string", "readOnly": True}
    shape = Shape(thing={"a": {"type": "string"}, "state": server, "secret": server})
    run = judged(tmp_path, Starting(shape))
    assert complaints(run) == []
    assert any("`state` is different" in line for line in run.notes)


def test_what_the_chosen_alternative_does_not_describe_may_be_dropped(tmp_path: Path) -> None:
    """A dog with the lives of a cat matches, and is stored without them."""
    shape = Shape(thing={"a": {"type": "string"}, "lives": {"type": "integer"}})
    contract = shape.contract()
    given = contract["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]
    kinds = {"cat": {"lives": {"type": "integer"}}, "dog": {}}
    given["schema"] = {
        "type": "object",
        "required": ["a"],
        "oneOf": [
            {"properties": {"a": {"enum": [kind]}, **own}, "required": ["a", *own]}
            for kind, own in kinds.items()
        ],
    }
    given["example"] = {"a": "dog", "lives": 9}

    class Dropping(Things):
        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            return {name: value[name] for name in ("a", *kinds[value["a"]]) if name in value}

        def matches(self, value: Any) -> bool:
            kind = value.get("a") if isinstance(value, dict) else None
            return kind == "dog" or (kind == "cat" and type(value.get("lives")) is int)

    class Losing(Dropping):
        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            return {"a": value["a"]}

    assert complaints(judged(tmp_path, Dropping(shape), contract)) == []
    given["example"] = {"a": "cat", "lives": 9}
    assert any("`lives`" in each for each in complaints(judged(tmp_path, Losing(shape), contract)))


def test_a_path_without_the_values_of_its_variables_is_not_asked_for(tmp_path: Path) -> None:
    asked = []

    class Silent(Things):
        def answer(self, method: str, target: str, body: bytes) -> Any:
            asked.append(target)
            return super().answer(method, target, body)

        def create(self, value: Any) -> Any:
            status, _, _ = super().create(value)
            return status, {}, None if status == 201 else {}

    shape = Shape(created_body=False)
    loaded = load(written(tmp_path, shape.contract()))
    phases = frozenset({Phase.GATEWAY, Phase.EXAMPLE, Phase.LIFE_CYCLE, Phase.BOUNDARY})
    with answering(Silent(shape)) as url:
        run = replay(loaded, Options(url, "key", phases=phases))
    assert "/things/{thingId}" not in map(unquote, asked)
    assert any("nothing could be created that its path needs" in line for line in run.notes)


def test_a_value_that_is_lost_or_changed_is_found(tmp_path: Path) -> None:
    class Losing(Things):
        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            return {**value, "a": value["a"][:3]}

    assert "createThing-life-cycle: `a` is different in the response to the write" in complaints(
        judged(tmp_path, Losing(Shape()))
    )


@pytest.mark.parametrize("media_type", [_MERGE, "application/json", "application/json-patch+json"])
def test_a_patch_is_read_by_its_own_rules(tmp_path: Path, media_type: str) -> None:
    thing = {"a": {"type": "string"}, "b": {"type": "string", "nullable": True}}
    run = judged(tmp_path, Things(Shape(patch=media_type, thing=thing)))
    assert complaints(run) == []
    assert "changeThing-life-cycle" in checks(run)


def test_a_change_that_answers_nothing_and_stores_nothing_is_found(tmp_path: Path) -> None:
    class Silent(Things):
        def change(self, name: str, value: Any) -> Any:
            return 204, {}, None

    thing = {"a": {"type": "string"}, "b": {"type": "string"}}
    run = judged(tmp_path, Silent(Shape(patch=_MERGE, thing=thing)))
    assert any(each.startswith("getThing-life-cycle: `") for each in complaints(run))


def test_a_merge_patch_that_forgets_or_does_not_remove_is_found(tmp_path: Path) -> None:
    class Forgetting(Things):
        def change(self, name: str, value: Any) -> Any:
            self.things[name] = {"id": name, **value}
            return 200, {}, self.things[name]

    class Keeping(Things):
        def change(self, name: str, value: Any) -> Any:
            kept = {key: each for key, each in value.items() if each is not None}
            return super().change(name, kept or {"a": "x"})

    thing = {"a": {"type": "string"}, "b": {"type": "string", "nullable": True, "example": "x"}}
    for service in (Forgetting, Keeping):
        shape = Shape(patch=_MERGE, thing=thing)
        assert judged(tmp_path, service(shape)).findings, service


def test_an_id_that_only_a_read_has_proved_is_compared_in_later_responses(tmp_path: Path) -> None:
    class Renaming(Things):
        def change(self, name: str, value: Any) -> Any:
            status, headers, shown = super().change(name, value)
            return status, headers, {**shown, "id": "another"} if status == 200 else shown

    for service, expected in ((Things, set()), (Renaming, {"life-cycle"})):
        run = judged(tmp_path, service(Shape(location=False, patch=_MERGE)))
        assert {each.promise.check for each in run.findings} == expected


def test_an_id_that_changes_with_every_read_is_found(tmp_path: Path) -> None:
    class Changing(Things):
        def one(self, method: str, name: str, value: Any) -> Any:
            status, headers, shown = super().one(method, name, value)
            if method == "GET" and status == 200:
                self.count += 1
                shown = {**shown, "id": f"t{self.count}"}
            return status, headers, shown

    run = judged(tmp_path, Changing(Shape(location=False, link=True)))
    assert any("`id` is different" in each for each in complaints(run))


def _or_problem(contract: dict[str, Any]) -> None:
    """Each success may be a problem, too."""
    problem = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
    for path in contract["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            for entry in (
                entry
                for response in operation["responses"].values()
                for entry in response.get("content", {}).values()
            ):
                entry["schema"] = {"oneOf": [entry["schema"], problem]}


def test_what_may_be_a_problem_instead_is_compared_and_listed(tmp_path: Path) -> None:
    class Forgetting(Things):
        def stored(self, value: dict[str, Any]) -> dict[str, Any]:
            return {"a": "x"}

    class Losing(Things):
        def order(self) -> list[str]:
            return super().order()[1:]

    contract = Shape(array="items").contract()
    _or_problem(contract)
    for service, check in ((Things, None), (Forgetting, "life-cycle"), (Losing, "list")):
        run = judged(tmp_path, service(Shape(array="items")), contract)
        assert "listThings-list" in checks(run)
        assert {each.promise.check for each in run.findings} == ({check} if check else set())


def test_the_second_removal_may_be_a_success_or_a_404(tmp_path: Path) -> None:
    class Idempotent(Things):
        def one(self, method: str, name: str, value: Any) -> Any:
            if method == "DELETE":
                self.things.pop(name, None)
                return 204, {}, None
            return super().one(method, name, value)

    for service in (Things, Idempotent):
        assert complaints(judged(tmp_path, service(Shape()))) == []


def test_a_removal_that_does_not_remove_is_found(tmp_path: Path) -> None:
    class Keeping(Things):
        def one(self, method: str, name: str, value: Any) -> Any:
            return (204, {}, None) if method == "DELETE" else super().one(method, name, value)

    found = complaints(judged(tmp_path, Keeping(Shape())))
    assert "removeThing-removed: the status is 200 for what was removed" in found
    assert "listThings-list: the list still contains what was removed" in found


_PLACES = """
openapi: 3.0.3
info: {title: Nested, version: "1"}
paths:
  /shops:
    post:
      operationId: createShop
      responses: {"201": &made {description: "", headers: {Location: {schema: {type: string}}}}}
  /shops/{shopId}:
    parameters: [&shop {name: shopId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getShop, responses: {"200": &body {description: "",
      content: {application/json: {schema: &one {type: object, properties: {id: {type: string}}}}}},
      "404": {description: ""}}}
    delete: {operationId: removeShop, responses: {"204": {description: ""}}}
  /shops/{shopId}/shelves:
    parameters: [*shop]
    post: {operationId: createShelf, responses: {"201": *made}}
    get: {operationId: listShelves, responses: {"200": {description: "",
      content: {application/json: {schema: {type: array, items: *one}}}}}}
  /shops/{shopId}/shelves/{shelfId}:
    parameters: [*shop, {name: shelfId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getShelf, responses: {"200": *body, "404": {description: ""}}}
"""


class Shops:
    """Shops with shelves; a list shows those of one shop."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, str]] = {}
        self.lost = ""

    def answer(self, method: str, target: str, body: bytes) -> Any:
        target = target.partition("?")[0]
        if method == "POST":
            path = f"{target}/n{len(self.paths)}"
            self.paths[path] = {"id": path.rpartition("/")[2]}
            return 201, {"Location": path}, None
        if method == "DELETE":
            self.paths.pop(target, None)
            return 204, {}, None
        if target.endswith("/shelves"):
            own = [each for path, each in self.paths.items() if path.startswith(target + "/")]
            return 200, {}, own[1:] if self.lost else own
        found = self.paths.get(target)
        return (200, {}, found) if found is not None else (404, {}, None)


def test_the_list_of_one_parent_need_not_hold_what_another_has(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, _PLACES))
    both = LIFE_CYCLE | {Phase.BOUNDARY}
    for lost in ("", "the first"):
        service = Shops()
        service.lost = lost
        with answering(service) as url:
            run = replay(loaded, Options(url, phases=both))
        assert "listShelves-list" in checks(run)
        assert bool(run.findings) == bool(lost), complaints(run)
