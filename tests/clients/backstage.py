"""Behind the service's back: what its tables hold, and servers that are lost or that somebody else makes.

The service keeps its resources in one table, the simulated backend its servers in another, and the local server lets
other processes at both. A story needs this where a user of a real cloud would go to the cloud itself, and at its end,
because the API's own lists would not show what was forgotten.
"""

from __future__ import annotations

import json
import time
import urllib.request
import uuid

from support import Cloud, wait_until

# The embedded DynamoDB wants to see a signature, and takes any.
SIGNATURE = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=none",
    "X-Amz-Date": "20260101T000000Z",
}

# Which items are the record of what happened, or the service's own: they outlive resources.
KEPT = ("X#", "E#", "PROJ#", "PROJECTS", "SYSTEM")


class Tables:
    """The tables of a cloud, and what was in them when the story began."""

    def __init__(self, cloud: Cloud):
        self.servers = Servers(cloud)
        self.before = self._held()

    def restored(self) -> None:
        """Waits until the tables hold no resource, and the backend no server, that the story has made."""
        left: set = set()

        def none_left() -> bool:
            nonlocal left
            left = self._held() - self.before
            return not left

        try:
            wait_until("the tables to be as before", none_left, tries=120)
        except AssertionError:
            raise AssertionError(f"the story has left {sorted(left)}") from None

    def _held(self) -> set[tuple[str, str]]:
        resources = {
            (item["pk"]["S"], item["sk"]["S"])
            for item in self.servers.scan(self.servers.resources)
            if not item["pk"]["S"].startswith(KEPT)
        }
        return resources | {("server", server) for server in self.servers.running()}


class Servers:
    """The simulated servers of a cloud."""

    def __init__(self, cloud: Cloud):
        assert cloud.dynamodb, "COPPICE_URL needs COPPICE_DYNAMODB: where that server serves DynamoDB's API"
        self.endpoint = cloud.dynamodb
        names = self._ask("ListTables")["TableNames"]
        (self.table,) = (name for name in names if name.endswith("-simulated"))
        self.resources = self.table.removesuffix("-simulated")
        assert self.resources in names, names

    def scan(self, table: str) -> list[dict]:
        """Every item of a table."""
        items, more = [], {}
        while True:
            page = self._ask("Scan", TableName=table, ConsistentRead=True, **more)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def running(self) -> set[str]:
        """The ids of all servers of any deployment that are there: those that are gone leave a record for a while."""
        now = time.time() * 1_000_000
        records = [json.loads(item["record"]["S"]) for item in self.scan(self.table) if "record" in item]
        return {
            record["id"]
            for record in records
            if not record["settled"] and not (record["departure"] and record["departure"]["gone_at"] <= now)
        }

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
