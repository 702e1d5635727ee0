"""The names by which members of error bodies are recognised, and the values they stand for.

Names are compared in lower case, without anything but letters and digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MESSAGE = frozenset(
    {
        *("message", "msg", "errormessage", "errormsg", "errordescription", "description"),
        *("detail", "details", "reason", "text", "usermessage", "displaymessage", "longmessage"),
    }
)
CODE = frozenset(
    {
        *("code", "errorcode", "statuscode", "httpstatus", "httpstatuscode", "httpcode", "status"),
        *("errortype", "errorname"),
    }
)
NAMES = frozenset({"name", "kind", "category"})
"""A code, but only beside a message."""
_REQUEST = frozenset({"requestid", "traceid", "correlationid"})
_FIELD = frozenset(
    {"field", "property", "param", "parameter", "path", "key", "attribute", "location", "name"}
)
NESTED = frozenset({"error", "err", "fault", "problem", "source"})
LISTS = frozenset(
    {
        *("error", "errors", "errorlist", "fielderrors", "validationerrors", "details", "detail"),
        *("violations", "issues", "messages", "invalidparams", "causes"),
    }
)
WORDS = {
    400: ("invalidrequest", "validationerror", "invalidinput", "invalidparameter", "clienterror"),
    404: ("resourcenotfound",),
    413: ("payloadtoolarge", "requesttoolarge"),
    429: ("toomanyrequests", "ratelimited", "ratelimitexceeded"),
    500: ("internalerror", "servererror", "apierror", "internal", "unknownerror"),
}
STATUSES = (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 500, 503, 504)

MAY_BE_MISSING = ("$parameter", "$pointer")
"""Variables that not every error has."""

_VALUES: Mapping[str, tuple[str | bool, ...]] = {
    "title": ("$title",),
    "instance": ("$instance",),
    **dict.fromkeys(_REQUEST, ("$request_id",)),
    **dict.fromkeys(("success", "ok"), (False,)),
}


def values_of(name: str, names: set[str], *, item: bool, has_list: bool) -> Iterator[str | bool]:
    """The values that a name stands for, the best first.

    `names` are those of its object; `item`, that it is in a list of errors, and `has_list`, that it
    has one.
    """
    if item:
        yield from _item_values(name, names)
    elif name in MESSAGE or (name == "error" and not names & MESSAGE):
        yield from ("$detail", "$title") if has_list else ("$message", "$detail", "$title")
    if name == "error":
        yield from ("$title", True)
    if name == "type":
        yield from ("$type",) if "title" in names else ("$code", "$CODE")
    if name in CODE or (name in NAMES and names & MESSAGE and not item):
        yield from ("$status", "$code", "$CODE", "$status_string", "$title")
    yield from _VALUES.get(name, ())


def _item_values(name: str, names: set[str]) -> Iterator[str]:
    if name in _FIELD:
        yield from ("$parameter", "$field") if name == "parameter" else ("$field",)
    if name == "pointer":
        yield from ("$pointer", "$field")
    if name in MESSAGE or name == "error" or (name == "title" and not names & MESSAGE):
        yield from ("$error_detail", "$title")


def plain_name(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
