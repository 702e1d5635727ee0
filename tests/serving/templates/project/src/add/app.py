import json
import os
import urllib.request

import numbers_layer
import util
import words


def handler(event, context):
    item = json.loads(event["body"])
    call = {"TableName": os.environ["TABLE"], "Item": {"id": {"S": item["id"]}}}
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"],
        json.dumps(call).encode(),
        {
            "X-Amz-Target": "DynamoDB_20120810.PutItem",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    with urllib.request.urlopen(request) as response:
        status = response.status
    found = {"who": util.NAME, "word": words.WORD, "number": numbers_layer.NUMBER, "put": status}
    return {"statusCode": 201, "body": json.dumps({**found, "seen": os.environ.get("SEEN")})}
