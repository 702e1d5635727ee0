"""The questions of the first deployment: stack, region, stage and origin."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches

from openapi_first.deployment.account.failures import regions
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.settings.parameters import Declared, faults_of
from openapi_first.deployment.stack.description import check_name

_QUESTIONS = {
    "StageName": "Name of the stage, which begins each path",
    "AllowOrigin": "Origin from which browsers may call, e.g. https://shop.example",
}


def ask(declared: Declared, name: str, region: str, answer: Callable[[str], str] = input) -> Saved:
    """Asks until each answer is valid; an empty one takes the default in brackets, such as the
    `name` of the project and the `region`."""
    stack = _asked("Name of the stack", name, check_name, answer)
    chosen = _asked("Region", region, _check_region, answer)
    # A template that was edited may lack either.
    values = {
        name: _parameter(declared, question, name, answer)
        for name, question in _QUESTIONS.items()
        if name in declared
    }
    return Saved(
        stack,
        chosen,
        os.environ.get("AWS_PROFILE", ""),
        values,
        {"capabilities": "CAPABILITY_IAM", "resolve_s3": True, "resolve_image_repos": True},
    )


def _parameter(declared: Declared, question: str, name: str, answer: Callable[[str], str]) -> str:
    def check(value: str) -> str:
        return " ".join(faults_of(declared[name], value))

    return _asked(question, str(declared[name].get("Default", "")), check, answer)


def _check_region(name: str) -> str:
    known = regions()
    if name in known:
        return ""
    near = get_close_matches(name, known, 1)
    return f"AWS has no region {name!r}" + (f": did you mean {near[0]}?" if near else ".")


def _asked(
    question: str, default: str, check: Callable[[str], str], answer: Callable[[str], str]
) -> str:
    while True:
        value = answer(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        wrong = check(value)
        if not wrong:
            return value
        print(wrong)
