"""A request through the import document, the stage's routing and the handler reaches the operation
of its path, under the contract's names."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from openapi_first.openapi.path_templates import VARIABLE, path_variables, variable_names
from openapi_first.resources.templates import templates_of
from openapi_first.runtime import lambda_handler
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.routing import Router
from support.compiled import Operations, compiled_module, event
from support.documents import written

SEGMENTS = [
    *("a", "b", "@me", "a~b", "{x}", "{y}", "{z}", "{x}.json", "{y}:go", "{x},{y}", "{y}...{z}"),
    *("v{x}", "{x+}", "{x+}.txt", "{pet id}", "ü"),
]


class Api:
    """The paths, served by a stage's router and the handler; each function is named by index."""

    def __init__(
        self, folder: Path, paths: list[str], more: Mapping[str, str] | None = None
    ) -> None:
        methods = {**dict.fromkeys(paths, "get"), **(more or {})}
        contract = {
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {
                path: {method: operation(f"f{index}", path)}
                for index, (path, method) in enumerate(methods.items())
            },
        }
        self.document = import_document(load(written(folder, contract)))
        self.router = Router(read_document(self.document).methods)
        self.called: list[tuple[str, dict[str, Any]]] = []
        operations = Operations("operations")
        for index, path in enumerate(methods):
            setattr(operations, f"f{index}", self._function(path))
        self.handler = lambda_handler(compiled_module(folder, contract), operations)

    def _function(self, path: str) -> Any:
        def function(**arguments: Any) -> dict[str, Any]:
            self.called.append((path, arguments))
            return {}

        return function

    def resource(self, path: str) -> str | None:
        """The resource that the gateway chooses."""
        route = self.router.match("GET", path)
        return None if route is None else route.method.resource

    def ask(self, path: str, method: str = "GET") -> dict[str, Any] | None:
        """The handler's answer; None if the gateway has no method for the request."""
        route = self.router.match(method, path)
        if route is None:
            return None
        self.called.clear()
        parameters = dict(route.path_parameters) or None
        sent = event(method=method, resource=route.method.resource, path=parameters)
        return self.handler(sent, None)


def operation(name: str, path: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "parameters": [
            {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
            for each in variable_names(path)
        ],
        "responses": {"200": {"description": "", "content": {"application/json": {}}}},
    }


def usable(paths: list[str]) -> list[str]:
    """Without a path that names a variable twice, and with one path of each kind."""
    found: dict[str, str] = {}
    for path in paths:
        names = variable_names(path)
        if len(set(names)) == len(names):
            found.setdefault(VARIABLE.sub(r"{\2}", path), path)
    return list(found.values())


PATHS = st.lists(
    st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map(lambda s: "/" + "/".join(s)),
    min_size=1,
    max_size=6,
).map(usable)
VALUES = st.sampled_from(["v1", "w2", "a", "b.c", "x%20y", "1,2", "me", "%40", "%C3%BC"])


@given(PATHS, st.data())
def test_a_function_gets_the_variables_of_its_own_path(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], data: st.DataObject
) -> None:
    if not paths:
        return
    api, templates = Api(tmp_path_factory.mktemp("api"), paths), templates_of(paths)
    for path in paths:
        sent = VARIABLE.sub(lambda _: data.draw(VALUES), path).replace("ü", "%C3%BC")
        found = {each: _variables(each, sent) for each in paths}
        matching = {each: values for each, values in found.items() if values is not None}
        assert path in matching
        answer = api.ask(sent)
        if not api.called and api.resource(sent) != templates[path].resource:
            continue  # API Gateway prefers a more literal resource, and looks no further
        assert answer is not None
        assert answer["statusCode"] == 200, answer
        ((called, arguments),) = api.called
        expected = {name: unquote(value) for name, value in matching[called].items()}
        assert arguments == {_argument(name): value for name, value in expected.items()}
        for other in matching:
            if templates[other].resource == templates[called].resource:
                assert templates[called].rank <= templates[other].rank, (called, other)


def _variables(path: str, sent: str) -> dict[str, str] | None:
    return path_variables(path.replace("ü", "%C3%BC"), sent)


def _argument(name: str) -> str:
    return name.replace(" ", "_")


CALLS = {
    "/u/@me": ("/u/@me", {}),
    "/u/%40me": ("/u/@me", {}),
    "/u/you": ("/u/{id}", {"id": "you"}),
    "/u/a.json": ("/u/{key}.json", {"key": "a"}),
    "/u/a%2Ejson": ("/u/{key}.json", {"key": "a"}),
    "/u/a.b.json": ("/u/{key}.json", {"key": "a.b"}),
    "/u/.json": ("/u/{id}", {"id": ".json"}),
    "/u/7:cancel": ("/u/{id}:cancel", {"id": "7"}),
    "/u/1/2": ("/u/{y}/{x}", {"y": "1", "x": "2"}),
    "/u/1/2/b": ("/u/{x}/{y}/b", {"x": "1", "y": "2"}),
    "/c/m...n": ("/c/{a}...{b}", {"a": "m", "b": "n"}),
    "/c/m...n...o": ("/c/{a}...{b}", {"a": "m...n", "b": "o"}),
    "/f/1/2/3": ("/f/{p+}", {"p": "1/2/3"}),
    "/f/1": ("/f/{id}", {"id": "1"}),
    "/f/1/raw": ("/f/{id}/raw", {"id": "1"}),
    "/f/1/2/raw": ("/f/{q+}/raw", {"q": "1/2"}),
    "/v/vv1": ("/v/v{x}", {"x": "v1"}),
    "/v/vvv": ("/v/v{x}", {"x": "vv"}),
    "/w/xxx-xx-xx": ("/w/x{a}-x{b}x", {"a": "xx", "b": "x-x"}),
    "/t": ("/t/", {}),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    paths = list(dict.fromkeys(path for path, _ in CALLS.values()))
    return Api(tmp_path_factory.mktemp("api"), paths)


@pytest.mark.parametrize("sent", CALLS)
def test_the_most_literal_path_is_called(api: Api, sent: str) -> None:
    answer = api.ask(sent)
    assert answer is not None
    assert answer["statusCode"] == 200
    assert api.called == [CALLS[sent]]


def test_a_request_that_no_path_matches_is_an_unknown_one(api: Api) -> None:
    answer = api.ask("/c/m..n")
    assert answer is not None
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"].startswith("The API has no such path")
    assert not api.called


def test_each_resource_has_one_preflight(api: Api) -> None:
    assert all("options" in item for item in api.document["paths"].values())
    answer = api.handler(event(method="OPTIONS", resource="/u/{id}", path={"id": "1"}), None)
    assert answer["statusCode"] == 204
    assert answer["multiValueHeaders"]["Access-Control-Allow-Methods"] == ["GET,OPTIONS"]


def test_the_path_decides_before_the_method(tmp_path: Path) -> None:
    """As for `/u/me`, which is a resource of its own."""
    api = Api(tmp_path, ["/u/@me", "/u/{id}.json"], more={"/u/{id}": "put"})
    assert [api.ask(f"/u/{each}", "PUT")["statusCode"] for each in ("@me", "1.json", "1")] == [  # type: ignore[index]
        *(404, 404, 200)
    ]
    assert [api.ask(f"/u/{each}")["statusCode"] for each in ("@me", "1.json", "1")] == [  # type: ignore[index]
        *(200, 200, 404)
    ]


def test_paths_that_differ_in_names_only_are_one(tmp_path: Path) -> None:
    api = Api(tmp_path, ["/u/{x}/{y}"], more={"/u/{y}/{x}": "put"})
    api.ask("/u/1/2")
    assert api.called == [("/u/{x}/{y}", {"x": "1", "y": "2"})]
    api.ask("/u/1/2", "PUT")
    assert api.called == [("/u/{y}/{x}", {"y": "1", "x": "2"})]


def test_an_event_in_the_contracts_own_terms_is_served_too(api: Api) -> None:
    """As tests of a service write it."""
    api.called.clear()
    sent = event(resource="/u/{x}/{y}/b", path={"x": "1", "y": "2"})
    assert api.handler(sent, None)["statusCode"] == 200
    assert api.called == [("/u/{x}/{y}/b", {"x": "1", "y": "2"})]


@pytest.mark.parametrize("path", [{"id": 1}, [], "x", {"id": None}])
def test_malformed_path_parameters_are_no_exception(api: Api, path: Any) -> None:
    for resource in ("/u/{id}", "/c/{a_b}", ["/u/{id}"]):
        sent = {**event(), "resource": resource, "pathParameters": path}
        assert api.handler(sent, None)["statusCode"] >= 400


def test_a_long_value_is_matched_in_linear_time(tmp_path: Path) -> None:
    api = Api(tmp_path, ["/c/{a}.{b}.{c}.{d}.json"])
    started = time.perf_counter()
    answer = api.ask("/c/" + quote("." * 10_000) + "x")
    assert answer is not None
    assert answer["statusCode"] == 404
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("get_first", [True, False])
def test_a_method_is_not_taken_by_any_method_of_a_path_with_another_name(
    tmp_path: Path, get_first: bool
) -> None:
    methods = {"/a/{x}": "get", "/a/{y}": "x-amazon-apigateway-any-method"}
    api = Api(tmp_path, [], methods if get_first else dict(reversed(methods.items())))
    for method, expected in (("GET", ("/a/{x}", {"x": "1"})), ("PUT", ("/a/{y}", {"y": "1"}))):
        assert api.ask("/a/1", method) is not None
        assert api.called == [expected]
