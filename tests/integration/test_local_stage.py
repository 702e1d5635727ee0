"""`contract test` without a URL tests the project of this folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
    return subprocess.run(
        [sys.executable, "-m", "openapi_first", "test", "--max-examples", "3", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_stage_is_started_with_tokens_that_it_accepts_and_refuses(shop: Path) -> None:
    done = contract_test(shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 of 11 promises kept" in done.stdout
    log = (shop / "build" / "contract-test.log").read_text()
    # No token and a wrong one, then an expired one, of another issuer, signed with another key,
    # and without a scope.
    assert log.count(" 401 (UNAUTHORIZED") + log.count(" 401 (EXPIRED_TOKEN") == 6


def test_operations_that_no_one_token_can_call_are_not_judged(shop: Path) -> None:
    contract = (shop / "openapi.yaml").read_text()
    plain = contract.partition("paths:\n")[2].partition("components:")[0]
    plain = plain.replace("/orders", "/plain").replace("getOrders", "getPlain")
    plain = plain.replace("[orders.read]", "[]")
    (shop / "openapi.yaml").write_text(contract.replace("components:", f"{plain}components:"))
    pool = 'type = "cognito_user_pools"\nuser_pools = ["eu-west-1_AbC"]\n'
    (shop / "pyproject.toml").write_text(SETTINGS.partition('type = "jwt"')[0] + pool)
    (shop / "operations.py").write_text(
        "def get_orders():\n    return 'a'\n\n\ndef get_plain():\n    return 'b'\n"
    )
    done = contract_test(shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pass the credential of session with --credential session=VARIABLE" in done.stderr


def test_a_contract_may_be_named_without_a_url(shop: Path) -> None:
    elsewhere = shop / "elsewhere"
    elsewhere.mkdir()
    done = contract_test(elsewhere, "../openapi.yaml", "--phase", "example")
    assert done.returncode == 0, done.stdout + done.stderr


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
    done = contract_test(shop, "--phase", "example")
    assert done.returncode == 0, done.stdout + done.stderr
