"""Merge patches and JSON Patches."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.mock.patches import NotApplicable, merged, patched


@pytest.mark.parametrize(
    ("value", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({"a": "foo"}, "bar", "bar"),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_rfc_7396_says(value: Any, patch: Any, expected: Any) -> None:
    assert merged(value, patch) == expected


@pytest.mark.parametrize(
    ("value", "patch", "expected"),
    [
        ({"a": 1}, [{"op": "add", "path": "/b", "value": [0]}], {"a": 1, "b": [0]}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
        ({"a/b": 1}, [{"op": "replace", "path": "/a~1b", "value": 2}], {"a/b": 2}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
        ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1], "b": [1]}),
        ({"a": 1}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": 3}], 3),
    ],
)
def test_a_json_patch_does_what_rfc_6902_says(value: Any, patch: Any, expected: Any) -> None:
    assert patched(value, patch) == expected


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "remove", "path": "/none"}],
        [{"op": "add", "path": "/a/9", "value": 1}],
        [{"op": "add", "path": "/none/b", "value": 1}],
        [{"op": "test", "path": "/b", "value": 2}],
        [{"op": "jump", "path": "/b"}],
        [{"op": "add", "path": "/b"}],
        [{"path": "/b"}],
        [3],
        {"op": "remove", "path": "/b"},
        3,
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing(patch: Any) -> None:
    value = {"a": [1], "b": 1}
    with pytest.raises(NotApplicable):
        patched(value, patch)
    assert value == {"a": [1], "b": 1}
