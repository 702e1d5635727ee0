"""The official JSON Schema test suite, run through the compiler.

`json-schema-test-suite.tar.xz` holds drafts 4 and 2020-12 as the sdist of `jsonschema` 4.26.0
carries them. Each schema is in a separate file, which a contract refers to, so that it goes
the whole way: shape, lowering, compiled validator. `python tools/schema_suite.py` prints the
totals.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from openapi_first.compiler.operation_planner import OperationPlanner
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import validator_for, violations
from openapi_first.schemas.referenced import referenced

ARCHIVE = Path(__file__).parent / "json-schema-test-suite.tar.xz"
DRAFTS = {"3.0": "draft4", "3.1": "draft2020-12"}


@dataclass(frozen=True)
class Result:
    """How one test went: `outcome` is passed, failed or refused, `reason` the compiler's word."""

    openapi: str
    keyword: str
    test: str
    outcome: str
    reason: str = ""


def results(openapi: str) -> Iterator[Result]:
    with tarfile.open(ARCHIVE) as archive, tempfile.TemporaryDirectory() as folder:
        for member in sorted(archive.getmembers(), key=lambda each: each.name):
            path = Path(member.name)
            if path.parts[:2] != ("tests", DRAFTS[openapi]) or path.suffix != ".json":
                continue
            if len(path.parts) != 3:
                continue  # optional/: see test_formats.py and test_ecma.py
            file = archive.extractfile(member)
            assert file
            for group in json.load(file):
                yield from _group(openapi, path.stem, group, Path(folder))


def _group(openapi: str, keyword: str, group: dict[str, Any], folder: Path) -> Iterator[Result]:
    (folder / "schema.json").write_text(json.dumps(group["schema"]))
    contract = {
        "openapi": f"{openapi}.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/": {
                "get": {
                    "operationId": "read",
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": {"$ref": "schema.json"}}},
                        }
                    },
                }
            }
        },
    }
    (folder / "openapi.json").write_text(json.dumps(contract))
    names = [f"{group['description']}: {test['description']}" for test in group["tests"]]
    try:
        loaded = load(folder / "openapi.json")
        planner = OperationPlanner(openapi)
        plan = planner.plan(loaded.operations[0]).responses[0].content[0].schema
    except ContractError as error:
        reason = error.diagnostics[0].detail
        yield from (Result(openapi, keyword, name, "refused", reason) for name in names)
        return
    assert plan
    definitions = planner.responses.definitions
    whole = SchemaPlan(plan.schema, referenced(plan.schema, definitions))
    shared = {name: partial(definitions.__getitem__, name) for name in whole.definitions}
    dialect = DRAFT_4 if openapi == "3.0" else DRAFT_2020_12
    validator = validator_for(whole, shared, dialect)
    for name, test in zip(names, group["tests"], strict=True):
        kept = not violations(validator, test["data"])
        outcome = "passed" if kept == test["valid"] else "failed"
        yield Result(openapi, keyword, name, outcome)


def main() -> None:
    for openapi in DRAFTS:
        found = list(results(openapi))
        totals = Counter(result.outcome for result in found)
        print(f"\nOpenAPI {openapi} ({DRAFTS[openapi]}): {dict(totals)} of {len(found)}")
        for keyword in dict.fromkeys(result.keyword for result in found):
            mine = [result for result in found if result.keyword == keyword]
            passed = sum(result.outcome == "passed" for result in mine)
            print(f"  {keyword:24} {passed:4} / {len(mine)}")
            if "-v" in sys.argv:
                for result in mine:
                    if result.outcome != "passed":
                        print(f"      {result.outcome}: {result.test} {result.reason}")


if __name__ == "__main__":
    main()
