"""What Schemathesis is told about the system that it tests: which ids there are, and what it may overlook.

Generated values rarely name anything. In most requests that are meant to be accepted, references and specs
are therefore replaced by real ones, so that answers are tested and not refusals alone.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from pathlib import Path

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation

# What there is: by the names of collections and path parameters, and by the names of keys in bodies.
PATHS, BODIES = json.loads(os.environ["COPPICE_WORLD"])
TALLY = Path(os.environ["COPPICE_TALLY"])
VERSION_HEADER = "OpenStack-API-Version"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# A field that does not count in some requests: only a change in percentage has a least step.
IGNORED = "resize -> min_step"
# How often a generated value makes way for a real one.
REAL = 0.8
# The same choices in every run: cases are generated in the same order.
CHANCE = random.Random(0)

answered: Counter[str] = Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts real references where generated ones stand that are meant to be accepted."""
    if not is_negative(case, ParameterLocation.PATH):
        for name, value in case.path_parameters.items():
            # What a link led to is kept, and what the run did not make is not deleted by it.
            if not UUID.fullmatch(str(value)) and case.method.upper() != "DELETE":
                collection = case.path.split("/")[2]
                case.path_parameters[name] = real(PATHS, collection if name == "id" else name, value)
    if not is_negative(case, ParameterLocation.BODY):
        replace(case.body)
    if not is_negative(case, ParameterLocation.HEADER) and VERSION_HEADER in case.headers and lucky():
        case.headers[VERSION_HEADER] = "clustering latest"


@schemathesis.hook
def after_call(context, case, response):
    """Keeps count of what each operation answered."""
    answered[f"{case.method.upper()} {case.path} {response.status_code}"] += 1
    TALLY.write_text(json.dumps(answered))


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Drops a failure that says that something was accepted which is not looked at, and keeps all others."""
    if not isinstance(failure, AcceptedNegativeData):
        return True
    if is_negative(case, ParameterLocation.BODY):
        # Where a body is optional, what is no object counts as none.
        body = case.operation.definition.raw["requestBody"]
        return IGNORED not in failure.message and (body["required"] or isinstance(case.body, dict))
    # A version header that does not name this service asks for nothing of it.
    return not is_negative(case, ParameterLocation.HEADER)


def is_negative(case, location: ParameterLocation) -> bool:
    """Whether this part of the request is meant to be refused."""
    return case.meta is not None and case.meta.is_negative_at(location)


def lucky() -> bool:
    return CHANCE.random() < REAL


def real(values: dict, name: str, value):
    """One of the values that there are under this name, mostly; else the generated one."""
    return CHANCE.choice(values[name]) if name in values and lucky() else value


def replace(body) -> None:
    """Replaces references and specs at any depth."""
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in list(items):
        if isinstance(key, str) and key in BODIES:
            body[key] = real(BODIES, key, value)
        else:
            replace(value)
