"""JSON contracts are read as RFC 8259 says, and errors in them are found by line and column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.core.json_pointer import escaped
from openapi_first.documents.errors import ContractError, UnreadableContract
from openapi_first.documents.json_document import NotJson, lines_of, parse_json
from openapi_first.documents.source import read_source

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 0, 2, "\t"]))
def test_any_document_is_read_as_json_reads_it(
    document: dict[str, Any], ascii_only: bool, indent: int | str | None
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert parse_json(text) == (document, [])
    assert set(lines_of(text)) == set(pointers(document))


def pointers(value: Any, pointer: str = "") -> list[str]:
    found = [pointer]
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            found += pointers(member, f"{pointer}/{escaped(str(key))}")
    return found


@given(DOCUMENTS)
def test_the_lines_are_those_that_yaml_finds(document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return  # an escape or a long key that JSON has and YAML has not
    assert lines_of(text) == dict(yaml_lines(node, ""))


def yaml_lines(node: Any, pointer: str, line: int | None = None) -> list[tuple[str, int]]:
    found = [(pointer, line or node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            step = f"{pointer}/{escaped(key.value)}"
            found += yaml_lines(value, step, key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found += yaml_lines(value, f"{pointer}/{index}")
    return found


@pytest.mark.parametrize(
    ("text", "line", "column", "detail"),
    [
        ('{"a": 1,\n "b": }', 2, 7, "Expecting value"),
        ('{"a": [1, 2', 1, 12, "Expecting ',' delimiter"),
        ('{"a": 1}\n{"b": 2}', 2, 1, "Extra data"),
        ('{"a": "x\ny"}', 1, 9, "Invalid control character at"),
        ('{"a": "NaN",\n "b":\n  NaN}', 3, 3, "NaN is not a number"),
        ('{"a": [0, -Infinity]}', 1, 11, "-Infinity is not a number"),
        ("{'a': 1}", 1, 2, "Expecting property name"),
    ],
)
def test_what_is_not_json_has_a_line_and_a_column(
    text: str, line: int, column: int, detail: str, tmp_path: Path
) -> None:
    with pytest.raises(NotJson) as raised:
        parse_json(text)
    assert (raised.value.line, raised.value.column) == (line, column)
    path = tmp_path / "api.json"
    path.write_text(text)
    with pytest.raises(UnreadableContract) as refused:
        read_source(path)
    assert str(refused.value).startswith(f"{path}:{line}: is not JSON: {detail}")
    assert str(refused.value).endswith(f"Fix the JSON at column {column}.")


def test_a_character_beyond_the_plane_is_two_escapes_and_half_of_one_is_an_error(
    tmp_path: Path,
) -> None:
    path = tmp_path / "api.json"
    path.write_text('{"a": "\\ud83d\\ude00"}')
    assert read_source(path).value == {"a": "😀"}
    path.write_text('{"a": [1,\n"\\ud83d x"],\n "\\udc00": 1}')
    with pytest.raises(ContractError) as raised:
        read_source(path)
    places = [(each.line, each.pointer) for each in raised.value.diagnostics]
    assert places == [(2, "/a/1"), (3, "/\\udc00")]
    assert str(raised.value).encode()


def test_every_duplicate_name_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text('{"a": {"b": 1,\n"b": 2},\n"c": 3,\n"a": 4}')
    with pytest.raises(ContractError) as raised:
        read_source(path)
    places = [(each.line, each.pointer) for each in raised.value.diagnostics]
    assert places == [(2, "/a/b"), (4, "/a")]


def test_braces_that_are_no_json_may_still_be_yaml(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text("{openapi: 3.0.3, 'x': [a, b]}")
    assert read_source(path).value == {"openapi": "3.0.3", "x": ["a", "b"]}
    path.write_text('{"openapi": "3.0.3", ')
    with pytest.raises(UnreadableContract, match="is not JSON: Expecting property name"):
        read_source(path)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"a":' + "[" * 100_000])
@pytest.mark.parametrize("name", ["api.json", "api.yaml"])
def test_nesting_without_end_is_refused_in_a_line(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UnreadableContract, match="nested too deeply"):
        read_source(path)


@pytest.mark.parametrize("name", ["api.json", "api.yaml"])
def test_brackets_in_strings_do_not_hide_nesting(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    closing = json.dumps("]" * 60_000)
    for count in (151, 500, 60_000):
        nested = "[" * (count - 1) + "]" * (count - 1)
        path.write_text(f'{{"a": {closing}, "b": {nested}}}')
        with pytest.raises((UnreadableContract, ContractError), match="nested"):
            read_source(path)
        if name == "api.yaml":
            path.write_text(f"a: {closing}\nb: {nested}\n")
            with pytest.raises((UnreadableContract, ContractError), match="nested"):
                read_source(path)
    path.write_text('{"a": ' + "[" * 149 + "]" * 149 + "}")
    assert read_source(path).value


def test_numbers_that_python_cannot_hold_are_kept_as_they_are_written() -> None:
    digits = "9" * 5000
    assert parse_json(f'{{"a": 1e999, "b": {digits}}}')[0] == {"a": "1e999", "b": digits}
