"""A contract that is not ours, served by functions that return its examples."""

from __future__ import annotations

from pathlib import Path

from served_examples import serve_examples

_CONTRACT = """
openapi: 3.0.3
info: {title: Library, version: "1"}
paths:
  /books:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}
      responses:
        "200":
          description: Books.
          headers: {Total: {required: true, schema: {type: integer}}}
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Book"}}
              example: [{title: Emma, year: 1815}]
        default: {$ref: "#/components/responses/Problem"}
  /cover:
    get:
      operationId: cover
      responses:
        "200": {description: A picture., content: {image/png: {}}}
        default: {$ref: "#/components/responses/Problem"}
  /title:
    get:
      responses:
        "200": {description: Text., content: {text/plain: {schema: {type: string}}}}
        default: {$ref: "#/components/responses/Problem"}
components:
  schemas:
    Book:
      type: object
      required: [title]
      properties: {title: {type: string, minLength: 1}, year: {type: integer}}
  responses:
    Problem:
      description: What was wrong.
      content:
        application/problem+json:
          schema: {type: object, required: [type, title]}
"""


def test_a_service_of_examples_has_no_findings(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(_CONTRACT)
    (tmp_path / "service").mkdir()
    outcome = serve_examples(path, tmp_path / "service")
    assert outcome.findings == ()
    assert outcome.others == 0
    assert outcome.made_nothing_for == ()
    assert (outcome.operations, outcome.requests > 10) == (3, True)
