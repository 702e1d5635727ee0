from __future__ import annotations

import pytest

from openapi_first.openapi.path_templates import fill_path


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("a/b", "/items/a%2Fb"),
        ("é", "/items/%C3%A9"),
        ("\ud800", "/items/%ED%A0%80"),
    ],
    ids=["slash", "not ASCII", "lone surrogate"],
)
def test_any_value_has_its_place_in_a_path(value: str, target: str) -> None:
    assert fill_path("/items/{id}", {"id": value}) == target


def test_a_variable_without_a_value_stays() -> None:
    assert fill_path("/items/{id}/{part}", {"id": "1"}) == "/items/1/{part}"
