"""A problem is answered as the contract declares its status, through the real handler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.runtime import ErrorResponse, Problem, StartError
from support.compiled import contract_of, event, serve

REQUEST_ID = "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"
CODED = {
    "type": "object",
    "required": ["code", "message"],
    "additionalProperties": False,
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
}
ODD = {"type": "object", "required": ["widget"], "properties": {"widget": {"type": "string"}}}


def declaring(schema: Any, status: str = "default", media_type: str = "application/json") -> Any:
    response: dict[str, Any] = {"description": "Refused."}
    if schema is not None:
        response["content"] = {media_type: {"schema": schema}}
    done = {"description": "Done.", "content": {"application/json": {}}}
    return contract_of(
        method="post",
        parameters=[{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
        requestBody={"content": {"application/json": {"schema": {"type": "object"}}}},
        responses={"200": done, status: response},
    )


def bad() -> dict[str, Any]:
    return event(method="POST", query={"limit": ["many"]})


def sent(answer: dict[str, Any]) -> tuple[int, str | None, Any]:
    headers = answer["multiValueHeaders"]
    body = json.loads(answer["body"]) if answer["body"] else None
    return answer["statusCode"], headers.get("Content-Type", [None])[0], body


def test_every_problem_of_the_engine_has_the_declared_shape(tmp_path: Path) -> None:
    def fails(**_: Any) -> Any:
        raise RuntimeError

    handler, _ = serve(tmp_path, declaring(CODED), fails)
    message = (
        'The request does not match the API contract: limit: the value is not of type "integer"'
    )
    assert sent(handler(bad(), None)) == (
        400,
        "application/json",
        {"code": 400, "message": message},
    )
    text = event(method="POST", headers={"content-type": "text/plain"}, body="x")
    assert sent(handler(text, None))[:2] == (415, "application/json")
    assert sent(handler(event(method="POST"), None)) == (
        500,
        "application/json",
        {"code": 500, "message": "The operation failed."},
    )


def test_a_problem_of_the_function_has_the_declared_shape_and_its_headers(tmp_path: Path) -> None:
    def missing(**_: Any) -> Any:
        raise Problem(404, "There is no such thing.", headers={"Retry-After": "1"})

    handler, _ = serve(tmp_path, declaring(CODED), missing)
    answer = handler(event(method="POST"), None)
    assert sent(answer) == (
        404,
        "application/json",
        {"code": 404, "message": "There is no such thing."},
    )
    assert answer["multiValueHeaders"]["Retry-After"] == ["1"]


def test_a_status_without_content_gets_no_body(tmp_path: Path) -> None:
    handler, _ = serve(tmp_path, declaring(None, "400"))
    assert sent(handler(bad(), None)) == (400, None, None)


def test_a_status_that_is_not_declared_is_problem_details(tmp_path: Path) -> None:
    handler, _ = serve(tmp_path, declaring(CODED, "404"))
    assert sent(handler(bad(), None))[:2] == (400, "application/problem+json")


def test_a_shape_that_nothing_fits_is_problem_details(tmp_path: Path) -> None:
    handler, _ = serve(tmp_path, declaring(ODD))
    assert sent(handler(bad(), None))[:2] == (400, "application/problem+json")


def test_the_renderer_is_asked_first(tmp_path: Path) -> None:
    asked: list[ErrorResponse] = []

    def render(problem: Problem, response: ErrorResponse) -> Any:
        asked.append(response)
        return {"widget": problem.title}

    handler, _ = serve(tmp_path, declaring(ODD), render_problem=render)
    asked.clear()
    assert sent(handler(bad(), None)) == (400, "application/json", {"widget": "Bad Request"})
    assert asked == [ErrorResponse(400, "application/json", "call", REQUEST_ID)]


def test_the_renderer_also_makes_what_the_contract_does_not_declare(tmp_path: Path) -> None:
    handler, _ = serve(
        tmp_path, declaring(ODD, "404"), render_problem=lambda problem, _: {"widget": "w"}
    )
    assert sent(handler(bad(), None)) == (400, "application/json", {"widget": "w"})
    unknown = event(resource="/unknown")
    assert sent(handler(unknown, None)) == (404, "application/json", {"widget": "w"})


def test_the_renderer_leaves_problem_details_and_none_to_the_engine(tmp_path: Path) -> None:
    contract = declaring({}, media_type="application/problem+json")
    handler, _ = serve(tmp_path, contract, render_problem=lambda *_: {"widget": "w"})
    assert sent(handler(bad(), None))[1] == "application/problem+json"
    handler, _ = serve(tmp_path, declaring(CODED), render_problem=lambda *_: None)
    assert sent(handler(bad(), None))[2]["code"] == 400


class Weary:
    """A renderer that passes the checks at start, and then returns or raises something else."""

    def __init__(self) -> None:
        self.later: Any = None

    def __call__(self, problem: Problem, response: ErrorResponse) -> Any:
        if isinstance(self.later, Exception):
            raise self.later
        return self.later


@pytest.mark.parametrize("later", [{"code": "x"}, {"message": {1}}, RuntimeError("no"), b"\xff", 7])
@pytest.mark.parametrize("status", ["default", "404"])
def test_a_renderer_that_fails_is_replaced_and_never_an_exception(
    tmp_path: Path, later: Any, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    render = Weary()
    handler, _ = serve(tmp_path, declaring(CODED, status), render_problem=render)
    render.later = later
    code, media_type, body = sent(handler(bad(), None))
    assert code == 400
    if status == "default":
        assert (media_type, body["code"]) == ("application/json", 400)
        assert any("render_problem" in record.message for record in caplog.records)


def test_a_renderer_that_breaks_the_contract_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(StartError) as caught:
        serve(tmp_path, declaring(CODED), render_problem=lambda problem, _: {"code": problem.title})
    reasons = caught.value.reasons
    assert len(reasons) == 2, reasons
    assert all("default for call (application/json) does not match" in each for each in reasons)
    with pytest.raises(StartError, match="cannot be made: ZeroDivisionError"):
        serve(tmp_path, declaring(CODED), render_problem=lambda *_: 1 / 0)
    with pytest.raises(StartError, match="cannot be written as application/json"):
        serve(tmp_path, declaring({}), render_problem=lambda *_: {"code": {1}})
    with pytest.raises(StartError, match="is not a function"):
        serve(tmp_path, declaring({}), render_problem="render")


@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
def test_the_mode_decides_about_a_body_that_breaks_the_contract(
    tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    render = Weary()
    handler, _ = serve(tmp_path, declaring(CODED), render_problem=render)
    render.later = {"code": "wrong"}
    body = sent(handler(bad(), None))[2]
    assert body["code"] == (400 if mode == "enforce" else "wrong")


def test_middlewares_get_the_same_bodies(tmp_path: Path) -> None:
    def refuse(app: Any, next_middleware: Any) -> Any:
        raise Problem(403, "Not you.")

    handler, _ = serve(tmp_path, declaring(CODED), middlewares=[refuse])
    assert sent(handler(event(method="POST"), None)) == (
        403,
        "application/json",
        {"code": 403, "message": "Not you."},
    )
