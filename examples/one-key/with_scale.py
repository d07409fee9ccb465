"""What Ada does with Scale's own client: VERB ARGUMENT; a value comes by standard input."""

import hashlib
import json
import sys

from scale_gp_beta import SGPClient

client = SGPClient()


def create(key: str) -> dict[str, str]:
    made = client.secrets.create(key=key, value=sys.stdin.read())
    return {"id": made.id, "changed": made.created_at.isoformat()}


def rotate(secret_id: str) -> dict[str, str]:
    changed = client.secrets.update(secret_id, value=sys.stdin.read())
    return {"id": changed.id, "changed": changed.updated_at.isoformat()}


def read(name: str) -> dict[str, str]:
    value = client.credentials.decrypt_by_name(name).result
    return {"sha256": hashlib.sha256(value.encode()).hexdigest()}


verb, argument = sys.argv[1:]
print(json.dumps({"create": create, "rotate": rotate, "read": read}[verb](argument)))
