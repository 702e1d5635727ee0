"""How much of a page fits into one response of the Lambda."""

from __future__ import annotations

import json
from collections.abc import Sequence

from items.records import Item

MAX_RESPONSE_BYTES = 6_291_556
"""Lambda's largest response: "exceeded maximum allowed payload size (6291556 bytes)"."""

# Status, headers, the page's own braces and its cursor. They come to about a kilobyte.
_ENVELOPE_BYTES = 64 * 1024

# The body is JSON inside the proxy response's JSON. U+0000 is \u0000 in the one and \\u0000 in the
# other, 7 bytes; a character outside the BMP is two such escapes where non-ASCII text is escaped.
_WORST_BYTES_PER_CHARACTER = 14
_WORST_BYTES_PER_ITEM = 512


def fitting(items: Sequence[Item]) -> int:
    """How many of the items, from the first on, surely fit; at least one if there is one.

    A Scan gives up to 1 MB, seven times which is more than Lambda may answer. One item has 400 KB,
    which always fits. Sizes are those of the longer spelling (non-ASCII escaped), whichever the
    serializer chooses.
    """
    allowed = MAX_RESPONSE_BYTES - _ENVELOPE_BYTES
    characters = sum(len(i.content.name) + len(i.content.description or "") for i in items)
    bound = characters * _WORST_BYTES_PER_CHARACTER + len(items) * _WORST_BYTES_PER_ITEM
    if bound <= allowed:
        return len(items)
    total = 0
    for count, item in enumerate(items):
        # Twice serialised; the quotes of the outer string make up for the comma between items.
        total += len(json.dumps(json.dumps(item.as_json())))
        if total > allowed:
            return max(count, 1)
    return len(items)
