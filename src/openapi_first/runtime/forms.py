"""Forms: urlencoded bodies (WHATWG URL §5) and multipart bodies (RFC 7578) as objects.

Each member is read as a query parameter is: by its style, or as the media type that `encoding`
names (OpenAPI 3.0.3 §4.7.15). Members without a name of the contract are text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from openapi_first.core.problem_details import Problem, ProblemEntry, fragment_step
from openapi_first.runtime.coercion import coerce
from openapi_first.runtime.parameters import Absent, read_member
from openapi_first.runtime.plan import MediaTypePlan, ParameterPlan

BINARY = "application/octet-stream"
"""The media type of a member that is bytes."""

_MOST_MEMBERS = 1000


def read_urlencoded(text: str, entry: MediaTypePlan) -> list[Any]:
    """The form as an object. Raises Problem 400 with every fault."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_MEMBERS
        )
    except UnicodeDecodeError:
        raise _refused([ProblemEntry("the percent-encoding is not UTF-8", "#")]) from None
    except ValueError:
        detail = f"the form has more than {_MOST_MEMBERS} members"
        raise _refused([ProblemEntry(detail, "#")]) from None
    members: dict[str, list[str]] = {}
    for name, value in pairs:
        members.setdefault(name, []).append(value)
    return _object(entry, members, {})


def read_multipart(data: bytes, content_type: str, entry: MediaTypePlan) -> list[Any]:
    """The parts as an object; those the contract describes as binary are bytes. Raises Problem."""
    # Imported here, since few functions take such a form.
    from multipart import MultipartError, PushMultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    texts: dict[str, list[str]] = {}
    files: dict[str, list[bytes]] = {}
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
                        files.setdefault(name, []).append(bytes(received))
                    else:
                        text = received.decode(part.charset or "utf-8")
                        texts.setdefault(name, []).append(text)
                elif isinstance(event, bytes | bytearray):
                    received += event
                else:
                    part, received = event, bytearray()
    except (UnicodeDecodeError, LookupError):
        raise _refused([ProblemEntry("a part is no text in its charset", "#")]) from None
    except MultipartError as error:
        raise _refused(
            [ProblemEntry(f"the body is not multipart/form-data: {error}", "#")]
        ) from None
    return _object(entry, texts, files)


def _object(
    entry: MediaTypePlan,
    texts: Mapping[str, Sequence[str]],
    files: Mapping[str, Sequence[bytes]],
) -> list[Any]:
    """Every form the object may take: the narrow one, and one with texts left as texts."""
    faults: list[ProblemEntry] = []
    narrow: dict[str, Any] = {}
    wide: dict[str, Any] = {}
    taken: set[str] = set()
    for member in entry.members:
        taken |= _names(member, texts)
        try:
            found = _member(member, texts, files)
        except Absent:
            continue
        except ValueError as error:
            faults.append(ProblemEntry(str(error), pointer="#" + fragment_step(member.name)))
            continue
        narrow[member.name], wide[member.name] = found[0], found[-1]
    for name, values in texts.items():
        if name not in taken:
            types = entry.others or ()
            coerced = [coerce(value, types) for value in values]
            narrow[name] = coerced[0] if len(coerced) == 1 else coerced
            wide[name] = values[0] if len(values) == 1 else list(values)
    if faults:
        raise _refused(faults)
    return [narrow] if narrow == wide else [narrow, wide]


def _member(
    member: ParameterPlan,
    texts: Mapping[str, Sequence[str]],
    files: Mapping[str, Sequence[bytes]],
) -> list[Any]:
    if member.media_type != BINARY:
        return read_member(member, texts)
    found = list(files.get(member.name, ()))
    if not found:
        raise Absent
    if "array" in member.text.types:
        return [found]
    if len(found) > 1:
        raise ValueError(f"given {len(found)} times, and it takes one value")
    return [found[0]]


def _names(member: ParameterPlan, texts: Mapping[str, Sequence[str]]) -> set[str]:
    if member.style == "deepObject":
        return {name for name in texts if name.startswith(f"{member.name}[")}
    return {member.name}


def _refused(faults: list[ProblemEntry]) -> Problem:
    return Problem(400, "The request does not keep the contract.", errors=faults)
