"""What a contract is built into for `contract serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openapi_first.serving.builds import ServedContract
from support.documents import whole, written


def document() -> dict[str, Any]:
    contract = whole()
    answer = {"responses": {"202": {"description": "."}}}
    contract["paths"]["/things/@me"] = {"get": {"operationId": "me", **answer}}
    return contract


def test_the_console_names_operations_as_the_contract_does(tmp_path: Path) -> None:
    served = ServedContract(written(tmp_path, document()), tmp_path / "none.toml", ("*",))
    origin = served.build(tmp_path / "build").origin
    assert origin is not None
    assert origin.operation("GET", "/things/{id}", {"id": "@me"}) == "GET /things/@me"
    assert origin.operation("GET", "/things/{id}", {"id": "7"}) == "GET /things/{id}"
    assert origin.operation("GET", "/other", {}) == "GET /other"
    assert origin.declared["GET /things/@me"] == ("202",)
