"""What is planned for contracts that are not the shipped one."""

from __future__ import annotations

from pathlib import Path

from openapi_first.conformance.model.run import Expectation, Options
from openapi_first.conformance.roles.resources import roles_of
from openapi_first.conformance.session import plan
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract

_BLOG = """
openapi: 3.1.0
info: {title: Blog, version: "1"}
paths:
  /users:
    post:
      operationId: createUser
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {type: [string, "null"]}
                tags: {type: array, items: {type: string}, minItems: 1, maxItems: 3}
                level: {type: integer, exclusiveMinimum: 3, multipleOf: 2}
                pet:
                  oneOf:
                    - {type: object, required: [bark], properties: {bark: {type: boolean}}}
                    - {type: object, required: [meow], properties: {meow: {const: loud}}}
      responses:
        "201":
          description: Created.
          content:
            application/json:
              schema: {type: object, properties: {userId: {type: string}}}
    get:
      operationId: listUsers
      parameters:
        - name: filter
          in: query
          style: deepObject
          schema: {type: object, properties: {a: {type: string}}}
        - name: ids
          in: query
          style: pipeDelimited
          explode: false
          schema: {type: array, items: {type: integer}}
        - {name: session, in: cookie, schema: {type: string, minLength: 3}}
      responses:
        "200":
          description: All.
          content: {application/json: {schema: {type: array, items: {type: object}}}}
  /users/{userId}:
    parameters: [{name: userId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getUser, responses: {"200": {description: One.}}}
    delete: {operationId: deleteUser, responses: {"204": {description: Gone.}}}
  /users/{userId}/posts:
    parameters: [{name: userId, in: path, required: true, schema: {type: string}}]
    post:
      operationId: createPost
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [text], properties: {text: {type: string}}}
      responses:
        "201": {description: Created., headers: {Location: {schema: {type: string}}}}
  /users/{userId}/posts/{postId}:
    parameters:
      - {name: userId, in: path, required: true, schema: {type: string}}
      - {name: postId, in: path, required: true, schema: {type: integer}}
    get: {operationId: getPost, responses: {"200": {description: One.}}}
    delete: {operationId: deletePost, responses: {"204": {description: Gone.}}}
  /settings:
    put:
      operationId: changeSettings
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"204": {description: Changed.}}
"""


def blog(folder: Path) -> Contract:
    file = folder / "openapi.yaml"
    file.write_text(_BLOG)
    return load(file)


def test_resources_are_found_without_links_by_location_or_by_name(tmp_path: Path) -> None:
    roles = roles_of(blog(tmp_path))
    users, posts = roles.resources
    assert (users.path, users.identity.link) == ("/users/{userId}", None)
    assert users.identity.named == {"userId": "$response.body#/userId"}
    assert users.listing is None
    assert [gap.operation for gap in roles.gaps] == ["listUsers"]
    assert "add a link from it to getUser" in roles.gaps[0].note
    assert (posts.path, posts.identity.named) == ("/users/{userId}/posts/{postId}", None)


def test_every_operation_has_cases_but_what_would_change_others_things(tmp_path: Path) -> None:
    contract = blog(tmp_path)
    cases = plan(contract, Options("http://127.0.0.1/prod")).cases
    all_ids = {operation.id for operation in contract.operations}
    assert {case.operation for case in cases} == all_ids - {"changeSettings"}
    (form, *_) = [case.request for case in cases if case.operation == "createPost"]
    assert form.target == "/users/{userId}/posts"
    assert form.body == b"text=sample"
    everything = plan(contract, Options("http://127.0.0.1/prod", allow_destructive=True)).cases
    assert {case.operation for case in everything} == all_ids


def test_each_bound_is_tried_on_both_sides(tmp_path: Path) -> None:
    cases = plan(blog(tmp_path), Options("http://127.0.0.1/prod")).cases
    about = {case.title: case.expectation for case in cases if case.operation == "createUser"}
    assert about["body: tags: 3 items, at maxItems"] is Expectation.ALLOWED
    assert about["body: tags: 4 items, one above maxItems"] is Expectation.FORBIDDEN
    assert about["body: tags: 0 items, one below minItems"] is Expectation.FORBIDDEN
    assert about["body: level: 3, at exclusiveMinimum"] is Expectation.FORBIDDEN
    assert about["body: name: null"] is Expectation.ALLOWED
    assert about["body: pet: null"] is Expectation.FORBIDDEN
