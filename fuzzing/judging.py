"""What schemathesis counts as a finding: loaded by it as hooks, beside ``schemathesis.toml``.

A request that its schema allows may still be refused for what it means: a code that the plan does
not have, a day in the past, a report that was decided on. Each such refusal is a line in
``meanings.yaml`` with its reason; any other is a finding.
"""

import atexit
import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from schemathesis import HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.openapi.checks import RejectedPositiveData

from app.words.book import texts

# Where the counts of the meanings go when all is over, and what no meaning was found for.
SEEN = "FUZZING_SEEN"
# No schema can say that a number has at most 15 significant digits.
_DIGITS = 15
_seen: Counter[str] = Counter()
_unknown: set[str] = set()

Meaning = dict[str, Any]


def read_meanings() -> list[Meaning]:
    """The lines, one for each code and rule that a line names."""
    lines = yaml.safe_load(Path(__file__).with_name("meanings.yaml").read_text("utf-8"))
    return [
        {**line, "code": code, "rule": rule}
        for line in lines
        for code in _listed(line["code"])
        for rule in _listed(line.get("rule"))
    ]


def name_of(meaning: Meaning) -> str:
    """What a meaning is counted under."""
    words = (meaning["status"], meaning["code"], meaning["rule"] or "", meaning.get("says", ""))
    return " ".join(map(str, words)).strip()


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:  # noqa: ANN401 - any JSON
    """Round numbers to the digits that can be kept exactly."""
    if isinstance(body, float):
        rounded = float(f"{body:.{_DIGITS}g}")
        # The largest number of all would become infinite.
        return rounded if math.isfinite(rounded) else body
    if isinstance(body, list):
        return [map_body(context, each) for each in body]
    if isinstance(body, dict):
        return {name: map_body(context, each) for name, each in body.items()}
    return body


@schemathesis.hook
def filter_failure(
    context: HookContext,  # noqa: ARG001 - as schemathesis calls it
    failure: Failure,
    case: Case[Any],
    response: Response,
) -> bool:
    """Whether a failure is one: False for a refusal whose every reason is a known meaning."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    operation, status = str(case.operation.definition.raw["operationId"]), response.status_code
    reasons = _reasons(response)
    found = [_find(status, operation, *each) for each in reasons]
    _unknown.update(
        f"{operation}: {status} {code}: {sentence}"
        for (code, sentence), meaning in zip(reasons, found, strict=True)
        if meaning is None
    )
    if not found or None in found:
        return True
    _seen.update(name_of(each) for each in found if each is not None)
    return False


def _reasons(response: Response) -> list[tuple[str, str]]:
    """The code and the sentence of each error of a problem, or of the problem itself."""
    try:
        problem = json.loads(response.content)
    except ValueError:
        return []
    errors = [(each["code"], each["message"]) for each in problem.get("errors", [])]
    return errors or [(problem["code"], problem["detail"])]


def _find(status: int, operation: str, code: str, sentence: str) -> Meaning | None:
    for meaning in _MEANINGS:
        is_alike = (meaning["status"], meaning["code"]) == (status, code)
        if not is_alike or operation not in meaning.get("of", [operation]):
            continue
        rule = _RULES[meaning["rule"]] if meaning["rule"] else re.compile(meaning.get("says", ""))
        if rule.search(sentence):
            return meaning
    return None


def _listed(words: object) -> list[Any]:
    return words if isinstance(words, list) else [words]


def _rules() -> Iterator[tuple[str, re.Pattern[str]]]:
    """How each rule is said in an error, with anything in its blanks, at the end of a sentence."""
    for name, text in texts("faults", "en")["rules"].items():
        yield name, re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(text)) + "$", re.DOTALL)


_RULES = dict(_rules())
_MEANINGS = read_meanings()


@atexit.register
def _tell() -> None:
    if place := os.environ.get(SEEN):
        Path(place).write_text(json.dumps({"seen": _seen, "unknown": sorted(_unknown)}), "utf-8")
