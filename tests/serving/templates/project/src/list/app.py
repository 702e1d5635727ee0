import json
import os

import util
import words

os.environ["SEEN"] = "list"


def handler(event, context):
    found = {"who": util.NAME, "word": words.WORD, "greeting": os.environ["GREETING"]}
    found["caller"] = event["requestContext"]["authorizer"]["principalId"]
    print("listing", flush=True)
    return {"statusCode": 200, "body": json.dumps(found)}
