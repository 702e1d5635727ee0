"""The part of a page that fits into one response of the Lambda."""

from __future__ import annotations

import json
from collections.abc import Sequence

from items.records import Item

MAX_RESPONSE_BYTES = 6_291_556
"""Lambda's largest response: "exceeded maximum allowed payload size (6291556 bytes)"."""

# Status, headers, the page's braces and its cursor take about a kilobyte.
_ENVELOPE_BYTES = 64 * 1024

# The body is JSON inside the JSON of the proxy response. U+0000 is \u0000 in the former and
# \\u0000 in the latter, 7 bytes. If non-ASCII text is escaped, a character outside the BMP takes
# two such escapes.
_WORST_BYTES_PER_CHARACTER = 14
_WORST_BYTES_PER_ITEM = 512


def fitting(items: Sequence[Item]) -> int:
    """How many of the first items surely fit; at least one if there is one.

    A Scan returns up to 1 MB, which can take seven times as much in a response, more than Lambda's
    limit. One item of 400 KB always fits. Sizes are computed for the longer form (non-ASCII
    escaped), whatever the serializer does.
    """
    allowed = MAX_RESPONSE_BYTES - _ENVELOPE_BYTES
    characters = sum(len(i.content.name) + len(i.content.description or "") for i in items)
    bound = characters * _WORST_BYTES_PER_CHARACTER + len(items) * _WORST_BYTES_PER_ITEM
    if bound <= allowed:
        return len(items)
    total = 0
    for count, item in enumerate(items):
        # Serialised twice; the quotes of the outer string account for the comma between items.
        total += len(json.dumps(json.dumps(item.as_json())))
        if total > allowed:
            return max(count, 1)
    return len(items)
