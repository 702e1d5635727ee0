"""Vessels, whose ids have other names in bodies than in paths; pages by offset."""

import secrets

from openapi_first.runtime import Problem, Reply

_vessels = {}


def list_vessels(offset, page_size, kind):
    found = [each for each in _vessels.values() if kind in (None, each["kind"])]
    page = {"results": found[offset : offset + page_size], "total": len(found)}
    if offset + page_size < len(found):
        page["next_offset"] = offset + page_size
    return page


def register_vessel(body):
    uid = f"V-{secrets.randbelow(10**10):010}"
    _vessels[uid] = {"uid": uid, **body}
    return Reply(_vessels[uid], 201)


def get_vessel(vessel_id):
    if vessel_id not in _vessels:
        raise Problem(404, "There is no such vessel.")
    return _vessels[vessel_id]


def change_vessel(vessel_id, body):
    get_vessel(vessel_id)
    _vessels[vessel_id] = {"uid": vessel_id, **body}
    return _vessels[vessel_id]


def scrap_vessel(vessel_id):
    get_vessel(vessel_id)
    del _vessels[vessel_id]
