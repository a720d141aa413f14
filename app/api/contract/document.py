"""The OpenAPI document: as FastAPI writes it, made exact, and in the form that generators take.

What the routes leave unsaid is said here once for all of them: problems, keys, files, examples.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from app.api.contract.operations import (
    HEADERS,
    SECURITY,
    Operation,
    describe_problems,
    finish_answers,
    finish_request,
)
from app.api.contract.patterns import shape_bodies
from app.api.contract.schemas import add_model, list_sent, name_pages, open_answers, tidy_schema
from app.schemas.reports.decisions import ApproveDecision, ReturnDecision
from app.schemas.reports.inputs import BatchInput, FigureInput
from app.words.book import read_yaml, texts

# Generators of clients refuse 3.2, or take it badly.
VERSION = "3.1.0"
_EXAMPLES = Path(__file__).with_name("examples.yaml")
# What FastAPI adds where a route names no answer for a request that is not valid.
_UNUSED = ("HTTPValidationError", "ValidationError")


def finish(document: dict[str, Any]) -> None:
    """Make FastAPI's description of the routes the contract of the API."""
    words, components = texts("contract", "en"), document["components"]
    document["info"] |= {name: words[name].strip() for name in ("summary", "description")}
    document["servers"] = [{"url": "/", "description": words["server"]}]
    document["tags"] = [{"name": name, "description": t} for name, t in words["tags"].items()]
    schemas = components["schemas"]
    for name in _UNUSED:
        schemas.pop(name, None)
    for model in (BatchInput, FigureInput, ApproveDecision, ReturnDecision):
        add_model(schemas, model)
    _show_items(schemas["ReportInput"], "figures", "FigureInput")
    _show_items(schemas["DecisionsInput"], "decisions", "ApproveDecision", "ReturnDecision")
    components["securitySchemes"] = dict(SECURITY)
    components["headers"] = dict(HEADERS)
    components["responses"] = describe_problems(schemas)
    for place, operation in operations(document):
        finish_request(place, operation)
        finish_answers(place, operation, schemas)
        _show_examples(operation)
    name_pages(document)
    sent = list_sent(document)
    open_answers(schemas, sent)
    shape_bodies(schemas[name] for name in sorted(sent))
    tidy_schema(document)


def name_issuer(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The contract of a deployment that takes the tokens of an OpenID Connect provider."""
    scheme = {
        "type": "openIdConnect",
        "openIdConnectUrl": f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        "description": "An access token of the identity provider of this deployment, sent as "
        "`Authorization: Bearer <token>`.",
    }
    components = document["components"]
    schemes = {**components["securitySchemes"], "oidc": scheme}
    paths = {
        path: {verb: _with_tokens(operation) for verb, operation in item.items()}
        for path, item in document["paths"].items()
    }
    return {
        **document,
        "paths": paths,
        "components": {**components, "securitySchemes": schemes},
    }


def _with_tokens(operation: Operation) -> Operation:
    # Where no key is taken, no token is.
    known = operation["security"]
    return {**operation, "security": [{"oidc": []}, *known]} if known else operation


def _show_items(schema: dict[str, Any], name: str, *models: str) -> None:
    """Say what a list of the body holds, of which anything is taken to be judged one by one."""
    shapes = [{"$ref": f"#/components/schemas/{model}"} for model in models]
    schema["properties"][name]["items"] = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """Every operation with its place, such as ``get /api/v1/plans``."""
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield f"{verb} {path}", operation


def _show_examples(operation: Operation) -> None:
    """Give each required parameter a value to try, and bodies and answers an example."""
    known, name = _examples(), operation["operationId"]
    own = known["parameters_of"].get(name, {})
    for parameter in operation.get("parameters", []):
        example = own.get(parameter["name"], known["parameters"].get(parameter["name"]))
        if parameter["required"] and example is not None:
            parameter["example"] = example
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and name in known["bodies"]:
        body["example"] = known["bodies"][name]
    for status, example in known["answers"].get(name, {}).items():
        operation["responses"][status]["content"]["application/json"]["example"] = example


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_EXAMPLES)
    return found
