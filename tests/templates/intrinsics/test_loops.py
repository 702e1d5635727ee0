"""Loops are written out as AWS::LanguageExtensions does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.model import Template
from openapi_first.templates.read import Choices, read_template

BOTH = "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]"
FUNCTION = (
    "{Handler: app.h, Runtime: python3.13, InlineCode: '', Events: {E: {Type: Api, Properties:"
)


def read(folder: Path, text: str, **parameters: str) -> Template:
    path = folder / "template.yaml"
    path.write_text(text)
    return read_template(path, Choices(parameters=parameters))


def test_a_loop_makes_functions_of_sam_with_paths_of_their_own(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        f"""{BOTH}
Parameters: {{Names: {{Type: CommaDelimitedList}}}}
Resources:
  Fn::ForEach::Functions:
    - Name
    - !Ref Names
    - F&{{Name}}:
        Type: AWS::Serverless::Function
        Properties: {FUNCTION} {{Path: !Sub "/${{Name}}", Method: get}}}}}}}}
""",
        Names="a-b,c",
    )
    assert [each.logical_id for each in template.functions] == ["Fab", "Fc"]
    assert sorted(template.apis[0].document["paths"]) == ["/a-b", "/c"]


def test_loops_are_nested_and_make_properties(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        """Transform: AWS::LanguageExtensions
Mappings: {Known: {All: {Inner: [p, q]}}}
Resources:
  Fn::ForEach::Outer:
    - A
    - [x, 2]
    - Fn::ForEach::Inner:
        - B
        - !FindInMap [Known, All, Inner]
        - F${A}${B}:
            Type: AWS::Lambda::Function
            Properties:
              Handler: a.b
              Code: {ZipFile: ""}
              Environment:
                Variables:
                  OTHER: !GetAtt "F${A}${B}.Arn"
                  LATER: !Sub "${B} ${!A} ${AWS::Region}"
                  Fn::ForEach::Variables: [C, [k, l], {"V${C}": !Ref C}]
""",
    )
    found: dict[str, Any] = {each.logical_id: each.environment for each in template.functions}
    assert list(found) == ["Fxp", "Fxq", "F2p", "F2q"]
    assert found["F2q"] == {
        "OTHER": f"arn:aws:lambda:us-east-1:123456789012:function:{tmp_path.name}-F2q".replace(
            "_", "-"
        ),
        "LATER": "q ${A} us-east-1",
        "Vk": "k",
        "Vl": "l",
    }


@pytest.mark.parametrize(
    ("loop", "said"),
    [
        (["N", ["a"], 3], "needs an identifier, a collection and an object"),
        (["N", "a", {"${N}": {}}], "is not a list of strings"),
        (["N", [["a"]], {"${N}": {}}], "is not a list of strings"),
        (["N", ["a", "b"], {"F": {"Type": "A::B::C"}}], "makes F again"),
        (["N", ["a"] * 10_001, {"Fn::ForEach::M": ["M", [], {"x": 1}]}], "more than 10000"),
    ],
)
def test_a_broken_loop_is_reported_at_its_place(loop: Any, said: str, tmp_path: Path) -> None:
    template = {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::L": loop}}
    with pytest.raises(TemplateError, match=said) as raised:
        read(tmp_path, json.dumps(template))
    assert raised.value.diagnostics[0].pointer.startswith("/Resources/Fn::ForEach::L")


def test_what_is_wrong_in_a_loop_has_the_place_where_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as raised:
        read(
            tmp_path,
            """Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::L:
    - N
    - [a]
    - F${N}:
        Type: AWS::Lambda::Function
        Properties:
          Handler: !Ref Nothing
""",
        )
    assert raised.value.diagnostics[0].line == 9


def test_a_loop_needs_its_transform(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"needs the transform AWS::LanguageExtensions"):
        read(tmp_path, 'Resources: {"Fn::ForEach::L": [N, [a], {"F${N}": {Type: "A::B::C"}}]}')
