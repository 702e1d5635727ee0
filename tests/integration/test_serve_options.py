"""What options of `contract serve`, `contract token` and `python -m stage` turn on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import requests

from support.serving import KEY, ROOT, Serving, serving

OPTIONS = ("--env", "TABLE_NAME=items", "--setup", "items.table")
MISSING = "/items/00000000-0000-4000-8000-000000000000"


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
        timeout=60,
    )


def statuses(server: Serving, count: int, key: str = KEY) -> list[int]:
    with requests.Session() as session:
        session.headers["x-api-key"] = key
        url = server.base_url + MISSING
        return [session.get(url, timeout=10).status_code for _ in range(count)]


def test_a_quota_is_kept_over_a_restart_and_a_burst_is_throttled(tmp_path: Path) -> None:
    kept = ("--quota", "3/MONTH", "--usage-file", str(tmp_path / "usage.json"))
    with serving(ROOT, *OPTIONS, *kept) as server:
        assert statuses(server, 2) == [404, 404]
        server.interrupt()
    with serving(ROOT, *OPTIONS, *kept) as server:
        assert statuses(server, 2) == [404, 429]
        usage = requests.get(server.base_url.replace("/prod", "/_stage/usage"), timeout=10).json()
        assert usage["plans"][0]["keys"][0]["quota"]["remaining"] == 0
    with serving(ROOT, *OPTIONS, "--rate", "0.001", "--burst", "2", "--raw-logs") as server:
        assert statuses(server, 3) == [404, 404, 429]


def test_several_keys_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plans.yaml"
    path.write_text(
        "keys: [{id: a, value: key-of-alice-with-20-chars, enabled: true},"
        " {id: b, value: key-of-bob-with-20-chars-too}]\n"
        "plans: [{name: p, keys: [a, b], quota: {limit: 1, period: DAY}}]\n"
    )
    with serving(ROOT, *OPTIONS, "--plans", str(path)) as server:
        assert statuses(server, 2, "key-of-alice-with-20-chars") == [404, 429]
        assert statuses(server, 1, "key-of-bob-with-20-chars-too") == [403]
        server.wait_for("the key 'b' is disabled")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--plans", "none.yaml"), "none.yaml"),
        (("--plans", "bad.yaml"), "bad.yaml#/keys"),
        (("--plans", "bad.yaml", "--rate", "1"), "leave out --rate"),
        (("--jwks", "none.json"), "contract token --jwks none.json"),
        (("--quota", "many"), "1000/MONTH"),
        (("--burst", "3"), "--burst goes with --rate"),
        (("--rate", "0"), "not a number above 0"),
        (("--function", "guard"), "guard=package.module.handler"),
        (("--usage-file", "bad.yaml"), "remove it to begin anew"),
    ],
)
def test_wrong_options_are_told_with_what_to_write(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "bad.yaml").write_text("keys: 1")
    (tmp_path / "api.json").write_text(json.dumps(document()))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}")
    serve = ("openapi_first.stage", "serve", "api.json", "--handler", "shop.handler", "--port", "0")
    done = run(*serve, *options, folder=tmp_path)
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


def test_any_import_document_is_served_with_its_authorizers_and_minted_tokens(
    tmp_path: Path,
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(document()))
    (tmp_path / "shop.py").write_text(
        textwrap.dedent(
            """
            def handler(event, context):
                return {"body": str(event["requestContext"]["authorizer"])}

            def guard(event, context):
                effect = "Allow" if event["authorizationToken"] == "open" else "Deny"
                statement = {"Effect": effect, "Action": "*", "Resource": "*"}
                return {"principalId": "p", "policyDocument": {"Statement": statement}}
            """
        )
    )
    minted = run(
        "openapi_first", "token", "--jwks", "keys.json", "--pool", "eu-west-1_AbC", folder=tmp_path
    )
    assert minted.returncode == 0
    token = minted.stdout.strip()
    command = [sys.executable, "-m", "openapi_first.stage", "serve", "api.json"]
    process = subprocess.Popen(
        [
            *(*command, "--handler", "shop.handler", "--port", "0"),
            *("--jwks", "keys.json", "--function", "guard=shop.guard"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        base = process.stdout.readline().split()[-1]

        def get(path: str, authorization: str) -> int:
            headers = {"Authorization": authorization}
            return requests.get(base + path, headers=headers, timeout=10).status_code

        assert get("/pool", token) == 200
        assert get("/pool", token[:-8] + "AAAAAAAA") == 401
        assert get("/guarded", "open") == 200
        assert get("/guarded", "shut") == 403
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "only 3.0.x can"),
        ("[]", "not an OpenAPI document"),
        ("a: [", "neither JSON nor YAML"),
    ],
)
def test_a_document_that_is_none_is_explained(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "api.json").write_text(content)
    serve = ("openapi_first.stage", "serve", "api.json", "--handler", "a.b", "--port", "0")
    done = run(*serve, folder=tmp_path)
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_needs_a_private_key_to_be_signed_with(tmp_path: Path) -> None:
    (tmp_path / "public.json").write_text('{"keys": []}')
    done = run("openapi_first", "token", "--jwks", "public.json", "--pool", "a_b", folder=tmp_path)
    assert done.returncode == 2
    assert "no private key" in done.stderr
