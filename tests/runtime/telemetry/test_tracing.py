"""Traces by setting; the X-Ray SDK is imported for nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aws_lambda_powertools import Tracer

from openapi_first.runtime import StartError
from openapi_first.runtime.telemetry.tracing import Tracing
from support.compiled import contract_of, serve


def test_without_the_sdk_the_setting_is_an_error_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATION_TRACES", "on")
    monkeypatch.setitem(sys.modules, "aws_xray_sdk", None)
    with pytest.raises(StartError, match=r"install `aws-lambda-powertools\[tracer\]`"):
        serve(tmp_path, contract_of())


def test_the_sdk_is_not_imported_without_the_setting() -> None:
    program = "import sys, openapi_first.runtime.handler; assert 'aws_xray_sdk' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_handler_and_functions_are_traced_with_the_options() -> None:
    seen: list[Any] = []

    class Recording:
        def capture_method(self, function: Callable[..., Any], **options: Any) -> Any:
            seen.append((function, options))
            return function

        capture_lambda_handler = capture_method

    def call() -> None:
        """Nothing to do."""

    options = {"capture_response": False}
    tracing = Tracing(cast("Tracer", Recording()), options)
    assert (tracing.function(call), tracing.handler(call)) == (call, call)
    assert seen == [(call, options)] * 2
    assert Tracing().function(call) is call
