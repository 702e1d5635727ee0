"""Idempotency keys are judged if the contract declares them, and conflicts if it declares those."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.life_cycle.test_life_cycle import checks, complaints, judged
from support.services import Shape, Things


class Once(Things):
    """Answers a key that it knows as it did before, whatever the body."""

    conflict = 0
    replayed = 201

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.known: dict[str, tuple[str, Any]] = {}

    def contract(self) -> dict[str, Any]:
        contract = self.shape.contract()
        create = contract["paths"]["/things"]["post"]
        key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
        create["parameters"] = [key]
        for status in (200, self.conflict):
            if status:
                create["responses"][str(status)] = {
                    **create["responses"]["201" if status == 200 else "default"]
                }
        return contract

    def create(self, value: Any) -> Any:
        key, text = self.received.get("Idempotency-Key"), json.dumps(value)
        if key is None:
            return super().create(value)
        if key not in self.known:
            self.known[key] = text, super().create(value)
            return self.known[key][1]
        body, (_, headers, shown) = self.known[key]
        if self.conflict and body != text:
            return self.conflict, {}, {"message": "another body"}
        return self.replayed, headers, shown


@pytest.mark.parametrize("members", [{}, {"replayed": 200}, {"conflict": 409}, {"conflict": 422}])
def test_a_right_service_is_not_accused(tmp_path: Path, members: dict[str, Any]) -> None:
    service = type("Service", (Once,), members)(Shape())
    found = judged(tmp_path, service, service.contract())
    assert complaints(found) == []
    assert "createThing-idempotency" in checks(found)


def test_a_key_that_is_ignored_is_found(tmp_path: Path) -> None:
    class Ignoring(Once):
        def create(self, value: Any) -> Any:
            return Things.create(self, value)

    service = Ignoring(Shape())
    assert (
        "createThing-idempotency: the same Idempotency-Key has created another resource"
        in complaints(judged(tmp_path, service, service.contract()))
    )


def test_without_the_header_nothing_is_promised(tmp_path: Path) -> None:
    assert "createThing-idempotency" not in checks(judged(tmp_path, Things(Shape())))
