"""A request that breaks one keyword is stopped where `contract lint` says that it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import Verdict
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from openapi_first.stage.messages.invoker import InvocationResult
from support.compiled import contract_of, serve
from support.documents import written

# Keyword, the schema of the member `a`, a value that keeps it, one that breaks it.
BREACHES: list[tuple[str, Any, Any, Any]] = [
    ("type", {"type": "integer"}, 1.0, "x"),
    ("enum", {"enum": ["x"]}, "x", "y"),
    ("const", {"const": 1}, 1, 2),
    ("required", {"required": ["b"]}, {"b": 1}, {}),
    ("pattern", {"pattern": "^x$"}, "x", "y"),
    ("multipleOf", {"multipleOf": 2}, 4, 3),
    ("uniqueItems", {"uniqueItems": True}, [1, 2], [1, 1]),
    ("maximum", {"maximum": 2}, 2, 3),
    ("minimum", {"minimum": 2}, 2, 1),
    ("exclusiveMaximum", {"exclusiveMaximum": 2}, 1, 2),
    ("exclusiveMinimum", {"exclusiveMinimum": 2}, 3, 2),
    ("exclusiveMinimum", {"type": "integer", "exclusiveMinimum": 2}, 3, 2),
    ("maxLength", {"maxLength": 1}, "x", "xx"),
    ("minLength", {"minLength": 1}, "x", ""),
    ("maxItems", {"maxItems": 1}, [1], [1, 2]),
    ("minItems", {"minItems": 1}, [1], []),
    ("maxProperties", {"maxProperties": 1}, {"b": 1}, {"b": 1, "c": 1}),
    ("minProperties", {"minProperties": 1}, {"b": 1}, {}),
    ("format", {"format": "date"}, "2024-01-01", "x"),
    ("format", {"type": "integer", "format": "int32"}, 1, 2**31),
    ("not", {"not": {"type": "null"}}, 1, None),
    ("not", {"not": {"format": "date"}}, "x", "2024-01-01"),
    ("anyOf", {"anyOf": [{"minimum": 2}, {"maximum": 0}]}, 0, 1),
    ("oneOf", {"oneOf": [{"minimum": 1}, {"maximum": 2}]}, 0, 1),
    ("oneOf", {"oneOf": [{"format": "date"}, {"format": "uuid"}]}, "2024-01-01", "x"),
    ("then", {"if": {"type": "string"}, "then": False}, 1, "xx"),
    ("then", {"if": {"format": "date"}, "then": False}, "x", "2024-01-01"),
    ("contains", {"contains": {"const": 1}}, [1], [2]),
    ("maxContains", {"contains": {"const": 1}, "maxContains": 1}, [1], [1, 1]),
    ("minContains", {"contains": {"const": 1}, "minContains": 2}, [1, 1], [1]),
    ("propertyNames", {"propertyNames": False}, {}, {"bb": 1}),
    ("additionalProperties", {"additionalProperties": False}, {}, {"b": 1}),
    ("unevaluatedItems", {"unevaluatedItems": False}, [], [1]),
    ("unevaluatedProperties", {"unevaluatedProperties": False}, {}, {"b": 1}),
    ("dependentRequired", {"dependentRequired": {"b": ["c"]}}, {}, {"b": 1}),
    ("readOnly", {"properties": {"b": {"readOnly": True}}}, {}, {"b": 1}),
]


class _InProcess:
    def __init__(self, handler: Callable[..., dict[str, Any]]) -> None:
        self._handler = handler
        self.asked = 0

    async def invoke(self, event: bytes) -> InvocationResult:
        self.asked += 1
        return InvocationResult(json.dumps(self._handler(json.loads(event), None)).encode(), False)


@pytest.mark.parametrize(("keyword", "schema", "kept", "broken"), BREACHES)
def test_a_breach_is_stopped_where_the_verdict_says(
    keyword: str, schema: Any, kept: Any, broken: Any, run: Any, tmp_path: Path
) -> None:
    body = {"properties": {"a": schema}}
    contract = contract_of(
        method="post",
        openapi="3.1.0",
        requestBody={"required": True, "content": {"application/json": {"schema": body}}},
    )
    handler, _ = serve(tmp_path / "function", contract)
    read = load(written(tmp_path, contract))
    (verdict,) = {
        each.rule.verdict
        for each in lint(Rendered.of(read))
        if each.pointer.endswith(f"/{keyword}")
        and "/schema/" in each.pointer
        and each.pointer.count("/a/") == 1
        and each.rule.verdict in (Verdict.GATEWAY, Verdict.LAMBDA)
        and each.pointer.removesuffix(f"/{keyword}").endswith(("/a", "/b"))
    }
    function = _InProcess(handler)
    stage = run(import_document(read), invoker=function, stage_variables={"function": "f"})
    json_type = ("Content-Type", "application/json")
    assert stage.post("/prod/things", {"a": kept}, json_type).status == 200
    assert function.asked == 1
    assert stage.post("/prod/things", {"a": broken}, json_type).status in (400, 422)
    assert function.asked == (1 if verdict is Verdict.GATEWAY else 2)
