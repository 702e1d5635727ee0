"""`contract serve PATH` knows what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.core.errors import UserError
from openapi_first.templates.files.recognition import recognise

INTEGRATION = "x-amazon-apigateway-integration: {type: mock}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("openapi: 3.0.3\npaths: {/a: {get: {}}}", "contract"),
        ("openapi: 3.0.3\npaths: {}", "contract"),
        (f"openapi: 3.0.3\npaths: {{/a: {{get: {{{INTEGRATION}}}}}}}", "import document"),
        (f"openapi: 3.0.3\npaths: {{/a: {{get: {{{INTEGRATION}}}, put: {{}}}}}}", "contract"),
        (
            f'swagger: "2.0"\npaths: {{/a: {{x-amazon-apigateway-any-method: {{{INTEGRATION}}}}}}}',
            "import document",
        ),
        ("Resources: {A: {Type: !Sub x}}", "template"),
        ('{"Resources": {}}', "template"),
    ],
)
def test_a_file_is_recognised_by_its_content(text: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    assert recognise(path) == kind


@pytest.mark.parametrize("text", ["a: 1", "[]", "", "Resources: []", "{"])
def test_anything_else_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"file\.yaml"):
        recognise(path)
    with pytest.raises(UserError, match="not cdk"):
        recognise(tmp_path)
