"""What happens to servers behind the service's back: one is lost, or somebody else makes one.

The simulated backend keeps its servers in a table, and the local server lets other processes at it. A story needs
this where a user of a real cloud would go to the cloud itself.
"""

from __future__ import annotations

import json
import urllib.request
import uuid

from support import Cloud

# The embedded DynamoDB wants to see a signature, and takes any.
SIGNATURE = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=none",
    "X-Amz-Date": "20260101T000000Z",
}


class Servers:
    """The simulated servers of a cloud."""

    def __init__(self, cloud: Cloud):
        assert cloud.dynamodb, "COPPICE_URL needs COPPICE_DYNAMODB: where that server serves DynamoDB's API"
        self.endpoint = cloud.dynamodb
        (self.table,) = (name for name in self._ask("ListTables")["TableNames"] if name.endswith("-simulated"))

    def lose(self, server: str) -> None:
        """Makes a server disappear as if it had never been."""
        self._ask("DeleteItem", TableName=self.table, Key={"pk": {"S": server}})

    def copy(self, server: str) -> str:
        """Makes a server like this one that no deployment of this service knows of, and returns its id."""
        item = self._ask("GetItem", TableName=self.table, Key={"pk": {"S": server}})["Item"]
        record = json.loads(item["record"]["S"])
        record["id"], record["tags"]["deployment"] = str(uuid.uuid4()), "elsewhere"
        item |= {
            "pk": {"S": record["id"]},
            "deployment": {"S": record["tags"]["deployment"]},
            "record": {"S": json.dumps(record)},
        }
        self._ask("PutItem", TableName=self.table, Item=item)
        return record["id"]

    def _ask(self, operation: str, **parameters) -> dict:
        request = urllib.request.Request(
            self.endpoint,
            data=json.dumps(parameters).encode(),
            headers=SIGNATURE
            | {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
