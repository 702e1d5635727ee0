"""What operations have in common that are one method of API Gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.errors import ContractError
from openapi_first.import_document.authorizers import Authorizer
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from openapi_first.resources.resources import resources_of
from support.documents import written

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}},
}
KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}


def operation(name: str, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "operationId": name,
        "parameters": [ID, *parameters],
        "responses": {"200": {"description": name}},
        **more,
    }


def document(one: dict[str, Any], other: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a/{id}": {"post": one}, "/a/{id}.json": {"post": other}},
        **more,
    }


def shared(folder: Path, one: dict[str, Any], other: dict[str, Any]) -> tuple[Any, str]:
    """The one method of both, and what lint says about the second operation."""
    rendered = Rendered.of(load(written(folder, document(one, other))))
    (item,) = rendered.document["paths"].values()
    (detail,) = [
        each.detail
        for each in lint(rendered)
        if each.rule.id == "shared-method" and each.pointer.startswith("/paths/~1a~1{id}.json")
    ]
    return item["post"], detail


def query(name: str, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


def test_the_gateway_requires_what_both_require(tmp_path: Path) -> None:
    one = operation("one", query("both"), query("mixed"), query("own"))
    other = operation("other", query("both"), query("mixed", False), query("only"))
    method, detail = shared(tmp_path, one, other)
    required = {each["name"]: each["required"] for each in method["parameters"]}
    assert required == {"id": True, "both": True, "mixed": False}
    assert detail == (
        "other shares POST /a/{id} with POST /a/{id}; only the Lambda checks that only is there"
    )


def test_the_gateway_validates_a_body_that_both_have(tmp_path: Path) -> None:
    method, detail = shared(
        tmp_path, operation("one", requestBody=BODY), operation("other", requestBody=BODY)
    )
    assert method["requestBody"]["content"]["application/json"]["schema"]
    assert "only the Lambda" not in detail


@pytest.mark.parametrize("own", [{}, {"requestBody": {**BODY, "required": False}}])
def test_another_body_is_left_to_the_lambda(tmp_path: Path, own: dict[str, Any]) -> None:
    """Also when the other operation has none."""
    method, detail = shared(tmp_path, operation("one", **own), operation("o", requestBody=BODY))
    assert "requestBody" not in method
    assert detail.endswith("only the Lambda checks the body")


def test_lint_says_for_such_a_body_that_the_gateway_validates_nothing(tmp_path: Path) -> None:
    contract = load(written(tmp_path, document(operation("one"), operation("o", requestBody=BODY))))
    rules = {each.rule.id for each in lint(Rendered.of(contract)) if "requestBody" in each.pointer}
    assert "body-without-model" in rules
    assert not rules & {"keyword-at-gateway", "body-required"}


def test_the_method_has_the_responses_of_both(tmp_path: Path) -> None:
    one, other = operation("one"), operation("other")
    text = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    one["responses"]["200"] |= {"headers": {"ETag": {"schema": {"type": "string"}}}}
    other["responses"] = {"200": {"description": "o", **text}, "404": {"description": "none"}}
    method, _ = shared(tmp_path, one, other)
    assert set(method["responses"]) == {"200", "404"}
    assert set(method["responses"]["200"]["headers"]) == {"ETag"}
    assert set(method["responses"]["200"]["content"]) == {"text/plain"}
    assert method["description"] == "Shared by POST /a/{id} (one), POST /a/{id}.json (other)."


def test_unequal_security_is_refused_at_both_places(tmp_path: Path) -> None:
    schemes = {"components": {"securitySchemes": {"key": KEY}}}
    unlike = document(operation("one"), operation("other", security=[{"key": []}]), **schemes)
    with pytest.raises(ContractError, match="their security differs") as caught:
        import_document(load(written(tmp_path, unlike)))
    assert "/a/{id} " in str(caught.value)
    assert "/a/{id}.json" in str(caught.value)


def test_security_that_functions_check_may_differ(tmp_path: Path) -> None:
    schemes = {"components": {"securitySchemes": {"key": KEY}}}
    unlike = document(operation("one"), operation("other", security=[{"key": []}]), **schemes)
    settings = GatewaySettings(authorizers={"key": Authorizer("service")})
    rendered = import_document(load(written(tmp_path, unlike)), settings)
    assert "security" not in rendered["paths"]["/a/{id}"]["post"]


def test_the_order_of_alternatives_does_not_matter(tmp_path: Path) -> None:
    schemes = {"components": {"securitySchemes": {"key": KEY}}}
    one, other = [{"key": []}, {}], [{}, {"key": []}]
    same = document(operation("one", security=one), operation("other", security=other), **schemes)
    import_document(load(written(tmp_path, same)))


def test_paths_of_other_names_may_have_other_methods(tmp_path: Path) -> None:
    other = {"name": "other", "in": "path", "required": True, "schema": {"type": "string"}}
    contract = document(operation("one"), operation("gone"))
    contract["paths"].pop("/a/{id}.json")
    contract["paths"]["/a/{other}"] = {"get": {**operation("get"), "parameters": [other]}}
    rendered = Rendered.of(load(written(tmp_path, contract)))
    assert set(rendered.document["paths"]["/a/{id}"]) == {"post", "get", "options"}
    assert "same-path" in {each.rule.id for each in lint(rendered)}


def any_document(
    one: dict[str, Any], for_any: dict[str, Any], path: str = "/a/{id}.json"
) -> dict[str, Any]:
    """GET at one path, and any method at another one of the same resource."""
    contract = document(one, for_any, components={"securitySchemes": {"key": KEY}})
    contract["paths"] = {
        "/a/{id}": {"get": one},
        path: {"x-amazon-apigateway-any-method": for_any},
    }
    return contract


def test_any_method_keeps_its_security_where_another_path_has_the_method(tmp_path: Path) -> None:
    contract = any_document(operation("one"), operation("other", security=[{"key": []}]))
    with pytest.raises(ContractError, match="their security differs"):
        import_document(load(written(tmp_path, contract)))


def test_a_method_requires_no_more_than_the_operation_for_any_method(tmp_path: Path) -> None:
    contract = any_document(operation("one", query("q")), operation("other"))
    (item,) = import_document(load(written(tmp_path, contract)))["paths"].values()
    assert [each["name"] for each in item["get"]["parameters"]] == ["id"]
    assert item["x-amazon-apigateway-any-method"]["operationId"] == "other"


def test_another_path_does_not_take_requests_from_an_integration(tmp_path: Path) -> None:
    own = {"type": "http_proxy", "httpMethod": "ANY", "uri": "https://example.com/"}
    contract = any_document(operation("one"), operation("other"))
    contract["paths"] = {
        "/a/{id}.json": {"get": operation("one")},
        "/a/{id}": {
            "x-amazon-apigateway-any-method": operation(
                "other", **{"x-amazon-apigateway-integration": own}
            )
        },
    }
    with pytest.raises(ContractError, match="its integration does not know"):
        import_document(load(written(tmp_path, contract)))


@pytest.mark.parametrize("first", ["get", "any"])
def test_a_method_comes_before_any_method_of_a_path_with_another_name(
    tmp_path: Path, first: str
) -> None:
    other = {"name": "other", "in": "path", "required": True, "schema": {"type": "string"}}
    for_any = {**operation("any", security=[{"key": []}]), "parameters": [other]}
    contract = any_document(operation("one"), for_any, "/a/{other}")
    if first == "any":
        contract["paths"] = dict(reversed(contract["paths"].items()))
    resources = resources_of(load(written(tmp_path, contract)))
    (template,) = resources.candidates(("GET", resources.templates["/a/{id}"].resource))
    assert template.path == "/a/{id}"
    (template,) = resources.candidates(("POST", resources.templates["/a/{id}"].resource))
    assert template.path == "/a/{other}"


def test_authorization_in_an_extension_is_security(tmp_path: Path) -> None:
    signed = operation("one", **{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})
    for pair in ((signed, operation("other")), (operation("other"), signed)):
        with pytest.raises(ContractError, match="their security differs"):
            import_document(load(written(tmp_path, document(*pair))))
    import_document(load(written(tmp_path, document(signed, {**signed, "operationId": "other"}))))
