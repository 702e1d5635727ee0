"""Each bound of a form's member has cases on both sides of it."""

from __future__ import annotations

from mutants.services import contract_of
from openapi_first.conformance.cases.form_cases import form_requests
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.run import Expectation, Options


def test_a_form_has_cases_that_match_and_cases_that_do_not() -> None:
    for name, operation in (("catalog", "addProduct"), ("documents", "uploadDocument")):
        setup = Setup.of(contract_of(name), Options("http://127.0.0.1/prod"))
        declared = setup.operations[operation]
        assert declared.body is not None
        found = dict(form_requests(setup, declared, declared.body.content[0]))
        reader = setup.readers[operation]
        verdicts = {title: reader.expectation(each) for title, each in found.items()}
        assert verdicts["form: a plain value"] is Expectation.ALLOWED
        assert verdicts["form: in text/plain"] is Expectation.FORBIDDEN
        if name == "catalog":
            highest = [title for title, each in found.items() if b"price=1000&" in each.body + b"&"]
            assert {verdicts[title] for title in highest} >= {Expectation.ALLOWED}
            assert verdicts["form: price: 1001, one above maximum"] is Expectation.FORBIDDEN
            assert verdicts["form: without colour"] is Expectation.FORBIDDEN
        else:
            assert verdicts["form: title: 41 letters, one above maxLength"] is Expectation.FORBIDDEN
            assert verdicts["form: without file"] is Expectation.FORBIDDEN
