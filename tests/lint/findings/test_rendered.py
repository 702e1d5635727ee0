"""What is rendered once has all that several rules read from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from openapi_first.import_document.document import render_document
from openapi_first.import_document.models import Models
from openapi_first.lint.bodies import IN_MODEL, NOT_IN_MODEL
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.lint.schemas import schemas
from openapi_first.openapi.loader import load
from openapi_first.schemas.directions import Direction
from support.documents import operation, whole, written
from support.lint_breaks import posting, required

ROOT = Path(__file__).parents[3]
CONTRACTS = [ROOT / "openapi.yaml", *sorted(ROOT.glob("tests/integration/*/openapi.yaml"))]


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _reading(response: Any, request: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """A contract whose first operation responds with a schema, and whose second one takes one."""
    document = whole()
    content = {"application/json": {"schema": response}}
    operation(document)["responses"]["200"]["content"] = content
    document["components"] = {"schemas": schemas}
    return posting(document, required(request))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.parent.name)
def test_the_document_is_the_same_with_and_without_the_plans(contract: Path) -> None:
    loaded = load(contract)
    rendered = Rendered.of(loaded)
    alone = render_document(loaded, rendered.settings, Models(loaded), rendered.resources)
    assert rendered.document == alone


def test_models_have_patterns_as_the_contract_writes_them(tmp_path: Path) -> None:
    schema = {"type": "string", "pattern": r"^\d(?<year>[0-9])$"}
    contract = load(written(tmp_path, posting(whole(), required(schema))))
    (model,) = Rendered.of(contract).document["components"]["schemas"].values()
    assert model["pattern"] == schema["pattern"]


INEXACT = {"oneOf": [_reference("Name"), {"type": "string", "format": "date"}]}


@pytest.mark.parametrize(
    ("response", "request_body", "rule"),
    [
        (_reference("Name"), _reference("Name"), IN_MODEL),
        (_reference("Name"), INEXACT, NOT_IN_MODEL),
        (_reference("Name"), {"allOf": [_reference("Name")]}, IN_MODEL),
        ({"allOf": [_reference("Named")]}, _reference("Named"), IN_MODEL),
        (
            {"items": _reference("Named"), "allOf": [{"items": _reference("Name")}]},
            {"items": _reference("Named")},
            IN_MODEL,
        ),
    ],
)
def test_what_a_model_enforces_does_not_depend_on_responses(
    response: Any, request_body: Any, rule: object, tmp_path: Path
) -> None:
    schemas = {"Name": {"type": "string", "maxLength": 9}, "Named": {"allOf": [_reference("Name")]}}
    contract = load(written(tmp_path, _reading(response, request_body, schemas)))
    findings = lint(Rendered.of(contract))
    place = "/components/schemas/Name/maxLength"
    rules = {each.rule for each in findings if each.pointer == place}
    assert rule in rules
    assert len(rules & {IN_MODEL, NOT_IN_MODEL}) == 1


def test_a_definition_that_only_one_direction_reaches_is_no_crash(tmp_path: Path) -> None:
    schemas = {
        "Task": {"properties": {"author": _reference("Author")}},
        "Author": {"properties": {"id": {"type": "string", "readOnly": True}}, "readOnly": True},
    }
    document = _reading({"properties": {"task": _reference("Task")}}, _reference("Task"), schemas)
    models = Rendered.of(load(written(tmp_path, document))).document["components"]["schemas"]
    assert models["Task"]["properties"]["author"] == {"not": {}}
    assert models["TaskResponse"]["properties"]["author"] == _reference("AuthorResponse")


def test_a_schema_is_searched_once_for_all_its_uses(tmp_path: Path) -> None:
    document = whole()
    names = [f"S{number}" for number in range(20)]
    content = {"application/json": {"schema": _reference("S0")}}
    operation(document)["responses"] = {
        str(status): {"description": "", "content": content} for status in range(200, 220)
    }
    document["components"] = {
        "schemas": {
            name: {"properties": {other: _reference(other) for other in names}} for name in names
        }
    }
    contract = load(written(tmp_path, document))
    effects = Rendered.of(contract).effects[Direction.RESPONSE]
    responses = contract.operations[0].responses
    roots = [response.content[0].schema for response in responses]
    visited = Counter(
        (visit.node.pointer, visit.owner and visit.owner.pointer)
        for visit in schemas([each for each in roots if each], effects)
    )
    assert set(visited.values()) == {1}
    places, owned = 20 + 20 + 20 * 20, 20 * 20
    assert len(visited) <= places + owned
