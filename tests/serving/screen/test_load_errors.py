"""A function that cannot be loaded is explained without the frames of the engine."""

from __future__ import annotations

from openapi_first.serving.screen.load_errors import init_text
from openapi_first.stage.messages.invoker import InitError


def test_the_reasons_of_the_runtime_come_without_a_traceback() -> None:
    details = 'Traceback (most recent call last):\n  File "a.py", line 1, in b\n    c\n'
    details += "openapi_first.runtime.startup.StartError: shop has no function a\nand no b\n"
    error = InitError("StartError: shop has no function a and no b", details)
    assert init_text("shop.handler", error) == (
        "shop.handler cannot be loaded:\nshop has no function a\nand no b"
    )
    assert init_text("shop", InitError("the Docker engine has no image shop")) == (
        "the Docker engine has no image shop"
    )
    assert init_text("shop", InitError("no")) == "shop: no"
