"""Documents that are uploaded as forms and downloaded as bytes."""

import uuid
from datetime import UTC, datetime

from openapi_first.runtime import Problem, Reply, current_request

_documents = {}
_files = {}


def list_documents(limit, after):
    ids = sorted(each for each in _documents if after is None or each > after.lower())
    return {"documents": [_documents[each] for each in ids[:limit]], "more": limit < len(ids)}


def upload_document(body):
    id = str(uuid.uuid4())
    _files[id] = bytes(body["file"])
    _documents[id] = {
        **{name: body[name] for name in ("title", "pages") if name in body},
        "id": id,
        "size": len(_files[id]),
        "uploaded": datetime.now(UTC).isoformat(),
    }
    return Reply(_documents[id], 201, {"Location": f"{current_request().path}/{id}"})


def get_document(id):
    if id.lower() not in _documents:
        raise Problem(404, "There is no such document.")
    return _documents[id.lower()]


def delete_document(id):
    document = get_document(id)
    del _documents[document["id"]], _files[document["id"]]


def download_document(id):
    document = get_document(id)
    return Reply(_files[document["id"]], headers={"Content-Disposition": "attachment"})
