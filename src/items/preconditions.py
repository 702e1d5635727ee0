"""If-Match and If-None-Match (RFC 9110 §13.1.1, §13.1.2) over entity tags (§8.8.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from items.versions import Expected
from openapi_first.runtime import Problem, ProblemEntry, invalid_request

# RFC 9110 §8.8.3: etagc = %x21 / %x23-7E / obs-text. API Gateway passes obs-text (%x80-FF) on
# decoded, hence any character from U+0080 on. "W/" is case-sensitive. A tag may contain commas, so
# a list cannot be split at them.
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\U0010ffff]*)"')
_BLANKS_AND_COMMAS = re.compile(r"[ \t,]*")
_DELIMITER = re.compile(r"[ \t]*(?:,|\Z)")


@dataclass(frozen=True, slots=True)
class _EntityTag:
    opaque: str
    weak: bool


def entity_tag(version: str) -> str:
    return f'"{version}"'


def expected(if_match: str | None) -> Expected | None:
    """The versions on which the client's write depends; None without the header.

    By strong comparison (§8.8.3.2) a weak tag matches nothing, so a header with only weak tags
    always fails.
    """
    if if_match is None:
        return None
    if if_match.strip(" \t") == "*":
        return Expected(None)
    tags = _tags("If-Match", if_match)
    return Expected(frozenset(tag.opaque for tag in tags if not tag.weak))


def is_unchanged(if_none_match: str | None, version: str) -> bool:
    """Whether the client already has this version, by weak comparison (§8.8.3.2)."""
    if if_none_match is None:
        return False
    if if_none_match.strip(" \t") == "*":
        return True
    # The whole header is parsed before it is compared, so that every malformed one is refused.
    return version in [tag.opaque for tag in _tags("If-None-Match", if_none_match)]


def _tags(parameter: str, header: str) -> Iterator[_EntityTag]:
    """The tags of the list; empty elements are skipped, as §5.6.1.2 requires of a recipient."""
    position = _end(_BLANKS_AND_COMMAS, header, 0)
    while position < len(header):
        tag = _TAG.match(header, position)
        delimiter = tag and _DELIMITER.match(header, tag.end())
        if tag is None or delimiter is None:
            raise _malformed(parameter, position)
        yield _EntityTag(opaque=tag[2], weak=tag[1] is not None)
        position = _end(_BLANKS_AND_COMMAS, header, delimiter.end())


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _malformed(parameter: str, position: int) -> Problem:
    entry = ProblemEntry(
        f'expected an entity tag such as "abc" at character {position + 1}; write * or a list of '
        "tags in double quotes, separated by commas",
        parameter=parameter,
    )
    return invalid_request([entry])
