from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from openapi_first.import_document.protection import unprotected_schemes
from openapi_first.import_document.settings import read_settings
from openapi_first.openapi.loader import load
from openapi_first.project.authorizers import authorizer_tables, other_schemes, takes_api_key

KEY = {"type": "apiKey", "in": "header", "name": "x-api-key"}
BEARER = {"type": "http", "scheme": "Bearer"}
FLOW = {"clientCredentials": {"tokenUrl": "https://a.example/token", "scopes": {}}}


def tables(folder: Path, schemes: dict[str, Any], unused: tuple[str, ...] = ()) -> dict[str, Any]:
    """What is written, after the settings have been read and protect every operation."""
    operation = {
        "operationId": "a",
        "security": [{name: []} for name in schemes if name not in unused],
        "responses": {"204": {"description": "Done"}},
    }
    path = folder / "openapi.json"
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"securitySchemes": schemes},
    }
    path.write_text(json.dumps(document))
    contract = load(path)
    text = authorizer_tables(contract, "shop")
    settings = folder / "pyproject.toml"
    settings.write_text("[tool.contract]\n" + text)
    assert not list(unprotected_schemes(contract, read_settings(settings, contract)))
    assert text.count("REPLACE") >= text.count("[tool")
    found: dict[str, Any] = tomllib.loads(text).get("tool", {}).get("contract", {})
    return {name: each["type"] for name, each in found.get("authorizers", {}).items()}


@pytest.mark.parametrize(
    ("scheme", "chosen"),
    [
        (KEY, None),
        (BEARER, "jwt"),
        ({"type": "oauth2", "flows": FLOW}, "jwt"),
        ({"type": "openIdConnect", "openIdConnectUrl": "https://a.example/x"}, "jwt"),
        ({"type": "http", "scheme": "basic"}, "service"),
        ({**KEY, "in": "query"}, "service"),
        ({**KEY, "in": "cookie"}, "service"),
        ({**KEY, "x-amazon-apigateway-authtype": "awsSigv4", "name": "Authorization"}, None),
    ],
)
def test_every_required_scheme_has_somebody_who_checks_it(
    tmp_path: Path, scheme: dict[str, Any], chosen: str | None
) -> None:
    assert tables(tmp_path, {"one": scheme}).get("one") == chosen


def test_odd_names_are_quoted_and_unused_schemes_left_out(tmp_path: Path) -> None:
    schemes = {"a.b": BEARER, "unused": BEARER}
    assert tables(tmp_path, schemes, ("unused",)) == {"a.b": "jwt"}


def test_an_operation_gets_one_authorizer(tmp_path: Path) -> None:
    schemes = {"key": KEY, "one": BEARER, "two": BEARER}
    assert tables(tmp_path, schemes) == {"one": "jwt", "two": "service"}


@pytest.mark.parametrize(
    ("security", "takes_key", "others"),
    [
        ([{"key": []}], True, []),
        ([{"key": []}, {"token": []}], True, []),
        ([{"key": [], "token": []}], True, ["token"]),
        ([{"token": []}, {"cookie": []}], False, ["token"]),
        ([{"token": []}, {}], False, []),
        ([], False, []),
    ],
)
def test_the_credentials_to_name_are_those_without_which_an_operation_refuses_requests(
    tmp_path: Path, security: list[dict[str, list[str]]], takes_key: bool, others: list[str]
) -> None:
    operation = {"operationId": "a", "responses": {"204": {"description": "Done"}}}
    schemes = {"key": KEY, "token": BEARER, "cookie": {**KEY, "in": "cookie"}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {**operation, "security": security}}},
        "components": {"securitySchemes": schemes},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = load(path)
    assert (takes_api_key(contract), other_schemes(contract)) == (takes_key, others)
