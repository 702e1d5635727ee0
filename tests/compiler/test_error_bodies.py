"""The compiler finds the body for each error response, and only one that matches its schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.compiler.compile import plan_contract
from openapi_first.core.problem_samples import SAMPLE_REQUEST_ID, sample_problems
from openapi_first.core.problem_templates import rendered
from openapi_first.openapi.loader import load
from openapi_first.runtime.plan import ProblemPlan
from openapi_first.runtime.validators import validator_for
from support.compiled import contract_of
from support.documents import written

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def whole(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def content(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def found(folder: Path, declared: Any, status: str = "default", **document: Any) -> Any:
    response: dict[str, Any] = {"description": "Refused."}
    if declared is not None:
        response["content"] = declared
    responses = {"200": {"description": "Done."}, status: response}
    contract = load(written(folder, contract_of(responses=responses, **document)))
    (plan,) = plan_contract(contract).operations
    return next(each.problem for each in plan.responses if each.status == status)


SHAPES = [
    (whole(message=TEXT), {"message": "$message"}),
    (whole(error=TEXT), {"error": "$message"}),
    (whole(code=NUMBER, message=TEXT), {"code": "$status", "message": "$message"}),
    (whole(code=TEXT, message=TEXT), {"code": "$code", "message": "$message"}),
    (whole(error=TEXT, message=TEXT), {"error": "$title", "message": "$message"}),
    (
        whole(error=whole(code=NUMBER, message=TEXT)),
        {"error": {"code": "$status", "message": "$message"}},
    ),
    (whole(errors={"type": "array", "items": TEXT}), {"errors": {"$each": "$error"}}),
    (
        whole(errors={"type": "array", "items": whole(message=TEXT, field=TEXT)}),
        {"errors": {"$each": {"message": "$error_detail", "field": "$field"}}},
    ),
    (
        {
            "type": "object",
            "properties": {"message": TEXT, "errors": {"type": "array", "items": TEXT}},
        },
        {"message": "$detail", "errors": {"$each_if_any": "$error"}},
    ),
    (
        whole(type=TEXT, title=TEXT, status=NUMBER, detail=TEXT),
        {"type": "$type", "title": "$title", "status": "$status", "detail": "$message"},
    ),
    (whole(success={"type": "boolean"}, error=TEXT), {"success": False, "error": "$message"}),
    (TEXT, "$message"),
    ({"allOf": [whole(code=NUMBER), whole(message=TEXT)]}, None),
    (whole(message={"type": "string", "maxLength": 40}), {"message": "$title"}),
]


@pytest.mark.parametrize(("schema", "template"), SHAPES, ids=range(len(SHAPES)))
def test_a_common_shape_is_filled(tmp_path: Path, schema: Any, template: Any) -> None:
    template = template or {"code": "$status", "message": "$message"}
    assert found(tmp_path, content(schema)) == ProblemPlan("application/json", template)


def test_problem_details_come_first_where_they_are_declared(tmp_path: Path) -> None:
    both = content(whole(message=TEXT)) | content({}, "application/problem+json")
    assert found(tmp_path, both) == ProblemPlan("application/problem+json")
    assert found(tmp_path, {"*/*": {}}) == ProblemPlan("application/problem+json")


def test_problem_details_with_more_required_members_get_them(tmp_path: Path) -> None:
    schema = whole(title=TEXT, code=TEXT)
    plan = found(tmp_path, content(schema, "application/problem+json"))
    assert plan == ProblemPlan("application/problem+json", {"title": "$title", "code": "$code"})


def test_an_open_json_body_is_problem_details_as_json(tmp_path: Path) -> None:
    for schema in ({}, {"type": "object"}, whole(extra={})):
        plan = found(tmp_path, content(schema))
        assert plan is None or plan.media_type == "application/json"
    assert found(tmp_path, {"application/json": {}}).template["title"] == "$title"


@pytest.mark.parametrize(
    "declared",
    [
        None,
        content(whole(widget=TEXT)),
        content(whole(message=NUMBER)),
        content(TEXT, "application/xml"),
        content({"oneOf": [whole(message=TEXT), whole(error=TEXT)]}),
        content(whole(code={"type": "string", "enum": ["E1", "E2"]}, message=TEXT)),
        content({"type": "object", "additionalProperties": TEXT}),
    ],
    ids=range(7),
)
def test_nothing_is_made_up(tmp_path: Path, declared: Any) -> None:
    assert found(tmp_path, declared) is None


def test_an_enumerated_code_is_chosen_by_the_status(tmp_path: Path) -> None:
    codes = {"type": "string", "enum": ["BAD_REQUEST", "NOT_FOUND", "INTERNAL_ERROR"]}
    template = found(tmp_path, content(whole(code=codes, message=TEXT))).template
    codes_of = {
        problem.status: rendered(template, problem, None)["code"]
        for problem in sample_problems("default")
    }
    assert codes_of == {
        400: "BAD_REQUEST",
        404: "NOT_FOUND",
        415: "BAD_REQUEST",
        500: "INTERNAL_ERROR",
    }


def test_markup_never_repeats_what_the_client_has_sent(tmp_path: Path) -> None:
    assert found(tmp_path, content(TEXT, "text/html")).template == "$title"
    assert found(tmp_path, content(TEXT, "text/plain")).template == "$message"


@pytest.mark.parametrize("name", ["$by_status", "$each", "$each_if_any"])
def test_a_member_named_like_a_directive_is_not_filled(tmp_path: Path, name: str) -> None:
    required = whole(**{"message": TEXT, name: {"type": ["array", "object", "string", "null"]}})
    (tmp_path / "required").mkdir()
    assert found(tmp_path / "required", content(required), openapi="3.1.0") is None
    optional = required | {"required": ["message"]}
    (tmp_path / "optional").mkdir()
    plan = found(tmp_path / "optional", content(optional), openapi="3.1.0")
    assert plan.template == {"message": "$message"}


def test_an_error_within_an_error_is_not_repeated(tmp_path: Path) -> None:
    reference = {"$ref": "#/components/schemas/Error"}
    error = whole(message=TEXT)
    error["properties"] |= {"error": reference, "errors": {"type": "array", "items": reference}}
    plan = found(tmp_path, content(reference), schemas={"Error": error})
    assert plan.template == {
        "message": "$detail",
        "errors": {"$each_if_any": {"message": "$error_detail"}},
    }


def test_a_nullable_recursive_schema_of_3_1_is_read(tmp_path: Path) -> None:
    error = whole(message=TEXT) | {"type": ["object", "null"]}
    error["properties"]["causes"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Error"},
    }
    plan = found(
        tmp_path,
        content({"$ref": "#/components/schemas/Error"}),
        openapi="3.1.0",
        schemas={"Error": error},
    )
    assert plan.template["message"] == "$detail"


MEMBERS = st.sampled_from(
    ["message", "error", "errors", "code", "status", "type", "title", "detail", "field", "widget"]
)
LEAVES = st.sampled_from(
    [
        *(TEXT, NUMBER, {}, {"type": "boolean"}, {"type": "string", "maxLength": 12}),
        {"type": "string", "enum": ["not_found", "bad_request"]},
        {"type": "string", "nullable": True},
    ]
)


def objects(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    closed = st.booleans()
    properties = st.dictionaries(MEMBERS, members, min_size=1, max_size=4)
    return st.builds(
        lambda known, needed, shut: {
            "type": "object",
            "properties": known,
            **({"required": needed} if (needed := sorted(needed & set(known))) else {}),
            **({"additionalProperties": False} if shut else {}),
        },
        properties,
        st.sets(MEMBERS),
        closed,
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        objects(inner),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda one, two: {"oneOf": [one, two]}, objects(inner), objects(inner)),
    ),
    max_leaves=8,
)


@given(schema=objects(SCHEMAS), status=st.sampled_from(["400", "4XX", "default"]))
def test_what_is_found_matches_the_schema(
    schema: Any, status: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("found")
    responses = {status: {"description": "Refused.", "content": content(schema)}}
    contract = load(written(folder, contract_of(responses=responses)))
    (plan,) = plan_contract(contract).operations
    (response,) = plan.responses
    if response.problem is None:
        return
    (entry,) = response.content
    assert entry.schema is not None
    validator = validator_for(entry.schema, {}, "draft-4")
    for problem in sample_problems(status):
        body = rendered(response.problem.template, problem, SAMPLE_REQUEST_ID)
        assert validator.is_valid(body), (schema, response.problem)
