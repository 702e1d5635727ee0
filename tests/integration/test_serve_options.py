"""What the options of `contract serve` and `contract token` do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from support.commands import contract
from support.serving import KEY, Serving, serving

pytestmark = pytest.mark.usefixtures("shared_database")


@pytest.fixture
def shared_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", database)


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[str, ...]:
    """The options that serve, in the folder, an API which requires a key and nothing else."""
    api = simple("/items")
    operation = api["paths"]["/items"]["get"]
    operation["security"] = [{"key": []}]
    scheme = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    api["components"] = {"securitySchemes": {"key": scheme}}
    (tmp_path / "api.json").write_text(json.dumps(api))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {'body': 'items'}\n")
    return ("--document", "api.json", "--variable", "f=shop")


def statuses(server: Serving, count: int, key: str = KEY) -> list[int]:
    with requests.Session() as session:
        session.headers["x-api-key"] = key
        url = f"{server.base_url}/items"
        return [session.get(url, timeout=10).status_code for _ in range(count)]


def test_a_quota_is_kept_over_a_restart_and_a_burst_is_throttled(
    keyed: tuple[str, ...], tmp_path: Path
) -> None:
    kept = (*keyed, "--quota", "3/MONTH", "--usage-file", "usage.json")
    with serving(tmp_path, *kept, handler="shop.handler") as server:
        assert statuses(server, 2) == [200, 200]
        server.interrupt()
    with serving(tmp_path, *kept, handler="shop.handler") as server:
        assert statuses(server, 2) == [200, 429]
        usage = requests.get(server.base_url.replace("/prod", "/_stage/usage"), timeout=10).json()
        assert usage["plans"][0]["keys"][0]["quota"]["remaining"] == 0
    limits = (*keyed, "--rate", "0.001", "--burst", "2", "--raw-logs")
    with serving(tmp_path, *limits, handler="shop.handler") as server:
        assert statuses(server, 3) == [200, 200, 429]


def test_several_keys_come_from_a_file(keyed: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "plans.yaml").write_text(
        "keys: [{id: a, value: key-of-alice-with-20-chars, enabled: true},"
        " {id: b, value: key-of-bob-with-20-chars-too}]\n"
        "plans: [{name: p, keys: [a, b], quota: {limit: 1, period: DAY}}]\n"
    )
    with serving(tmp_path, *keyed, "--plans", "plans.yaml", handler="shop.handler") as server:
        assert statuses(server, 2, "key-of-alice-with-20-chars") == [200, 429]
        assert statuses(server, 1, "key-of-bob-with-20-chars-too") == [403]
        server.wait_for("the key 'b' is disabled")


def serve_document(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    serve = ("serve", "--document", "api.json", "--handler", "shop.handler", "--port", "0")
    return contract(*serve, *options, folder=folder)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--plans", "none.yaml"), "none.yaml"),
        (("--plans", "bad.yaml"), "bad.yaml#/keys"),
        (("--plans", "bad.yaml", "--rate", "1"), "leave out --rate"),
        (("--jwks", "none.json"), "contract token --jwks none.json"),
        (("--quota", "many"), "'many' is not a quota (as in 1000/MONTH"),
        (("--burst", "3"), "--burst requires --rate"),
        (("--rate", "0"), "'0' is not a positive number"),
        (("--function", "guard"), "guard=shop.guard.handler"),
        (("--variable", "a-b=1"), "'a-b=1' is not a stage variable"),
        (("--env", "=1"), "'=1' is not an environment variable"),
        (("--usage-file", "bad.yaml"), "remove it to"),
        (("openapi.yaml",), "--document excludes a contract"),
        (("--settings", "x.toml"), "--document excludes a contract"),
        (("--allow-origin", "*"), "--document excludes a contract"),
        (("--setup", "nowhere"), "python -m nowhere failed"),
    ],
)
def test_a_wrong_option_is_reported_with_what_to_write(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "bad.yaml").write_text("keys: 1")
    (tmp_path / "api.json").write_text(json.dumps(document()))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}")
    done = serve_document(tmp_path, *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def document() -> dict[str, object]:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"

    def operation(*schemes: str) -> dict[str, object]:
        integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri.format("shop")}
        return {
            "responses": {"200": {"description": "ok"}},
            "security": [{name: []} for name in schemes],
            "x-amazon-apigateway-integration": integration,
        }

    def scheme(**extension: object) -> dict[str, object]:
        return {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": extension,
        }

    pool = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"
    return {
        "openapi": "3.0.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            "/pool": {"get": operation("pool")},
            "/guarded": {"get": operation("guard")},
        },
        "components": {
            "securitySchemes": {
                "pool": scheme(type="cognito_user_pools", providerARNs=[pool]),
                "guard": scheme(type="token", authorizerUri=uri.format("guard")),
            }
        },
    }


GUARDED_SHOP = """
def handler(event, context):
    return {"body": str(event["requestContext"]["authorizer"])}

def guard(event, context):
    effect = "Allow" if event["authorizationToken"] == "open" else "Deny"
    statement = {"Effect": effect, "Action": "*", "Resource": "*"}
    return {"principalId": "p", "policyDocument": {"Statement": statement}}
"""


def status(url: str, authorization: str = "") -> int:
    return requests.get(url, headers={"Authorization": authorization}, timeout=10).status_code


def test_any_import_document_is_served_with_its_authorizers_and_minted_tokens(
    tmp_path: Path,
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(document()))
    (tmp_path / "shop.py").write_text(GUARDED_SHOP)
    token = ("token", "--jwks", "keys.json", "--pool", "eu-west-1_AbC")
    minted = contract(*token, folder=tmp_path)
    assert minted.returncode == 0
    options = ("--document", "api.json", "--jwks", "keys.json", "--function", "guard=shop.guard")
    with serving(tmp_path, *options, handler="shop.handler") as server:
        base, token = server.base_url, minted.stdout.strip()
        assert status(f"{base}/pool", token) == 200
        assert status(f"{base}/pool", token[:-8] + "AAAAAAAA") == 401
        assert status(f"{base}/guarded", "open") == 200
        assert status(f"{base}/guarded", "shut") == 403
        server.interrupt()
        assert server.process.returncode == 0
        # Nothing of this API asks for an API key.
        assert not any("API key" in line or "x-api-key" in line for line in server.lines)
        assert any("Shop 1, 2 operations" in line for line in server.lines)
        server.wait_for(f'curl -i -H "Authorization: Bearer .TOKEN" {base}/pool$')


def simple(path: str, method: str = "get") -> dict[str, Any]:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${stageVariables.f}"
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": f"{uri}/invocations"}
    return {
        "openapi": "3.0.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": {path: {method: {"x-amazon-apigateway-integration": integration}}},
    }


def test_a_change_of_the_document_or_of_the_handlers_module_is_served(tmp_path: Path) -> None:
    path, module = tmp_path / "api.yaml", tmp_path / "shop.py"
    path.write_text(yaml.safe_dump(simple("/old", "post")))
    module.write_text("def handler(event, context): return {'body': 'first'}\n")
    options = ("--document", "api.yaml", "--variable", "f=shop", "--env", "A=b")
    with serving(tmp_path, *options, handler="shop.handler") as server:
        base = server.base_url
        server.wait_for(f"curl -i -X POST {base}/old$")
        assert requests.post(f"{base}/old", timeout=10).text == "first"
        seen = len(server.lines)
        module.write_text("def handler(event, context): return {'body': 'second'}\n")
        server.wait_for(r"^shop\.py changed: reloaded", after=seen)
        assert requests.post(f"{base}/old", timeout=10).text == "second"
        seen = len(server.lines)
        path.write_text(yaml.safe_dump(simple("/new")))
        server.wait_for(r"^api\.yaml changed: reloaded, 1 operation", after=seen)
        assert requests.get(f"{base}/new", timeout=10).text == "second"
        assert status(f"{base}/old") == 403
        seen = len(server.lines)
        path.write_text("paths: [")
        server.wait_for(r"api\.yaml:\d+: is not YAML", after=seen)
        server.wait_for("the last working version keeps running", after=seen)
        assert status(f"{base}/new") == 200


def test_a_document_is_served_with_a_function_that_runs_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(simple("/old")))
    function = ("--lambda-endpoint-url", "http://127.0.0.1:9")
    options = ("--document", "api.yaml", "--variable", "f=shop")
    with serving(tmp_path, *options, function=function) as server:
        assert status(f"{server.base_url}/old") == 500
        seen = len(server.lines)
        (tmp_path / "api.yaml").write_text(yaml.safe_dump(simple("/new")))
        server.wait_for(r"^api\.yaml changed: reloaded", after=seen)
        assert status(f"{server.base_url}/old") == 403


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "only 3.0.x can"),
        ("[]", "is not an OpenAPI document"),
        ("a: [", ": is not YAML"),
        (None, "api.json: cannot be read: No such file"),
    ],
)
def test_a_document_that_is_not_one_is_explained(
    tmp_path: Path, content: str | None, words: str
) -> None:
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}")
    if content is not None:
        (tmp_path / "api.json").write_text(content)
    done = serve_document(tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_does_not_load_is_reported_with_its_own_frames_only(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps(document()))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}\nimport nowhere\n")
    done = serve_document(tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "contract: shop.handler cannot be loaded:",
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/shop.py", line 2, in <module>',
        "    import nowhere",
        "ModuleNotFoundError: No module named 'nowhere'",
    ]
    (tmp_path / "shop.py").write_text("")
    (line,) = serve_document(tmp_path).stderr.splitlines()
    assert line.startswith("contract: shop.handler cannot be loaded: AttributeError: module 'shop'")


def test_another_address_is_named_once_it_is_listened_on(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(simple("/old")))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}")
    options = ("--document", "api.yaml", "--host", "0.0.0.0")
    with serving(tmp_path, *options, handler="shop.handler") as server:
        server.wait_for("other machines may reach it")


def test_a_token_needs_a_private_key_to_be_signed_with(tmp_path: Path) -> None:
    (tmp_path / "public.json").write_text('{"keys": []}')
    done = contract("token", "--jwks", "public.json", "--pool", "a_b", folder=tmp_path)
    assert done.returncode == 2
    assert "no private key" in done.stderr
