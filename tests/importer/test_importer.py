"""The stage imports what API Gateway imports, and refuses what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from importer.broken import BROKEN, sound
from importer.importing import RULES, Outcome, found
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import RestApi, StageDocumentError


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(BROKEN) == set(RULES)
    assert not found(sound())


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_rule_is_broken_alone(name: str) -> None:
    document = sound()
    BROKEN[name](document)
    broken = found(document)
    assert broken
    assert {each.rule.id for each in broken} == {name}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_stage_imports_as_the_gateway_does(name: str) -> None:
    outcome, document = RULES[name].outcome, sound()
    BROKEN[name](document)
    (place,) = {each.pointer for each in found(document)}
    if outcome is Outcome.REFUSED:
        with pytest.raises(StageDocumentError) as caught:
            read_document(document)
        assert any(f"#{place}" in problem for problem in caught.value.problems)
        return
    api = read_document(document)
    told = any(warning.startswith(f"#{place}") for warning in api.warnings)
    assert told == (outcome is not Outcome.IGNORED), api.warnings
    if outcome in (Outcome.LEFT_OUT, Outcome.IGNORED):
        assert _seen(api) == _seen(read_document(_without(document, place)))


def _without(document: dict[str, Any], place: str) -> dict[str, Any]:
    """The document without what stands at a pointer."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
    owner: Any = document
    for step in steps[:-1]:
        owner = owner[int(step) if isinstance(owner, list) else step]
    del owner[int(steps[-1]) if isinstance(owner, list) else steps[-1]]
    return document


def _seen(api: RestApi) -> RestApi:
    """The API, without what names the document."""
    return replace(api, digest="", warnings=())
