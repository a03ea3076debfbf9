"""What Schemathesis is told about the system that it tests: which ids there are, and what it may overlook.

Generated values rarely name anything. In most requests that are meant to be accepted, references and specs
are therefore replaced by real ones, so that answers are tested and not refusals alone.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

# What there is: world.py says how it is arranged.
WORLD = json.loads(os.environ["COPPICE_WORLD"])
MADE = {each for method in ("GET", "POST") for names in WORLD[method].values() for each in names}
TALLY = Path(os.environ["COPPICE_TALLY"])
VERSION_HEADER = "OpenStack-API-Version"
NOBODY = "00000000-0000-0000-0000-000000000000"

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
    for before, segment in pairwise(case.path.split("/")):
        if (name := segment.strip("{}")) != segment:
            value = case.path_parameters[name]
            if not is_negative(case, ParameterLocation.PATH):
                value = place(case, before, value)
            case.path_parameters[name] = NOBODY if is_no_segment(value) else value
    if not is_negative(case, ParameterLocation.BODY):
        replace(case.body)
        case.body = real(WORLD["bodies"], case.path, case.body)
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


def is_no_segment(value) -> bool:
    """Whether a path with this in it is that of another operation by the time that it is sent: dots are a valid
    name, and the HTTP client takes such segments out, escaped or not."""
    return unquote(str(value)) in ("", ".", "..")


def place(case, collection: str, value):
    """What stands in a path: what a link led to, or what there is in a collection."""
    if case.method.upper() == "DELETE":
        # What the run did not make is not deleted by it.
        return NOBODY if value in MADE else value
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL:
        return value
    return real(WORLD.get(case.path, WORLD.get(case.method.upper(), {})), collection, value)


def lucky() -> bool:
    return CHANCE.random() < REAL


def real(values: dict, name: str, value):
    """One of the values that there are under this name, mostly; else the generated one."""
    return CHANCE.choice(values[name]) if name in values and lucky() else value


def replace(body, around: str = "") -> None:
    """Replaces references and specs at any depth."""
    for key, value in list(body.items()) if isinstance(body, dict) else ():
        name = next((name for name in (f"{around}.{key}", key) if name in WORLD["keys"]), None)
        if name:
            body[key] = real(WORLD["keys"], name, value)
        else:
            replace(value, key)
