"""Samples of generated schemas, and of the official JSON Schema test suite."""

from __future__ import annotations

import json
import random
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from openapi_first.samples.sampling import NoSample, sample
from openapi_first.samples.violations import violations
from samples.known_schemas import KnownSchemas
from schema_suite import ARCHIVE, DRAFTS
from support.documents import written


def lowered(folder: Path, schema: Any, openapi: str) -> LoweredSchema:
    (folder / "schema.json").write_text(json.dumps(schema))
    content = {"application/json": {"schema": {"$ref": "schema.json"}}}
    responses = {"200": {"description": "", "content": content}}
    contract = load(
        written(
            folder,
            {
                "openapi": f"{openapi}.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/": {"get": {"operationId": "read", "responses": responses}}},
            },
        )
    )
    found = contract.operations[0].responses[0].content[0].schema
    assert found is not None
    return LoweredSchemas(openapi).response(found)


@pytest.mark.parametrize("openapi", ["3.0", "3.1"])
def test_schemas_around_a_known_value_have_a_sample(
    tmp_path: Path, openapi: str, everything: bool
) -> None:
    count, missing = 2_000 if everything else 60, []
    for seed in range(count):
        schema, value = KnownSchemas(random.Random(seed), openapi).pair()
        found = lowered(tmp_path, schema, openapi)
        assert found.allows(value)
        try:
            assert found.allows(sample(found, random.Random(0)))
        except NoSample:
            missing.append(seed)
    assert len(missing) <= max(1, count // 100), missing


@pytest.mark.parametrize("openapi", ["3.0", "3.1"])
def test_a_violation_is_the_only_error(tmp_path: Path, openapi: str, everything: bool) -> None:
    total = 0
    for seed in range(200 if everything else 20):
        schema, _ = KnownSchemas(random.Random(seed), openapi).pair()
        found = lowered(tmp_path, schema, openapi)
        for violation in violations(found, random.Random(0)):
            (error,) = found.validator.iter_errors(violation.value)
            assert violation.keyword in map(str, error.schema_path)
            assert violation.constraint in violation.schema
            total += 1
    assert total > 50


def groups(openapi: str) -> Iterator[tuple[str, dict[str, Any]]]:
    with tarfile.open(ARCHIVE) as archive:
        for member in sorted(archive.getmembers(), key=lambda each: each.name):
            path = Path(member.name)
            if path.parts[:2] != ("tests", DRAFTS[openapi]) or len(path.parts) != 3:
                continue
            file = archive.extractfile(member)
            if file is None:  # a folder
                continue
            yield from ((path.stem, group) for group in json.load(file))


@pytest.mark.parametrize("openapi", ["3.0", "3.1"])
def test_each_schema_of_the_official_suite_with_a_valid_value_has_a_sample(
    tmp_path: Path, openapi: str, everything: bool
) -> None:
    for number, (keyword, group) in enumerate(groups(openapi)):
        if number % 4 and not everything:
            continue
        try:
            found = lowered(tmp_path, group["schema"], openapi)
        except ContractError:
            continue  # a schema that OpenAPI does not have
        if any(found.allows(test["data"]) for test in group["tests"]):
            value = sample(found, random.Random(0))
            assert found.allows(value), f"{keyword}: {group['description']}"


def test_a_web_of_recursive_schemas_ends(tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(30)]
    definitions = {
        name: {
            "type": "object",
            "required": ["next"],
            "properties": {
                "next": {
                    "oneOf": [
                        *({"$ref": f"#/$defs/{each}"} for each in names if each != name),
                        {"type": "null"},
                    ]
                }
            },
        }
        for name in names
    }  # fmt: skip
    found = lowered(tmp_path, {"$defs": definitions, "$ref": "#/$defs/s0"}, "3.1")
    began = time.process_time()
    assert found.allows(sample(found, random.Random(0)))
    assert time.process_time() - began < 3
