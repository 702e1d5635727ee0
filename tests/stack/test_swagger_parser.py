"""The written-down importer reads schemas as swagger-parser does, and so do our documents survive.

The models that AWS made of imported documents have their keywords in the order of that parser.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.schemas import components, schemas
from importer.schema_objects import read_schema
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import GatewaySettings, read_settings
from openapi_first.openapi.loader import load
from support.documents import whole, written
from support.lint_breaks import posting, required

pytestmark = pytest.mark.timeout(300)
HERE = Path(__file__).parent
Parse = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


@pytest.fixture(scope="module")
def parse(swagger_parser: Path) -> Iterator[Parse]:
    with subprocess.Popen(
        [str(swagger_parser), str(HERE / "swagger_parser.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parser:
        questions, answers = parser.stdin, parser.stdout
        assert questions is not None
        assert answers is not None

        def ask(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
            questions.write(json.dumps(document) + "\n")
            questions.flush()
            answer = json.loads(answers.readline())
            return answer["document"], answer["messages"]

        yield ask
        questions.close()


def alike(value: Any) -> Any:
    """The same for what the parser writes in another order, or another notation of a number."""
    if isinstance(value, dict):
        members = {key: alike(each) for key, each in value.items()}
        if isinstance(value.get("required"), list):
            members["required"] = sorted(value["required"])
        return members
    if isinstance(value, list):
        return [alike(each) for each in value]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number else value


NAMES = st.sampled_from(["a", "b"])
TYPES = st.sampled_from(["string", "number", "integer", "boolean", "object", "array"])


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    branches = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.just(["string"]),
            "enum": st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
            "maximum": st.integers(0, 3),
            "exclusiveMaximum": st.booleans(),
            "exclusiveMinimum": st.booleans() | st.just(1),
            "maxItems": st.integers(0, 3),
            "minLength": st.integers(0, 3),
            "pattern": st.just("^a"),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "patternProperties": st.just({"^a": {}}),
            "dependencies": st.just({"a": ["b"]}),
            "const": st.just(1),
            "items": inner | st.just([{}]),
            "additionalItems": st.booleans(),
            "not": inner,
            "allOf": branches,
            "anyOf": branches,
            "oneOf": branches,
            "nullable": st.booleans(),
        },
    ).filter(lambda each: "enum" not in each or each.get("type", "string") == "string")


SCHEMAS = st.recursive(st.just({}), _keywords, max_leaves=6).filter(lambda each: each != {})


@given(schema=SCHEMAS)
def test_the_written_down_importer_reads_a_schema_as_the_parser_does(
    parse: Parse, schema: dict[str, Any]
) -> None:
    document = {**whole(), "components": {"schemas": {"A": schema}}}
    read, _ = parse(document)
    assert alike(read["components"]["schemas"]["A"]) == alike(read_schema(schema)[0])


def models_survive(parse: Parse, document: dict[str, Any]) -> None:
    read, messages = parse(document)
    named = document["components"]["schemas"]
    assert alike(read["components"].get("schemas", {})) == alike(named)
    assert messages == []


@pytest.mark.parametrize("name", ["", "tests/integration/gallery", "tests/integration/shipping"])
def test_the_parser_reads_the_models_of_an_import_document_as_they_are(
    parse: Parse, name: str
) -> None:
    folder = HERE.parents[1] / name
    contract = load(folder / "openapi.yaml")
    path = folder / "pyproject.toml"
    chosen = read_settings(path, contract) if path.exists() else GatewaySettings()
    models_survive(parse, import_document(contract, chosen))


@given(data=st.data(), openapi=st.sampled_from(["3.0", "3.1"]))
def test_the_parser_reads_generated_models_as_they_are(
    parse: Parse, data: st.DataObject, openapi: str
) -> None:
    contract = posting(whole(), required(data.draw(schemas(openapi))))
    contract |= {"openapi": openapi + ".0", "components": {"schemas": components(openapi)}}
    with TemporaryDirectory() as folder:
        document = import_document(load(written(Path(folder), contract)))
    models_survive(parse, document)
