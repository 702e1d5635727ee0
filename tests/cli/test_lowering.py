"""No command lowers a schema twice for one direction, or renders a model twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.main import main
from openapi_first.import_document.models import Models
from openapi_first.schemas.lowering import SchemaLowering

ROOT = Path(__file__).parents[2]
CONTRACTS = (ROOT / "openapi.yaml", *sorted(ROOT.glob("tests/integration/*/openapi.yaml")))
DRY_RUN = ("test", "--dry-run", "https://stage.test/prod")


@pytest.mark.parametrize(
    ("contract", "command"),
    [
        *((contract, (command,)) for contract in CONTRACTS for command in ("gateway", "lint")),
        (ROOT / "tests/integration/gallery/openapi.yaml", DRY_RUN),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value.parent.name,
)
def test_a_schema_is_lowered_once_per_direction_and_rendered_once(
    contract: Path,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    lowered, rendered = Counter[object](), Counter[str]()
    lower, render = SchemaLowering._lower, Models._render

    def counted_lower(self: SchemaLowering, node: Any, *more: Any) -> Any:
        lowered[self.direction, node.identity] += 1
        return lower(self, node, *more)

    def counted_render(self: Models, model: str, *more: Any) -> None:
        rendered[model] += 1
        render(self, model, *more)

    monkeypatch.setattr(SchemaLowering, "_lower", counted_lower)
    monkeypatch.setattr(Models, "_render", counted_render)
    assert main([*command, str(contract)]) in (0, 1)
    assert capsys.readouterr().out
    assert set(lowered.values()) == {1}
    assert set(rendered.values()) == (set() if command is DRY_RUN else {1})
