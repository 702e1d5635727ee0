"""What is there once, what PUT creates, and what is below something that nothing creates."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.model.run import Options, Phase, Run
from openapi_first.conformance.session import replay
from openapi_first.openapi.loader import load
from support.documents import written
from support.services import Reply, answering

_THING: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
}
_KEYED = {"type": "object", "properties": {**_THING["properties"], "key": {"type": "string"}}}
_ERROR = {"default": {"description": "", "content": {"application/json": {}}}}


def _response(schema: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {"description": ""}
    if schema is not None:
        found["content"] = {"application/json": {"schema": schema}}
    return found


def _operation(name: str, *statuses: str, body: Any = None, shown: Any = _THING) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": name, "responses": dict(_ERROR)}
    for status in statuses:
        found["responses"][status] = _response(None if status == "204" else shown)
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _without_errors(name: str) -> dict[str, Any]:
    return {"operationId": name, "responses": {"200": _response(_THING)}}


def _variable(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, **more}


def contract(**paths: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": {f"/{path}": item for path, item in paths.items()},
    }


class Store:
    """Keeps the JSON value of each path. `first` are the values that it starts with; only below
    the paths of `open_below` can POST create."""

    def __init__(self, first: dict[str, Any] | None = None, open_below: str = "") -> None:
        self.values = copy.deepcopy(first or {})
        self.touched: set[str] = set()
        self.open_below = open_below
        self.created_status = 201

    def answer(self, method: str, target: str, body: bytes) -> Reply:
        path = target.partition("?")[0]
        value = json.loads(body) if body else None
        if path.split("/")[1] not in ("things", "me", "tenants"):
            return 404, {}, {"message": "no route"}
        if method == "GET":
            return (200, {}, self.values[path]) if path in self.values else (404, {}, {})
        self.touched.add(path)
        if not _is_thing(value) and method != "DELETE":
            return 400, {}, {}
        if method == "PUT":
            status = 200 if path in self.values else self.created_status
            self.values[path] = self.stored(value)
            return status, {}, value
        if method == "POST" and path == self.open_below:
            name = f"{path}/n{len(self.touched)}"
            self.values[name] = self.stored(value)
            return 201, {"Location": name}, value
        if method == "DELETE" and self.values.pop(path, None) is not None:
            return 204, {}, None
        return 404, {}, {}

    def stored(self, value: Any) -> Any:
        return value


def _is_thing(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("a", ""), str)
        and isinstance(value.get("b", 0), int)
        and not isinstance(value.get("b", 0), bool)
    )


class Forgetful(Store):
    """Loses the member `a`."""

    def stored(self, value: Any) -> Any:
        return {name: each for name, each in value.items() if name != "a"}


def judged(folder: Path, service: Any, document: dict[str, Any], **more: Any) -> Run:
    loaded = load(written(folder, document))
    with answering(service) as url:
        return replay(loaded, Options(url, **{"phases": frozenset({Phase.LIFE_CYCLE}), **more}))


def notes(run: Run) -> list[str]:
    return [each for each in run.notes if "requests left out" not in each]


def details(run: Run) -> list[str]:
    return [f"{each.promise.id}: {each.detail}" for each in run.findings]


def _put_resource(*statuses: str, **variable: Any) -> dict[str, Any]:
    return {
        "parameters": [_variable("name", **variable)],
        "get": _operation("getThing", "200", "404"),
        "put": _operation("putThing", *statuses, body=_THING),
        "delete": _operation("removeThing", "204"),
    }


CREATED_BY_PUT = contract(**{"things/{name}": _put_resource("200", "201")})


def test_what_put_creates_is_read_changed_and_removed(tmp_path: Path) -> None:
    service = Store({"/things/theirs": {"a": "x"}})
    run = judged(tmp_path, service, CREATED_BY_PUT)
    assert details(run) == []
    assert notes(run) == []
    judged_promises = {each.promise.id for each in run.verdicts if each.judged}
    assert {"getThing-life-cycle", "putThing-life-cycle", "removeThing-removed"} <= judged_promises
    assert service.values == {"/things/theirs": {"a": "x"}}
    assert "/things/theirs" not in service.touched


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": "^[A-Z]{4}-[0-9]{2}$"},
        {"type": "string", "maxLength": 7},
        {"type": "integer", "minimum": 1},
    ],
)
def test_a_made_up_path_matches_its_schema(schema: dict[str, Any], tmp_path: Path) -> None:
    document = contract(**{"things/{name}": _put_resource("200", "201", schema=schema)})
    run = judged(tmp_path, Store(), document)
    assert (details(run), notes(run), run.not_judged) == ([], [], ())
    assert any(each.judged for each in run.verdicts if each.promise.id == "putThing-life-cycle")


def test_a_path_that_may_be_somebodys_is_not_written(tmp_path: Path) -> None:
    schema = {"type": "string", "enum": ["red", "green"]}
    document = contract(**{"things/{name}": _put_resource("200", "201", schema=schema)})
    first = {"/things/red": {"a": "x"}, "/things/green": {"a": "y"}}
    service = Store(first)
    run = judged(tmp_path, service, document)
    assert service.values == first
    assert service.touched == set()
    assert any("getThing does not answer 404 or 410 at a made-up path" in e for e in run.notes)


def test_a_lost_member_of_what_put_creates_is_found(tmp_path: Path) -> None:
    found = details(judged(tmp_path, Forgetful(), CREATED_BY_PUT))
    assert "getThing-life-cycle: `a` is missing when what was written is read" in found


def test_a_put_that_creates_must_say_so(tmp_path: Path) -> None:
    service = Store()
    service.created_status = 200
    found = details(judged(tmp_path, service, CREATED_BY_PUT))
    assert any("the status is 200 for a PUT that creates: expected 201" in each for each in found)
    assert service.values == {}, "it is removed all the same"


@pytest.mark.parametrize(
    ("item", "remedy"),
    [
        (_put_resource("200"), "no operation creates what is at /things/{name}; if PUT does"),
        (
            {**_put_resource("201"), "get": _without_errors("getThing")},
            "declare what getThing answers for what does not exist, such as 404",
        ),
    ],
)  # fmt: skip
def test_without_evidence_that_put_creates_nothing_is_written(
    item: dict[str, Any], remedy: str, tmp_path: Path
) -> None:
    service = Store()
    run = judged(tmp_path, service, contract(**{"things/{name}": item}))
    assert details(run) == []
    assert any(each.startswith("putThing: not checked") and remedy in each for each in run.notes)
    assert service.touched == set()


def _settings(**responses: Any) -> dict[str, Any]:
    return {
        "get": _operation("getSettings", "200"),
        "put": _operation("putSettings", "200", body=_THING),
    }


SINGLETON = contract(**{"me/settings": _settings()})


def test_what_is_there_once_is_written_and_put_back(tmp_path: Path) -> None:
    service = Store({"/me/settings": {"a": "theirs", "b": 5}})
    run = judged(tmp_path, service, SINGLETON, allow_destructive=True)
    assert (details(run), notes(run), run.not_judged) == ([], [], ())
    assert service.touched == {"/me/settings"}
    assert service.values == {"/me/settings": {"a": "theirs", "b": 5}}
    judged_promises = {each.promise.id for each in run.verdicts if each.judged}
    assert {"getSettings-life-cycle", "putSettings-life-cycle"} <= judged_promises


def test_what_is_there_once_and_may_be_somebodys_is_only_written_if_that_is_allowed(
    tmp_path: Path,
) -> None:
    service = Store({"/me/settings": {"a": "theirs"}})
    run = judged(tmp_path, service, SINGLETON)
    assert service.touched == set()
    assert any("(--allow-destructive)" in each for each in run.notes)


def test_a_lost_member_of_what_is_there_once_is_found(tmp_path: Path) -> None:
    service = Forgetful({"/me/settings": {"a": "theirs", "b": 5}})
    found = details(judged(tmp_path, service, SINGLETON, allow_destructive=True))
    assert "getSettings-life-cycle: `a` is missing when what was written is read" in found


def test_what_is_there_once_below_a_created_resource_is_the_runs_own(tmp_path: Path) -> None:
    nested = {"parameters": [_variable("thing")], **_settings()}
    document = contract(
        **{"things/{name}": _put_resource("200", "201"), "things/{thing}/settings": nested}
    )
    run = judged(tmp_path, Store(), document)
    assert (details(run), notes(run)) == ([], [])
    found = details(judged(tmp_path, _LosesSettings(), document))
    assert found == ["getSettings-life-cycle: `a` is missing when what was written is read"]


class _LosesSettings(Store):
    def answer(self, method: str, target: str, body: bytes) -> Reply:
        status, headers, value = super().answer(method, target, body)
        if method == "PUT" and target.endswith("/settings"):
            self.values[target] = {key: each for key, each in value.items() if key != "a"}
        return status, headers, value


def test_a_write_without_a_member_that_is_read_is_noted(tmp_path: Path) -> None:
    item = _settings()
    item["get"] = _operation("getSettings", "200", shown={"type": "object"})
    run = judged(tmp_path, Store(), contract(**{"me/settings": item}), allow_destructive=True)
    assert any("getSettings have no member in common" in each for each in run.notes)


def test_a_list_or_the_path_of_a_creation_is_not_there_once(tmp_path: Path) -> None:
    item = {**_settings(), "post": _operation("search", "200", body=_THING)}
    service = Store()
    judged(tmp_path, service, contract(things=item), allow_destructive=True)
    below = {"parameters": [_variable("id")], "get": _operation("getThing", "200")}
    document = contract(**{"things": _settings(), "things/{id}": below})
    judged(tmp_path, service, document, allow_destructive=True)
    assert service.touched == set()


def _records(**variable: Any) -> dict[str, Any]:
    tenant = _variable("tenant", **variable)
    created = _operation("createRecord", "201", body=_THING)
    created["responses"]["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
    return contract(
        **{
            "tenants/{tenant}/records": {"parameters": [tenant], "post": created},
            "tenants/{tenant}/records/{id}": {
                "parameters": [tenant, _variable("id")],
                "get": _operation("getRecord", "200", "404"),
                "delete": _operation("removeRecord", "204"),
            },
        }
    )


def test_what_is_below_an_example_is_judged(tmp_path: Path) -> None:
    service = Store(open_below="/tenants/acme/records")
    run = judged(tmp_path, service, _records(example="acme"))
    assert (details(run), notes(run)) == ([], [])
    assert service.values == {}
    lost = Forgetful(open_below="/tenants/acme/records")
    found = details(judged(tmp_path, lost, _records(example="acme")))
    assert "getRecord-life-cycle: `a` is missing when what was written is read" in found


def test_without_an_example_of_what_nothing_creates_a_note_asks_for_one(tmp_path: Path) -> None:
    service = Store(open_below="/tenants/acme/records")
    run = judged(tmp_path, service, _records())
    assert [each for each in run.notes if "what tenant identifies: add an example" in each]
    assert service.touched == set()


def _signup(location: str) -> tuple[Store, dict[str, Any]]:
    created = _operation("signUp", "201", body=_THING, shown=_KEYED)
    created["responses"]["201"] |= {
        "headers": {"Location": {"schema": {"type": "string"}}},
        "links": {"it": {"operationId": "getTenant", "parameters": {"id": "$response.body#/key"}}},
    }
    tenant = {
        "parameters": [_variable("id")],
        "get": _operation("getTenant", "200", "404"),
        "delete": _operation("removeTenant", "204"),
    }

    class Signup(Store):
        def answer(self, method: str, target: str, body: bytes) -> Reply:
            if (method, target) != ("POST", "/things/signup"):
                return super().answer(method, target, body)
            value = json.loads(body)
            self.values["/tenants/new"] = value
            return 201, {"Location": location}, {**value, "key": "new"}

    paths = {"things/signup": {"post": created}, "tenants/{id}": tenant}
    return Signup({"/tenants/theirs": {"a": "theirs"}}), contract(**paths)


def test_a_creation_elsewhere_is_known_by_a_link_and_its_location(tmp_path: Path) -> None:
    service, document = _signup("/tenants/new")
    run = judged(tmp_path, service, document)
    assert (details(run), notes(run)) == ([], [])
    assert any(each.judged for each in run.verdicts if each.promise.id == "removeTenant-removed")
    assert service.values == {"/tenants/theirs": {"a": "theirs"}}


def test_a_link_without_such_a_location_does_not_make_its_target_the_runs_own(
    tmp_path: Path,
) -> None:
    service, document = _signup("/things/signup/1")
    run = judged(tmp_path, service, document)
    assert service.touched == set()
    assert any("its response does not show the path" in each for each in run.notes)
