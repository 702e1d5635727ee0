"""The check of phrases finds each of them, and never what it recommends."""

from __future__ import annotations

import pytest

from plain_english import Phrase, document_prose, hits, python_prose, read_phrases

PHRASES = read_phrases()


def found(text: str, phrases: tuple[Phrase, ...] = PHRASES) -> list[tuple[int, str]]:
    return [(hit.line, hit.found) for hit in hits(document_prose(text), phrases)]


def test_the_list_is_long_enough_to_teach() -> None:
    assert len(PHRASES) >= 40


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.bad)
def test_each_phrase_is_found_and_its_replacement_is_not(phrase: Phrase) -> None:
    assert found(phrase.bad, (phrase,))
    assert found(phrase.good) == []
    assert found(phrase.write) == []


CODE = '''
def whoever(mend):  # identifiers are not searched
    """Says
    anew."""
    # A comment that breaks
    # the contract.
    anew = "a message that " f"is {mend} no number, is " "no port of {mend}"
    return anew, "nothing", "but"
'''


def test_comments_and_strings_are_searched_across_lines_and_identifiers_are_not() -> None:
    reported = [(hit.line, hit.found) for hit in hits(python_prose(CODE), PHRASES)]
    assert reported == [(4, "anew"), (5, "breaks the contract"), (7, "is no port")]


def test_paragraphs_of_documents_are_searched_across_lines() -> None:
    text = "- The stage is\n  told.\n- The other is\n- told\n\nIt lets\n\nin.\n"
    assert found(text) == [(1, "is told")]


@pytest.mark.parametrize(
    "text",
    [
        "there is no number",
        "there are none",
        "the result is None",
        "It is no longer sent.",
        "Leave it alone.",
        "It stands alone.",
        "the command ran on its own",
        "a text/plain body is a text file",
        "Unless the file says otherwise, nothing, but a warning, is printed.",
        "It breaks the contract tests.",
    ],
)
def test_correct_english_is_not_reported(text: str) -> None:
    assert found(text) == []
