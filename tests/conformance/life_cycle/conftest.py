"""Services of these tests answer at once, so no run need wait for them."""

from __future__ import annotations

import pytest

from openapi_first.conformance.life_cycle import lists, reads


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lists, reads):
        monkeypatch.setattr(module, "_PAUSE_S", 0.0)
