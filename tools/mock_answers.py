"""Asks the mock of any contract for every answer that it has, and judges each.

    mock_answers.py CONTRACT...

For each operation it asks for every declared status, every named example, every media type, and
for generated values. The runtime judges each answer, and openapi-core those in JSON of OpenAPI 3.0:
in later versions it requires `writeOnly` members in responses. A 501 of the mock, which says that
it has found no value, is printed with a question mark. The exit status is 1 if an answer does not
match its contract.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_first.aws.methods import ANY
from openapi_first.compiler.checking import check_contract
from openapi_first.compiler.compile import compile_contract
from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.model.errors import MalformedResponse
from openapi_first.conformance.model.messages import Response
from openapi_first.core.errors import UserError
from openapi_first.core.media_types import is_json
from openapi_first.core.problem_details import Problem
from openapi_first.mock.answers import Answers
from openapi_first.mock.preferences import Preferences
from openapi_first.mock.values import Values, examples_of
from openapi_first.openapi.model import Contract, Operation
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.responses import Reply
from openapi_first.runtime.sent_responses import SettledResponse
from openapi_first.samples.lowered_schemas import LoweredSchemas


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contracts", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    total, wrong = Counter[str](), 0
    for path in options.contracts:
        try:
            contract = check_contract(path, keep_going=True).contract
        except UserError as error:
            print(f"{path}: left out: {str(error).splitlines()[0]}")
            continue
        counts, complaints, missing = judged(contract, options.seed)
        total += counts
        wrong += len(complaints)
        print(f"{path}: {counts['answers']} answers, {counts['none']} without a value")
        for each in complaints:
            print(f"  {each}")
        for each in missing:
            print(f"  ? {each}")
    print(f"{total['answers']} answers, {total['none']} without a value, {wrong} wrong")
    return 1 if wrong else 0


def judged(contract: Contract, seed: int = 0) -> tuple[Counter[str], list[str], list[str]]:
    """How many answers the mock of a contract has, what is wrong with them, and what it has no
    value for."""
    compiled = loaded(contract)
    answers = Answers(compiled, Values(LoweredSchemas(contract.openapi), seed))
    judge = ReferenceJudge(contract) if contract.openapi == "3.0" else None
    counts, complaints, missing = Counter[str](), list[str](), list[str]()
    for operation in contract.served:
        for chosen, accept in asked(operation):
            what = f"{operation.label} {chosen} Accept: {accept}"
            try:
                reply = answers.answer(operation, chosen, accept)
            except Problem as problem:
                counts["none"] += 1
                (missing if problem.status == 501 else complaints).append(f"{what}: {problem}")
                continue
            counts["answers"] += 1
            complaints += [f"{what}: {each}" for each in errors(operation, answers, judge, reply)]
    return counts, complaints, missing


def asked(operation: Operation) -> Iterator[tuple[Preferences, str | None]]:
    """The preferences and Accept headers with which the operation has different answers."""
    yield Preferences(), None
    for response in operation.responses:
        if not response.status.isdecimal() or response.status < "200":
            continue
        code = int(response.status)
        yield Preferences(code), None
        yield Preferences(code, dynamic=True), None
        for entry in response.content:
            yield Preferences(code), entry.name
            for name in examples_of(entry.node):
                if name:
                    yield Preferences(code, name), entry.name


def errors(
    operation: Operation, answers: Answers, judge: ReferenceJudge | None, reply: Reply[Any]
) -> Iterator[str]:
    """What the runtime and openapi-core find wrong with a reply."""
    contract = answers.contract(operation)
    status = reply.status or operation.success
    sent = contract.outgoing(reply, status, ProxyEvent({}))
    yield from (f"{each.path}: {each.detail}" for each in contract.violations(sent))
    if judge is None or operation.method == ANY or not is_json(sent.media_type or ""):
        return
    response = SettledResponse(sent)
    body = response.body or ""
    data = base64.b64decode(body) if response.base64_encoded else body.encode()
    lines = [
        (name, line)
        for name, value in response.headers.items()
        for line in ([value] if isinstance(value, str) else value)
    ]
    try:
        found = judge.schema_errors(operation, Response(status, tuple(lines), data))
    except MalformedResponse as error:
        found = {"unreadable": str(error)}
    yield from found.values()


def loaded(contract: Contract) -> ModuleType:
    """The compiled module of a contract."""
    module = ModuleType("compiled")
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        module.__file__ = file.name
        exec(compile(compile_contract(contract, []), file.name, "exec"), module.__dict__)
    return module


if __name__ == "__main__":
    sys.exit(main())
