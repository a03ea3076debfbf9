#!/usr/bin/env python3
"""Holds template.yaml to what the rest of the repository says of the same things.

Tables, queue and routes are defined once for the code and the local system, and once more for AWS. This
compares the two, and fails with a line for each difference.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "aws" / "template.yaml"
README = ROOT / "infra" / "aws" / "README.md"
TABLES = {
    "Table": ROOT / "shared" / "store" / "table.json",
    "SimulatedTable": ROOT / "shared" / "compute" / "src" / "simulated" / "dynamo" / "table.json",
}
QUEUE = ROOT / "shared" / "runtime" / "queue.json"
ROUTES = ROOT / "infra" / "aws" / "CargoLambda.toml"
FUNCTIONS = ROOT / "functions"
CONFIGURATION = ROOT / "shared" / "runtime" / "src"
RECEIVERS = ROOT / "shared" / "domain" / "src" / "receiver"
# Policies over queues that functions make: where their names' beginning is defined, and whose they are.
OWN_QUEUES = {
    "ReceiverQueues": (RECEIVERS / "mod.rs", "QUEUE_PREFIX", "coppice-receivers"),
    "HookQueues": (RECEIVERS / "hook.rs", "HOOK_PREFIX", "coppice-worker"),
}

# What AWS has besides the definition that the code shares.
ONLY_ON_AWS = {"PointInTimeRecoverySpecification", "StreamSpecification"}
# How an event's key begins, by which the announcer's records are chosen.
KINDS = ROOT / "shared" / "store" / "src" / "entity" / "mod.rs"
# Which changes of instances' states the triggers heed.
INSTANCES = ROOT / "functions" / "triggers" / "src" / "instance.rs"
# The queue's visibility timeout, in function timeouts: AWS's own advice.
VISIBILITY_FACTOR = 6
CATCH_ALL = {"/", "/{*rest}"}
VARIABLE = re.compile(r"\bCOPPICE_[A-Z_]+\b")


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref x`) as their long forms (`{"Ref": "x"}`)."""


def _long_form(loader: Loader, suffix: str, node: yaml.Node):
    key = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {key: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _long_form)


def normal(value):
    """A definition in which the order of its lists of named things does not matter, except in keys."""
    if isinstance(value, dict):
        return {
            key: sorted((normal(item) for item in inner), key=str)
            if key in ("AttributeDefinitions", "GlobalSecondaryIndexes")
            else normal(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [normal(item) for item in value]
    return value


def tables(resources: dict):
    """The tables are those of the code's definitions."""
    for name, path in TABLES.items():
        wanted = normal(json.loads(path.read_text()))
        found = normal({k: v for k, v in resources[name]["Properties"].items() if k not in ONLY_ON_AWS})
        for key in sorted(wanted.keys() | found.keys()):
            if wanted.get(key) != found.get(key):
                yield f"{name}.{key} is {found.get(key)}, but {path.relative_to(ROOT)} has {wanted.get(key)}"


def queue(resources: dict):
    """The queue is that of the code's definition, and leaves the worker time for every retry."""
    wanted, found = json.loads(QUEUE.read_text()), resources["Queue"]["Properties"]
    pairs = {
        "VisibilityTimeout": found.get("VisibilityTimeout"),
        "MaxReceiveCount": found.get("RedrivePolicy", {}).get("maxReceiveCount"),
    }
    for key in sorted(wanted.keys() | pairs.keys()):
        if wanted.get(key) != pairs.get(key):
            yield f"Queue: {key} is {pairs.get(key)}, but {QUEUE.relative_to(ROOT)} has {wanted.get(key)}"
    timeout = resources["WorkerFunction"]["Properties"]["Timeout"]
    if pairs["VisibilityTimeout"] < VISIBILITY_FACTOR * timeout:
        yield f"Queue: messages are hidden for less than {VISIBILITY_FACTOR} times the worker's timeout of {timeout} s"
    if resources["WorkerFunction"]["Properties"].get("RecursiveLoop") != "Allow":
        yield "WorkerFunction: RecursiveLoop is not Allow, so Lambda stops actions that ring for others"
    sources = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::Lambda::EventSourceMapping"]
    if any(source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"] for source in sources):
        yield "an EventSourceMapping: without ReportBatchItemFailures one failed record repeats its whole batch"


def own_queues(resources: dict):
    """Queues that functions make are within reach of whoever makes them, and no other queue and no other function is."""
    for policy, (source, constant, holder) in OWN_QUEUES.items():
        prefix = re.search(rf'pub const {constant}: &str = "([^"]+)";', source.read_text())
        if prefix is None:
            yield f"{source.relative_to(ROOT)} names no {constant}"
            continue
        wanted = f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{prefix.group(1)}*"
        for statement in resources[policy]["Properties"]["PolicyDocument"]["Statement"]:
            if statement["Resource"] != {"Fn::Sub": wanted}:
                yield f"{policy}: reaches {statement['Resource']}, but the queues are {wanted}"
        holders = [name for name, each in functions(resources).items() if {"Ref": policy} in each.get("Policies", [])]
        if holders != [holder]:
            yield f"{policy}: is for {holder} alone, and {holders} have it"


def stream(resources: dict):
    """The announcer hears of new events and of nothing else, and only where there is a bus."""
    letter = re.search(r"Self::Event => '(\w)'", KINDS.read_text())
    wanted = {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": f"{letter.group(1) if letter else '?'}#"}]}}},
    }
    filters = resources["AnnouncerSource"]["Properties"]["FilterCriteria"]["Filters"]
    found = [json.loads(each["Pattern"]) for each in filters]
    if found != [wanted]:
        yield f"AnnouncerSource: is told of {found}, and should be of {wanted}"
    for name in ("Announcing", "AnnouncerSource"):
        if resources[name].get("Condition") != "HasEventBus":
            yield f"{name}: is there without a bus"
    choice = resources["Table"]["Properties"]["StreamSpecification"].get("Fn::If", [None])
    if choice[0] != "HasEventBus":
        yield "Table: has a stream without a bus"


def instances(resources: dict):
    """The triggers are told of the changes of instances' states that they heed, and of no others."""
    source = INSTANCES.read_text()
    kind = re.search(r'const EC2: .*= \("([^"]+)", "([^"]+)"\);', source)
    states = re.search(r"const EC2_STATES: .*=\s*\[(.*)\];", source)
    wanted = {
        "source": [kind.group(1)] if kind else None,
        "detail-type": [kind.group(2)] if kind else None,
        "detail": {"state": re.findall(r'\("([^"]+)",', states.group(1)) if states else None},
    }
    found = resources["TriggersFunction"]["Properties"]["Events"]["Instances"]["Properties"]["Pattern"]
    if found != wanted:
        yield f"TriggersFunction: is told of {found}, but {INSTANCES.relative_to(ROOT)} heeds {wanted}"


def functions(resources: dict) -> dict[str, dict]:
    """The template's functions by the name of their binary."""
    return {
        resource["Metadata"]["BuildProperties"]["Binary"]: resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def packages(resources: dict):
    """Each function's crate is deployed once, from its own directory."""
    wanted = {f"coppice-{main.parents[1].name}": main.parents[1] for main in FUNCTIONS.glob("*/src/main.rs")}
    found = functions(resources)
    for name in sorted(wanted.keys() - found.keys()):
        yield f"functions/{wanted[name].name} has no function in the template"
    for name in sorted(found.keys() - wanted.keys()):
        yield f"the template's binary {name} has no crate under functions/"
    for name in sorted(found.keys() & wanted.keys()):
        if (TEMPLATE.parent / found[name]["CodeUri"]).resolve() != wanted[name]:
            yield f"{name}: CodeUri is {found[name]['CodeUri']}, but its crate is {wanted[name].relative_to(ROOT)}"


def routes(resources: dict):
    """API Gateway routes as `cargo lambda watch` does."""
    router = tomllib.loads(ROUTES.read_text())["watch"]["router"]
    wanted = {path.replace("{*rest}", "{proxy+}"): name for path, name in router.items() if path not in CATCH_ALL}
    wanted["$default"] = router.get("/")
    if len({router.get(path) for path in CATCH_ALL}) != 1:
        yield f"{ROUTES.name}: {sorted(CATCH_ALL)} must name one function, which stands for $default"
    found: dict[str, str] = {}
    for name, properties in functions(resources).items():
        for event in properties.get("Events", {}).values():
            if event["Type"] != "HttpApi":
                continue
            path = event["Properties"].get("Path", "$default")
            if path != "$default" and event["Properties"].get("Method") != "ANY":
                yield f"{path}: the method is not ANY, so API Gateway answers the others itself"
            if path in found:
                yield f"{path}: goes to {found[path]} and to {name}"
            found[path] = name
    for path in sorted(wanted.keys() | found.keys()):
        if wanted.get(path) != found.get(path):
            yield f"{path}: goes to {found.get(path)}, but {ROUTES.name} has {wanted.get(path)}"


def variables(template: dict):
    """Variables that are set are read, and variables that are read are documented."""
    read = {name for source in CONFIGURATION.glob("**/*.rs") for name in VARIABLE.findall(source.read_text())}
    given = set(template["Globals"]["Function"]["Environment"]["Variables"])
    for name in sorted(given - read):
        yield f"{name}: set by the template, read by nobody"
    for name in sorted(read - set(VARIABLE.findall(README.read_text()))):
        yield f"{name}: read by {CONFIGURATION.relative_to(ROOT)}, not explained in {README.relative_to(ROOT)}"


def main() -> int:
    template = yaml.load(TEMPLATE.read_text(), Loader)
    resources = template["Resources"]
    found = [
        *tables(resources),
        *queue(resources),
        *own_queues(resources),
        *stream(resources),
        *instances(resources),
        *packages(resources),
        *routes(resources),
        *variables(template),
    ]
    for difference in found:
        print(f"{TEMPLATE.relative_to(ROOT)}: {difference}", file=sys.stderr)
    if not found:
        print(f"{TEMPLATE.relative_to(ROOT)}: tables, queues, functions, routes and variables agree with the code")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
