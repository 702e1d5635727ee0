"""Reads forms, urlencoded (WHATWG URL §5) or multipart (RFC 7578), into objects.

A member is read like a query parameter, by its style, or as the media type in its `encoding`
(OpenAPI 3.0.3 §4.7.15). Members that the contract does not name are strings, files are `FormFile`.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import parse_qsl

from openapi_first.core.media_types import BINARY, decode_text
from openapi_first.core.problem_details import Problem, ProblemEntry, fragment_step
from openapi_first.runtime.coercion import coerce
from openapi_first.runtime.parameters import read_member
from openapi_first.runtime.plan import MediaTypePlan, ParameterPlan
from openapi_first.runtime.request import BodyError
from openapi_first.runtime.styles import names_used

_MOST_MEMBERS = 1000


class FormFile(bytes):
    """A file of a multipart form: its bytes, and what the client says about it (RFC 7578 §4.2 and
    §4.4).

    `filename` is as the client sent it, so do not use it as a path; None when it sent none.
    `media_type` is in lower case, without parameters; None when the client named none.
    """

    filename: str | None
    media_type: str | None

    def __new__(
        cls,
        data: bytes | bytearray = b"",
        filename: str | None = None,
        media_type: str | None = None,
    ) -> Self:
        file = super().__new__(cls, data)
        file.filename, file.media_type = filename, media_type
        return file

    def __repr__(self) -> str:
        return f"FormFile({bytes(self)!r}, {self.filename!r}, {self.media_type!r})"


def read_urlencoded(text: str, entry: MediaTypePlan) -> list[Any]:
    """The objects that the form may stand for, narrow types first. Raises BodyError."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_MEMBERS
        )
    except UnicodeDecodeError:
        raise BodyError([ProblemEntry("the percent-encoding is not UTF-8", "#")]) from None
    except ValueError:
        detail = f"the form has more than {_MOST_MEMBERS} members"
        raise BodyError([ProblemEntry(detail, "#")]) from None
    members: dict[str, list[str]] = {}
    for name, value in pairs:
        members.setdefault(name, []).append(value)
    return _object(entry, members, {})


def read_multipart(data: bytes, content_type: str, entry: MediaTypePlan) -> list[Any]:
    """The objects that the form may stand for; binary members are FormFile. Raises BodyError,
    and Problem 415 for the charset of a part."""
    # Imported here, since few functions take such a form.
    from multipart import MultipartError, PushMultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    texts: dict[str, list[str]] = {}
    files: dict[str, list[FormFile]] = {}
    binary = {member.name for member in entry.members if member.media_type == BINARY}
    part: Any = None
    received = bytearray()
    try:
        with PushMultipartParser(
            options.get("boundary", ""),
            content_length=len(data),
            max_segment_count=_MOST_MEMBERS,
            strict=True,
        ) as parser:
            for event in parser.parse(data):
                if event is None:
                    name = part.name or ""
                    if name in binary:
                        file = FormFile(received, part.filename, part.content_type)
                        files.setdefault(name, []).append(file)
                    else:
                        texts.setdefault(name, []).append(_part_text(name, part, received))
                elif isinstance(event, bytes | bytearray):
                    received += event
                else:
                    part, received = event, bytearray()
    except UnicodeDecodeError:
        raise BodyError([ProblemEntry("the headers of a part are not UTF-8", "#")]) from None
    except MultipartError as error:
        detail = f"the body is not multipart/form-data: {error}"
        raise BodyError([ProblemEntry(detail, "#")]) from None
    return _object(entry, texts, files)


def _part_text(name: str, part: Any, data: bytearray) -> str:
    charset = part.charset or "utf-8"
    try:
        return decode_text(bytes(data), charset)
    except LookupError:
        raise Problem(415, f"the charset of the part {name} is not supported; send utf-8") from None
    except UnicodeDecodeError:
        known = codecs.lookup(charset).name
        entry = ProblemEntry(f"the part is not {known} text", "#" + fragment_step(name))
        raise BodyError([entry]) from None


def _object(
    entry: MediaTypePlan,
    texts: Mapping[str, Sequence[str]],
    files: Mapping[str, Sequence[FormFile]],
) -> list[Any]:
    """The object with converted values and, if it differs, the one with strings."""
    errors: list[ProblemEntry] = []
    narrow: dict[str, Any] = {}
    wide: dict[str, Any] = {}
    taken: set[str] = set()
    for member in entry.members:
        taken.update(names_used(member.style, member.name, texts, member.claimed))
        try:
            found = _member(member, texts, files)
        except ValueError as error:
            errors.append(ProblemEntry(str(error), pointer="#" + fragment_step(member.name)))
            continue
        if found is not None:
            narrow[member.name], wide[member.name] = found[0], found[-1]
    for name, values in texts.items():
        if name not in taken:
            types = entry.others or ()
            coerced = [coerce(value, types) for value in values]
            narrow[name] = coerced[0] if len(coerced) == 1 else coerced
            wide[name] = values[0] if len(values) == 1 else list(values)
    if errors:
        raise BodyError(errors)
    return [narrow] if narrow == wide else [narrow, wide]


def _member(
    member: ParameterPlan,
    texts: Mapping[str, Sequence[str]],
    files: Mapping[str, Sequence[FormFile]],
) -> list[Any] | None:
    if member.media_type != BINARY:
        return read_member(member, texts)
    found = list(files.get(member.name, ()))
    if not found:
        return None
    if "array" in member.text.types:
        return [found]
    if len(found) > 1:
        raise ValueError(f"must be given once, not {len(found)} times")
    return [found[0]]
