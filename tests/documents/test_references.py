"""How much work references make."""

from __future__ import annotations

import json
from pathlib import Path

from openapi_first.documents.node import Node
from openapi_first.documents.references import bundled
from openapi_first.documents.source import SourceFiles
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.json_types import json_types
from openapi_first.schemas.lowering import SchemaLowering


def node_of(path: Path) -> Node:
    source = SourceFiles().read(path)
    return Node(source, source.value, "")


def test_a_schema_of_another_file_is_written_in_place_once(tmp_path: Path) -> None:
    names = [f"S{number}" for number in range(40)]
    schemas = {
        name: {"properties": {other: {"$ref": f"#/{other}"} for other in names}} for name in names
    }
    (tmp_path / "schemas.json").write_text(json.dumps(schemas))
    uses = [{"schema": {"$ref": "schemas.json#/S0"}}, {"schema": {"$ref": "schemas.json#/S1"}}]
    main = tmp_path / "main.json"
    main.write_text(json.dumps({"uses": uses}))
    result = json.dumps(bundled(node_of(main)))
    assert result.count('"properties"') == len(names)


def test_a_reference_is_resolved_once(tmp_path: Path) -> None:
    main = tmp_path / "main.json"
    main.write_text(json.dumps({"a": {"$ref": "#/c"}, "b": {"$ref": "#/c"}, "c": 1}))
    root = node_of(main)
    assert root.get("a") is root.get("b")


def test_types_are_read_once_from_each_schema(tmp_path: Path) -> None:
    """Each schema has the following one in two branches: 2 to the power of 60 ways."""
    below = [{"$ref": f"#/S{number + 1}"} for number in range(60)]
    schemas = {f"S{n}": {"anyOf": [each, {"allOf": [each]}]} for n, each in enumerate(below)}
    main = tmp_path / "main.json"
    main.write_text(json.dumps({**schemas, "S60": {"type": "string"}}))
    first = node_of(main).child("S0")
    assert first is not None
    assert json_types(first) == ("string",)


def test_a_long_chain_of_schemas_is_lowered(tmp_path: Path) -> None:
    length = 2_000
    schemas = {
        f"S{n}": {"type": "object", "properties": {"next": {"$ref": f"#/S{n + 1}"}}}
        for n in range(length)
    }
    main = tmp_path / "main.json"
    main.write_text(json.dumps({**schemas, f"S{length}": {"type": "string"}}))
    first = node_of(main).child("S0")
    assert first is not None
    lowering = SchemaLowering(Direction.REQUEST, "3.0", str)
    lowering.lower(first)
    assert len(lowering.definitions) == length
