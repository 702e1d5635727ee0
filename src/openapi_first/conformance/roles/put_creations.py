"""What PUT creates: at a path that the client chooses (RFC 9110 §9.3.4)."""

from __future__ import annotations

import re

from openapi_first.conformance.roles.creations import Identity
from openapi_first.conformance.roles.gaps import Gap, no_201_of_put, no_absence
from openapi_first.conformance.roles.members import successes
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import variable_names

_OWN = re.compile(r"/\{[^{}+]+\}$")
_ABSENT = ("404", "410", "4XX", "default")


def put_creation_of(contract: Contract, put: Operation) -> Identity | Gap | None:
    """How the path of what a PUT creates is known: from its request. The gap if evidence is
    missing; None if the path does not end in a variable, or cannot be read.

    Evidence that a PUT creates: it declares 201, which it must answer then. That a path is nobody's
    only its GET can say, so it must declare what it answers for what does not exist.
    """
    at_path = (each for each in contract.operations if each.path == put.path)
    read = next((each for each in at_path if each.method == "GET" and successes(each)), None)
    if put.method != "PUT" or read is None or not _OWN.search(put.path):
        return None
    if not any(each.status == "201" for each in put.responses):
        return no_201_of_put(put)
    if not any(each.status in _ABSENT for each in read.responses):
        return no_absence(put, read)
    return Identity(
        {name: f"$request.path.{name}" for name in variable_names(put.path)}, None, {}, ()
    )
