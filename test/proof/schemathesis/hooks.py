"""What Schemathesis is told beside its command line: what it must not do, and what to count."""

import atexit
import json
import os
import re
from collections import Counter

import schemathesis

SPARED = [text for text in os.environ["STRONGROOM_SPARED"].split(",") if text]
SEEN = os.environ["STRONGROOM_SEEN"]

seen = Counter()
slowest = {"ms": 0, "operation": ""}


def write():
    with open(SEEN, "w", encoding="utf-8") as file:
        json.dump({"statuses": seen, "slowest": slowest}, file)


atexit.register(write)


@schemathesis.hook
def filter_case(context, case):
    """The caller does not end, demote or shut out itself: who is gone can be asked nothing more."""
    if case.method == "GET":
        return True
    parts = (case.path_parameters, case.query, case.body)
    return not any(text in repr(part) for text in SPARED for part in parts)


def documented_methods(case, response):
    """The methods of every documented path that the requested one is: vendors let some overlap."""
    requested = response.request.path_url.split("?")[0]
    methods = set()
    for path, operations in case.operation.schema.raw_schema["paths"].items():
        pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]+\}", path))
        if re.fullmatch(pattern, requested):
            methods.update(method.upper() for method in operations)
    return methods


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if failure.title != "Allow header mismatch":
        return True
    said = {method.strip() for method in ",".join(response.headers.get("allow", [])).split(",")}
    return said != documented_methods(case, response)


@schemathesis.hook
def after_call(context, case, response):
    operation = f"{case.method} {case.operation.path}"
    seen[f"{operation} {response.status_code}"] += 1
    ms = round(response.elapsed * 1000)
    if ms > slowest["ms"]:
        slowest.update(ms=ms, operation=operation)
