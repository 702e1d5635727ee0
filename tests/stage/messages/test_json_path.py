import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.stage.messages.json_path import json_path, value_at

BODY = json.dumps(
    {"a": {"b-c": ["x", {"d": 1.5}, None]}, "yes": True, "o": {"é": 1}, "1": "one", "": "none"}
).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b-c[0]", "x"),
        ("$.a.b-c[1].d", "1.5"),
        ("a['b-c'][1]", '{"d":1.5}'),
        ('a["b-c"].0', "x"),
        ("yes", "true"),
        ("o", '{"é":1}'),
        ("1", "one"),
        ("['']", "none"),
        ("a.b-c[2]", None),
        ("a.b-c[3]", None),
        ("a.none.b", None),
        ("yes.b", None),
    ],
)
def test_a_path_finds_a_member_or_an_element(path, value):
    assert value_at(BODY, path) == value


@pytest.mark.parametrize("path", ["a..b", "a[*]", "$.*", "a[?(@.b)]", "a[-1]", "a[0:1]", "a."])
def test_other_paths_are_not_read(path):
    assert json_path(path) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_has_no_values(body):
    assert value_at(body, "a") is None


@given(st.binary(max_size=20), st.text("ab.$[]'\"0*?-", max_size=12))
def test_any_path_in_any_body_is_read_or_not(body, path):
    assert value_at(body, path) is None or json_path(path) is not None
