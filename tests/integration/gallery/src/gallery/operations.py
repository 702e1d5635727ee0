"""One function for each operation."""

import base64
import os
from pathlib import Path

from openapi_first.runtime import Problem, current_request

FOLDER = Path(os.environ["PICTURES"])


def get_picture(id):
    path = FOLDER / id
    if not path.exists():
        raise Problem(404, "There is no such picture.")
    return path.read_bytes()


def put_picture(id, body):
    (FOLDER / id).write_bytes(body["file"] if isinstance(body, dict) else body)


def delete_picture(id):
    (FOLDER / id).unlink(missing_ok=True)


def get_notes():
    given = current_request().event["headers"].get("Authorization", "")
    if given != "Basic " + base64.b64encode(b"me:secret").decode():
        raise Problem(401, "Unknown credentials.")
    return "räksmörgås".encode()
