"""What Cleo does with TrueFoundry's own SDK: create GROUP STORE, or read GROUP KEY."""

import hashlib
import json
import os
import sys

from truefoundry_sdk import TrueFoundry

client = TrueFoundry(base_url=os.environ["TFY_HOST"])


def create(name: str, store: str) -> dict[str, object]:
    made = client.secret_groups.create(name=name, integration_id=store, secrets=[]).data
    return {"fqn": made.fqn}


def read(fqn: str, key: str) -> dict[str, object]:
    group = client.secret_groups.get_by_fqn(fqn).data
    found = next(secret for secret in group.associated_secrets if secret.name == key)
    secret = client.secrets.get(found.id).data
    return {
        "id": secret.id,
        "sha256": hashlib.sha256(secret.value.encode()).hexdigest(),
        "version": int(secret.secret_versions[0].version),
    }


verb, *arguments = sys.argv[1:]
print(json.dumps({"create": create, "read": read}[verb](*arguments)))
