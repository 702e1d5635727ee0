"""Contract tests of a live stage, in AWS or local: one test per operation and promise.

    pytest contract-tests --base-url https://…/prod --api-key KEY

One run before the first test sends all requests; each test reports the verdict for one promise.
Nothing is started here, and the run changes only what it has created.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from openapi_first.conformance.generation.separate import generating
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.model.run import Options, Promise, Run, Verdict
from openapi_first.conformance.reports.coverage_records import (
    read_records,
    record_text,
    with_record,
)
from openapi_first.conformance.requests.credentials import given_credentials
from openapi_first.conformance.session import replay
from openapi_first.core.errors import UserError
from openapi_first.core.files import replace_file
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract

_CONTRACT = Path(__file__).parents[1] / "openapi.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract tests")
    group.addoption("--base-url", metavar="URL", help="the stage, as https://…/prod")
    group.addoption("--api-key", default=os.environ.get("API_KEY"), help="default: $API_KEY")
    group.addoption(
        "--credential",
        action="append",
        default=[],
        metavar="SCHEME=VARIABLE",
        help="the environment variable with the credential of a security scheme",
    )
    group.addoption("--origin", help="send it with every request")
    group.addoption("--contract", type=Path, default=_CONTRACT, help="default: openapi.yaml")
    group.addoption("--seed", type=int, default=0, help="for generated data; default: 0")
    group.addoption(
        "--max-examples",
        type=int,
        default=25,
        help="generated requests for each operation, besides examples and boundaries; default: 25",
    )
    group.addoption(
        "--time-limit", type=float, default=60, help="seconds to generate for; default: 60"
    )
    group.addoption("--rate", type=float, help="the limit of requests per second")
    group.addoption("--burst", type=int, help="the limit of requests at once")
    group.addoption("--quota", type=int, help="requests left of the key's quota")
    group.addoption(
        "--coverage", type=Path, metavar="FILE", help="add what was seen to this coverage record"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "promise" in metafunc.fixturenames:
        found = promises(_contract(metafunc.config))
        metafunc.parametrize("promise", found, ids=[promise.id for promise in found])


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run of the whole contract against the stage."""
    option = request.config.getoption
    if not option("--base-url"):
        pytest.exit("Name the stage: pytest contract-tests --base-url URL --api-key KEY", 2)
    # A run that is terminated also removes what it has created.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    contract, record = _contract(request.config), option("--coverage")
    try:
        earlier = read_records([record], contract) if record and record.exists() else None
        chosen = Options(
            url=option("--base-url"),
            api_key=option("--api-key"),
            credentials=given_credentials(option("--credential"), os.environ),
            origin=option("--origin"),
            seed=option("--seed"),
            max_examples=option("--max-examples"),
            time_limit=option("--time-limit"),
            rate=option("--rate"),
            burst=option("--burst"),
            quota=option("--quota"),
        )
        with generating(contract, chosen) as generator:
            finished = replay(contract, chosen, generator=generator)
    except UserError as error:
        pytest.exit(str(error), 2)
    finally:
        signal.signal(signal.SIGTERM, before)
    if record:
        try:
            replace_file(record, record_text(with_record(finished, earlier).coverage.record))
        except OSError as error:
            if finished.kept:  # otherwise the findings matter more
                pytest.exit(f"cannot write {record}: {error.strerror}", 2)
    if finished.ended_early is not None and finished.kept:
        pytest.exit(finished.ended_early, 2)
    if finished.not_judged and finished.kept:
        pytest.exit("not judged: " + "; ".join(map(str, finished.not_judged)), 2)
    return finished


@pytest.fixture
def verdict(run: Run, promise: Promise) -> Verdict:
    found = next(each for each in run.verdicts if each.promise.id == promise.id)
    if run.ended_early is not None and not found.judged:
        pytest.skip(f"the run ended early: {run.ended_early}")
    return found


def _contract(config: pytest.Config) -> Contract:
    try:
        return load(config.getoption("--contract"))
    except (UserError, OSError) as error:
        raise pytest.UsageError(str(error)) from None
