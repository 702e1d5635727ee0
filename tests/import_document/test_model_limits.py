"""A contract with more models than an API may have is imported without the largest ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.aws.quotas import MODEL_BYTES
from openapi_first.cli.main import main
from openapi_first.import_document.document import import_document
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from support.documents import whole, written
from support.lint_breaks import many_paths, posting, required


def schema(size: int, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"enum": ["x" * size]}, **more}}


def models(document: dict[str, Any]) -> set[str]:
    return set(document["components"]["schemas"])


def with_bodies(**schemas: dict[str, Any]) -> dict[str, Any]:
    document = whole()
    for name, each in schemas.items():
        document = posting(document, required(each), name)
    return document


def test_the_largest_model_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    contract = with_bodies(a=schema(150_000), b=schema(200_000), c=schema(160_000))
    rendered = Rendered.of(load(written(tmp_path, contract)))
    assert models(rendered.document) == {"aRequest", "cRequest"}
    assert rendered.document["paths"]["/b"]["post"]["requestBody"]["content"] == {
        "application/json": {}
    }
    (found,) = [each for each in lint(rendered) if each.rule.id == "model-left-out"]
    assert found.detail == "b: the model bRequest is left out"
    at_b = {each.rule.id for each in lint(rendered) if each.pointer.startswith("/paths/~1b/")}
    assert "body-without-model" in at_b
    assert not at_b & {"keyword-at-gateway", "body-required"}


def test_models_of_responses_go_first(tmp_path: Path) -> None:
    contract = with_bodies(a=schema(250_000))
    answer = {"description": ".", "content": {"application/json": {"schema": schema(200_000)}}}
    contract["paths"]["/a"]["post"]["responses"]["200"] = answer
    rendered = Rendered.of(load(written(tmp_path, contract)))
    assert models(rendered.document) == {"aRequest"}
    rules = {each.rule.id for each in lint(rendered)}
    assert "response-model-left-out" in rules
    assert "model-left-out" not in rules


def test_a_model_that_others_need_stays(tmp_path: Path) -> None:
    part = {"$ref": "#/components/schemas/Part"}
    contract = with_bodies(a=schema(1, p=part), b=schema(250_000, p=part), c=schema(10))
    contract["components"] = {"schemas": {"Part": schema(200_000)}}
    assert models(import_document(load(written(tmp_path, contract)))) == {
        *("aRequest", "cRequest", "Part")
    }


def test_what_stays_always_fits(tmp_path: Path) -> None:
    for sizes in ((500_000,), (300_000, 300_000, 300_000), (409_500,), (200_000, 209_600)):
        contract = with_bodies(**{f"n{n}": schema(size) for n, size in enumerate(sizes)})
        document = import_document(load(written(tmp_path, contract)))
        kept = document["components"]["schemas"].values()
        assert sum(len(json.dumps(each)) for each in kept) <= MODEL_BYTES.limit


def test_too_many_resources_are_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = written(tmp_path, many_paths()), tmp_path / "document.json"
    assert main(["gateway", str(path), "-o", str(output)]) == 1
    printed = capsys.readouterr().err
    assert "resources, 300 at most" in printed
    assert "[tool.contract.quotas]" in printed
    assert not output.exists()


def test_a_quota_that_aws_has_raised_is_stated_in_the_settings(tmp_path: Path) -> None:
    path, output = written(tmp_path, many_paths()), tmp_path / "document.json"
    (tmp_path / "pyproject.toml").write_text("[tool.contract.quotas]\nresources = 400\n")
    assert main(["gateway", str(path), "-o", str(output)]) == 0
    assert output.exists()


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("quotas = 4", "quotas is not a table of numbers"),
        ("quotas.paths = 400", "unknown quota paths; AWS raises: resources, authorizers"),
        ("quotas.resources = 20", "resources is not a number above 300"),
        ("quotas.resources = true", "resources is not a number above 300"),
        ('quotas.authorizers = "many"', "authorizers is not a number above 10"),
    ],
)
def test_an_invalid_quota_is_reported(
    setting: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.contract]\n{setting}\n")
    assert main(["gateway", str(written(tmp_path, whole()))]) == 2
    assert problem in capsys.readouterr().err
