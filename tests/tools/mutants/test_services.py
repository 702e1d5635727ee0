"""No false accusation: services that are right by construction get no finding."""

from __future__ import annotations

import pytest

from mutants.services import Served, contract_test, names
from openapi_first.conformance.model.run import Run

_PART = ("quotes", "stations")
"""What `make test` runs, the quickest; `make test-all` runs every service, with five seeds."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everything = metafunc.config.getoption("--all")
    if "service" in metafunc.fixturenames:
        chosen = names() if everything else _PART
        metafunc.parametrize("service", chosen)
        metafunc.parametrize("seed", range(5) if everything else [0])


def complaints(run: Run) -> list[str]:
    return [f"{each.promise.id}: {each.exchange.curl}: {each.detail}" for each in run.findings]


def test_a_right_service_gets_no_finding(service: str, seed: int, everything: bool) -> None:
    run = contract_test(Served(service), seed=seed, max_examples=50 if everything else 0)
    assert complaints(run) == []
    assert run.ended_early is None
    assert run.requests > 100
