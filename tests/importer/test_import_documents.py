"""What `contract gateway` writes is imported as it is written, and holds requests to what
`contract lint` says it does."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from referencing import Registry

from differential.schemas import components, schemas
from differential.values import broken, values
from importer.importing import Found, found
from openapi_first.documents.errors import ContractError
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import read_settings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import Verdict
from openapi_first.lint.lint import RULES, lint
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import Validator, validator_for, violations
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering
from openapi_first.schemas.referenced import referenced
from openapi_first.stage.api.importer import read_document
from support.documents import whole, written
from support.lint_breaks import BREAKS, SETTINGS, posting, required

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "integration"
# A body is refused by its model for nothing but what these say.
OTHER_THAN_BODIES = {"media-type", "parameter-schema", "parameter-required", "response-schema"}

OF_EACH_TYPE = (None, True, 1, 1.5, "a", [], {})


def lost(document: dict[str, Any]) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What the importer, and the stage, would leave out of a document."""
    return found(document), read_document(document).warnings


@pytest.mark.parametrize(
    "folder", [ROOT, EXAMPLES / "gallery", EXAMPLES / "shipping"], ids=lambda path: path.name
)
def test_nothing_of_an_import_document_is_lost(folder: Path) -> None:
    contract = load(folder / "openapi.yaml")
    settings_file = folder / "pyproject.toml"
    chosen = read_settings(settings_file, contract) if settings_file.exists() else None
    document = import_document(contract, chosen) if chosen else import_document(contract)
    assert lost(document) == ((), ())


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_contract_of_which_nothing_is_rejected_is_imported(name: str, tmp_path: Path) -> None:
    contract = load(written(tmp_path, BREAKS[name]))
    path = tmp_path / "pyproject.toml"
    path.write_text(SETTINGS.get(name, ""))
    chosen = read_settings(path, contract)
    try:
        document = import_document(contract, chosen)
    except ContractError:
        assert any(each.rule.verdict.fails for each in lint(Rendered.of(contract, chosen)))
        return
    left = [each for each in found(document) if each.rule.outcome.name != "QUOTA"]
    # Carried over, with a note of lint.
    assert not [each for each in left if each.rule.id != "http-api-extension"]


def _request_model(document: dict[str, Any]) -> Draft4Validator:
    """The judge of the bodies of the operation `post`, with the document's models."""
    content = document["paths"]["/post"]["post"]["requestBody"]["content"]["application/json"]
    root = {
        "allOf": [content["schema"]],
        "components": {"schemas": document["components"]["schemas"]},
    }
    return Draft4Validator(root, registry=Registry())


def _request_schema(contract: Contract) -> Validator:
    (operation,) = (each for each in contract.operations if each.id == "post")
    assert operation.body is not None
    node = operation.body.content[0].schema
    assert node is not None
    lowering = SchemaLowering(Direction.REQUEST, contract.openapi, str)
    schema = lowering.lower(node)
    shared = lowering.definitions
    names = referenced(schema, shared)
    dialect = DRAFT_4 if contract.openapi == "3.0" else DRAFT_2020_12
    return validator_for(
        SchemaPlan(schema, names), {name: lambda name=name: shared[name] for name in names}, dialect
    )


@given(st.data(), st.sampled_from(["3.0", "3.1"]))
def test_a_generated_contract_is_imported_and_linted_as_it_is_held(
    data: st.DataObject, openapi: str
) -> None:
    schema = data.draw(schemas(openapi))
    shared = components(openapi)
    written_contract = posting(whole(), required(schema))
    written_contract |= {"openapi": openapi + ".0", "components": {"schemas": shared}}
    with TemporaryDirectory() as folder:
        contract = load(written(Path(folder), written_contract))
        document = import_document(contract)
        findings = lint(Rendered.of(contract))
    assert lost(document) == ((), ())
    model, judge = _request_model(document), _request_schema(contract)
    elsewhere = {
        each.rule.id for each in findings if each.rule.verdict in (Verdict.LAMBDA, Verdict.NOWHERE)
    } - OTHER_THAN_BODIES
    for _ in range(4):
        value = data.draw(values(schema, shared) | st.sampled_from(OF_EACH_TYPE))
        if data.draw(st.booleans()):
            value = data.draw(broken(value))
        held, kept = not violations(judge, value), model.is_valid(value)
        assert kept >= held, "the model refuses what the contract allows"
        if not elsewhere:
            assert kept == held, f"all of it is enforced at the gateway, says lint: {findings}"


def test_the_verdicts_left_aside_are_verdicts() -> None:
    assert RULES.keys() >= OTHER_THAN_BODIES
