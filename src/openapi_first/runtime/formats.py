"""The formats of the OpenAPI format registry that jsonschema_rs checks not at all or wrongly.

A checker takes a string and returns whether it has the format. Draft 4 borrows the checks that are
right only in the library's draft 2020-12; the others are implemented here. All expressions run in
linear time, since the strings come from clients.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

_Checker = Callable[[str], bool]

_TCHARS = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*+"'
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"

_EXPRESSIONS = {
    "decimal": r"[+-]?+(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[Ee][+-]?[0-9]++)?",
    # RFC 9110 §12.5.1; an asterisk is a token.
    "media-range": rf"{_TCHARS}/{_TCHARS}"
    rf"(?:[ \t]*+;[ \t]*+(?:{_TCHARS}=(?:{_TCHARS}|{_QUOTED}))?+)*+",
    # draft-bhutton-relative-json-pointer-00 §3. The library does not support index manipulation.
    # Before `#` it occurs only in the examples of §5.1.
    "relative-json-pointer": r"(?:0|[1-9][0-9]*+)(?:[+-](?:0|[1-9][0-9]*+))?"
    r"(?:#|(?:/(?:[^~/]|~[01])*+)*+)",
    # RFC 8941 §3.3.3 to §3.3.6.
    "sf-binary": r":[A-Za-z0-9+/]*+={0,2}:",
    "sf-boolean": r"\?[01]",
    "sf-string": r'"(?:[ !#-\[\]-~]|\\["\\])*+"',
    "sf-token": r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*+",
    "time-local": rf"{_TIME}(?:\.[0-9]++)?",
}
_BORROWED = (
    *("duration", "idn-hostname", "iri", "iri-reference", "json-pointer"),
    *("uri-reference", "uri-template", "uuid"),
)

_compiled = cache(re.compile)  # on first use, not when the Lambda starts


def _matches(expression: str, text: str) -> bool:
    return _compiled(expression).fullmatch(text) is not None


@cache
def _native(name: str) -> _Checker:
    """The library's own check of a format in draft 2020-12."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"format": name}, validate_formats=True).is_valid


def _as_native(name: str, text: str) -> bool:
    return _native(name)(text)


def _is_byte(text: str) -> bool:
    """RFC 4648 §4: base64 with its padding (§3.2), without line breaks (§3.1)."""
    return len(text) % 4 == 0 and _matches("[A-Za-z0-9+/]*+={0,2}", text)


def _is_base64url(text: str) -> bool:
    """RFC 4648 §5: padded completely or not at all (§3.2), since the length is known."""
    if text.endswith("="):
        return len(text) % 4 == 0 and _matches("[A-Za-z0-9_-]*+={1,2}", text)
    return len(text) % 4 != 1 and _matches("[A-Za-z0-9_-]*+", text)


def _is_char(text: str) -> bool:
    """One code point, which is what JSON Schema counts as a character."""
    return len(text) == 1


def _is_date_time_local(text: str) -> bool:
    """RFC 3339 §5.6, date-time without an offset; a space is allowed as in its note and TOML."""
    return text[10:11] in ("T", "t", " ") and (
        _matches(_EXPRESSIONS["time-local"], text[11:]) and _native("date")(text[:10])
    )


def _is_imf_fixdate(text: str) -> bool:
    """RFC 9110 §5.6.7, only for days that exist."""
    if not _matches(f"{_DAY}, [0-9]{{2}} {_MONTH} [0-9]{{4}} {_TIME} GMT", text):
        return False
    return _exists(text[12:16], text[8:11], text[5:7])


def _is_http_date(text: str) -> bool:
    """RFC 9110 §5.6.7, with the two obsolete forms that recipients must accept."""
    if _matches(f"{_DAY} {_MONTH} (?:[0-9]{{2}}| [0-9]) {_TIME} [0-9]{{4}}", text):
        return _exists(text[20:24], text[4:7], text[8:10].replace(" ", "0"))
    rfc850 = f"{_LONG_DAY}, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_TIME} GMT"
    return _matches(rfc850, text) or _is_imf_fixdate(text)


def _exists(year: str, month: str, day: str) -> bool:
    return _native("date")(f"{year}-{_MONTHS.index(month) + 1:02}-{day}")


def _is_email(text: str) -> bool:
    """RFC 5321 §4.1.2, Mailbox. The library also accepts display names (`Joe <a@b.c>`)."""
    domain = _domain(text, "")
    return domain is not None and _is_domain(domain)


def _is_idn_email(text: str) -> bool:
    """RFC 6531 §3.3: the same, with letters of every script."""
    domain = _domain(text, "\x80-\U0010ffff")
    return domain is not None and (_is_domain(domain) or _native("idn-hostname")(domain))


def _domain(mailbox: str, others: str) -> str | None:
    """The part after the @; None when the part before it is not a valid local part."""
    atom = rf"[0-9A-Za-z!#$%&'*+\-/=?^_`{{|}}~{others}]++"
    quoted = rf'"(?:[ !#-\[\]-~{others}]|\\[ -~])*+"'
    match = _compiled(rf"({atom}(?:\.{atom})*+|{quoted})@(.+)", re.DOTALL).fullmatch(mailbox)
    # RFC 5321 §4.5.3.1.1, in octets of UTF-8; `surrogatepass`, since lone surrogates have none.
    if match is None or len(match[1].encode("utf-8", "surrogatepass")) > 64:
        return None
    return match[2]


def _is_domain(text: str) -> bool:
    """RFC 5321 §4.1.2, Domain or address-literal, and the lengths of RFC 1035 §2.3.4."""
    if text.startswith("[") and text.endswith("]"):
        if text[1:6].lower() == "ipv6:":
            return _native("ipv6")(text[6:-1])
        # §4.1.3 allows numbers with leading zeros.
        parts = text[1:-1].split(".")
        return len(parts) == 4 and all(_matches("[0-9]{1,3}", p) and int(p) < 256 for p in parts)
    label = "[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
    return len(text) <= 253 and _matches(rf"{label}(?:\.{label})*+", text)


FORMATS_2020_12: dict[str, _Checker] = {
    **{name: partial(_matches, expression) for name, expression in _EXPRESSIONS.items()},
    "base64url": _is_base64url,
    "byte": _is_byte,
    "char": _is_char,
    "date-time-local": _is_date_time_local,
    "email": _is_email,
    "http-date": _is_http_date,
    "idn-email": _is_idn_email,
    "imf-fixdate": _is_imf_fixdate,
}
"""For Draft202012Validator. Its own checks are right for date-time, date, time, hostname, ipv4,
ipv6, uri, regex (Unicode mode, and any property name) and the formats that draft 4 borrows."""

FORMATS_DRAFT_4: dict[str, _Checker] = {
    **{name: partial(_as_native, name) for name in _BORROWED},
    **FORMATS_2020_12,
}
"""For Draft4Validator, which itself checks date-time, date, time, hostname (RFC 1123), ipv4, ipv6,
uri and regex."""


def checkers_draft_4(schema: Any) -> dict[str, _Checker]:
    """FORMATS_DRAFT_4, where each borrowed check that the schema uses is the library's own method:
    a function of Python around it takes longer than the check."""
    used: set[str] = set()
    open_: list[Any] = [schema]
    while open_:
        node = open_.pop()
        if isinstance(node, dict):
            open_.extend(node.values())
            name = node.get("format")
            if isinstance(name, str):
                used.add(name)
        elif isinstance(node, list):
            open_.extend(node)
    return {**FORMATS_DRAFT_4, **{name: _native(name) for name in _BORROWED if name in used}}


NUMBER_FORMATS = frozenset(
    {
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "double-int"),
        *("float", "double", "decimal128", "sf-integer", "sf-decimal", "unixtime"),
    }
)
"""Formats of numbers; the compiler replaces those with limits by `minimum` and `maximum`."""

OPEN_FORMATS = frozenset({"binary", "password", "html", "commonmark", "templated-url"})
"""Formats that every string has."""
