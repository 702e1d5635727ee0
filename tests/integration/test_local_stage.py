"""`contract test` without a URL tests the project of this folder."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from support.commands import contract

CONTRACT = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      operationId: getOrders
      security: [{session: [orders.read]}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
components:
  securitySchemes:
    session:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://login.example.com/token
          scopes: {orders.read: read orders}
"""
SETTINGS = """
[tool.contract]
handler = "app.handler"

[tool.contract.authorizers.session]
type = "jwt"
issuer = "https://login.example.com/"
audiences = ["shop"]
"""
HANDLER = """
import compiled
import operations
from openapi_first.runtime import lambda_handler

handler = lambda_handler(compiled, operations)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "operations.py").write_text("def get_orders():\n    return 'none'\n")
    return tmp_path


def contract_test(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return contract("test", "--max-examples", "3", *arguments, folder=folder)


def test_a_stage_is_started_with_tokens_that_it_accepts_and_refuses(shop: Path) -> None:
    done = contract_test(shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 of 11 promises kept" in done.stdout
    log = (shop / "build" / "contract-test.log").read_text()
    # No token and a wrong one, then an expired one, of another issuer, signed with another key,
    # and without a scope.
    assert log.count(" 401 (UNAUTHORIZED") + log.count(" 401 (EXPIRED_TOKEN") == 6


KINDS = """
[tool.contract]
handler = "app.handler"

[tool.contract.authorizers.pool]
type = "cognito_user_pools"
user_pools = ["eu-west-1_AbC"]

[tool.contract.authorizers.token]
type = "token"
identity_validation_expression = "^Bearer [-0-9a-zA-Z._]+$"

[tool.contract.authorizers.request]
type = "request"
identity_source = "$request.header.Authorization, $request.header.X-Tenant, $request.querystring.x"
"""


def test_each_kind_of_authorizer_gets_tokens_for_all_its_methods(shop: Path) -> None:
    document = yaml.safe_load(CONTRACT)
    (orders,) = document["paths"].values()
    (scheme,) = document["components"]["securitySchemes"].values()
    kinds = ("pool", "token", "request")
    document["components"]["securitySchemes"] = dict.fromkeys(kinds, scheme)
    document["paths"] = {
        f"/{kind}{number}": {
            "get": {**orders["get"], "operationId": f"{kind}{number}", "security": [{kind: scopes}]}
        }
        for kind in kinds
        for number, scopes in enumerate(([], ["orders.read"]))
    }
    (shop / "openapi.yaml").write_text(json.dumps(document))
    (shop / "pyproject.toml").write_text(KINDS)
    functions = (f"def {kind}{number}():\n    return 'a'\n" for kind in kinds for number in (0, 1))
    (shop / "operations.py").write_text("\n\n".join(functions))
    done = contract_test(shop, "--phase", "gateway", "--phase", "example")
    assert done.returncode == 0, done.stdout + done.stderr
    log = (shop / "build" / "contract-test.log").read_text()
    refused = re.findall(r"/(\w+?[01])\S* (40[13]) \(", log)
    # No token and a wrong one, an expired one and one signed with another key; for a pool, one of
    # another issuer; where scopes are asked for, one without.
    counts = Counter(refused)
    assert counts == {
        ("pool0", "401"): 5,
        ("pool1", "401"): 6,
        ("token0", "401"): 4,
        ("token1", "401"): 4, ("token1", "403"): 1,
        ("request0", "401"): 4,
        ("request1", "401"): 4, ("request1", "403"): 1,
    }  # fmt: skip


def test_a_contract_may_be_named_without_a_url(shop: Path) -> None:
    elsewhere = shop / "elsewhere"
    elsewhere.mkdir()
    done = contract_test(elsewhere, "../openapi.yaml", "--phase", "boundary")
    assert done.returncode == 0, done.stdout + done.stderr


KEYED = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      operationId: getOrders
      security: [{key: []}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}}
"""


def test_the_stage_takes_the_key_and_a_report_says_how_to_repeat_a_request(shop: Path) -> None:
    (shop / "openapi.yaml").write_text(KEYED)
    (shop / "pyproject.toml").write_text('[tool.contract]\nhandler = "app.handler"\n')
    (shop / "operations.py").write_text("def get_orders():\n    raise RuntimeError('no stock')\n")
    key = "a-key-of-twenty-characters"
    done = contract_test(shop, "--phase", "boundary", "--api-key", key)
    assert done.returncode == 1, done.stdout + done.stderr
    assert '  curl -i -H "x-api-key: $API_KEY" "$URL/orders"\n' in done.stdout
    assert "note: the stage has ended; to repeat a request, run `contract serve`" in done.stdout
    assert f"API key    {key}\n" in (shop / "build" / "contract-test.log").read_text()
    assert key not in done.stdout
    log = re.search(r"note: getOrders: .* ERROR .*; RuntimeError: no stock\n", done.stdout)
    assert log, done.stdout
    assert "the log of the stage is build/contract-test.log\n" in done.stdout


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--api-key", "short", "20 to 128"), ("--api-key-id", "abc", "--api-key-id requires a URL")],
)
def test_a_key_that_the_stage_cannot_have_is_refused(
    shop: Path, option: str, value: str, words: str
) -> None:
    done = contract_test(shop, option, value)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_project_that_does_not_start_says_why(shop: Path) -> None:
    (shop / "app.py").write_text("import nothing_here\n")
    done = contract_test(shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("contract: app.handler cannot be loaded:\n")
    assert 'app.py", line 1' in done.stderr
    assert "No module named 'nothing_here'" in done.stderr
    assert "openapi_first/" not in done.stderr


def test_a_run_needs_no_folder_that_can_be_written(shop: Path) -> None:
    (shop / "build").write_text("")  # as good as a folder without permission, also for root
    done = contract_test(shop, "--phase", "boundary")
    assert done.returncode == 0, done.stdout + done.stderr
