from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.openapi.loader import load
from openapi_first.project.contract_files import contract_files
from openapi_first.project.errors import CannotInit

HEAD = 'openapi: 3.0.3\ninfo: {title: T, version: "1"}\n'
ONE = HEAD + 'paths: {/a: {get: {operationId: a, responses: {"204": {description: Done}}}}}\n'


def several(reference: str) -> str:
    schema = f'{{$ref: "{reference}"}}'
    content = f'{{"application/json": {{schema: {schema}}}}}'
    response = f'{{"200": {{description: Done, content: {content}}}}}'
    return f"{HEAD}paths: {{/a: {{get: {{operationId: a, responses: {response}}}}}}}\n"


def test_one_file_is_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "shop-v1.yml").write_text(ONE)
    found = contract_files(load(tmp_path / "shop-v1.yml"))
    assert (str(found.contract), str(found.root)) == ("openapi.yml", "openapi.yml")
    assert list(found.files.values()) == [ONE.encode()]


@pytest.mark.parametrize("reference", ["schemas/a.yaml", "../shared/a.yaml", "b c/ä.yaml"])
def test_several_files_keep_their_places(tmp_path: Path, reference: str) -> None:
    main = tmp_path / "here" / "shop.yaml"
    other = Path(tmp_path, "here", reference)
    for path, text in ((main, several(reference)), (other, "type: string\n")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = contract_files(load(main))
    assert str(found.root) == "api"
    target = tmp_path / "new"
    for path, data in found.files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    again = load(target / found.contract)
    assert [each.data for each in again.sources] == [each.data for each in load(main).sources]


@pytest.mark.parametrize("name", ["template.yaml", "v1.yaml"])
def test_a_file_that_refers_to_itself_by_its_name_keeps_it(tmp_path: Path, name: str) -> None:
    text = several(f"{name}#/components/schemas/A") + "components: {schemas: {A: {type: string}}}\n"
    (tmp_path / name).write_text(text)
    found = contract_files(load(tmp_path / name))
    assert (str(found.contract), str(found.root)) == (f"api/{name}", "api")


def test_a_document_that_no_makefile_can_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "my shop.yaml").write_text(several("a.yaml"))
    (tmp_path / "a.yaml").write_text("type: string\n")
    with pytest.raises(CannotInit, match="rename it"):
        contract_files(load(tmp_path / "my shop.yaml"))
