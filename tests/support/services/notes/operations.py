"""Notes with entity tags, HEAD, and pages by cursor."""

import hashlib
import json
import uuid
from datetime import UTC, datetime

from openapi_first.runtime import Problem, ProblemEntry, Reply, current_request, invalid_request

_notes = {}


def list_notes(limit, cursor):
    ids = list(_notes)
    start = 0
    if cursor is not None:
        if cursor not in _notes:
            raise invalid_request([ProblemEntry("is not a cursor", parameter="cursor")])
        start = ids.index(cursor)
    page = {"notes": [_notes[each] for each in ids[start : start + limit]]}
    if start + limit < len(ids):
        page["next"] = ids[start + limit]
    return page


def create_note(body):
    note = {"id": str(uuid.uuid4()), "created": datetime.now(UTC).isoformat(), "tags": [], **body}
    _notes[note["id"]] = note
    headers = {"ETag": _tag(note), "Location": f"{current_request().path}/{note['id']}"}
    return Reply(note, 201, headers)


def peek_note(id):
    note = _note(id)
    return Reply(note, headers={"ETag": _tag(note)})


def get_note(id, if_none_match):
    note = _note(id)
    headers = {"ETag": _tag(note)}
    if if_none_match is not None and _has(if_none_match, _tag(note), weak=True):
        return Reply(None, 304, headers)
    return Reply(note, headers=headers)


def replace_note(id, if_match, body):
    note = _note(id, if_match)
    _notes[note["id"]] = {"id": note["id"], "created": note["created"], "tags": [], **body}
    return Reply(_notes[note["id"]], headers={"ETag": _tag(_notes[note["id"]])})


def delete_note(id, if_match):
    del _notes[_note(id, if_match)["id"]]


def _note(id, if_match=None):
    note = _notes.get(id.lower())
    if note is None:
        raise Problem(404, "There is no such note.")
    if if_match is not None and not _has(if_match, _tag(note)):
        raise Problem(412, "The note has changed.")
    return note


def _tag(note):
    return f'"{hashlib.sha256(json.dumps(note, sort_keys=True).encode()).hexdigest()[:16]}"'


def _has(tags, tag, weak=False):
    found = [each.strip() for each in tags.split(",")]
    return "*" in found or tag in found or (weak and f"W/{tag}" in found)
