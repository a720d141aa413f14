"""Make the list of parts (CycloneDX) and the list of licences: `make sbom`.

The parts are what `requirements.txt` installs on this kind of machine, with the digests of the
lock, as they are installed here, which is where a package tells its licence.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app import __version__
from sbom.licences import Policy, find_faults, licences_of

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "dist" / "sbom"
BOM, LICENCES = FOLDER / "dabiao.cdx.json", FOLDER / "licences.txt"
_PINNED = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)

Part = dict[str, Any]


def main() -> int:
    """Write both lists; 1 where a part is missing or its licence is not allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rules = project["tool"]["sbom"]
    policy = Policy(
        allowed=frozenset(rules["allowed"]), names=rules["names"], packages=rules["packages"]
    )
    locked = dict(read_lock((ROOT / "requirements.txt").read_text("utf-8")))
    bom = make_bom(_ask("environment", sys.executable), locked)
    _add_digests(bom, _ask("requirements", "requirements.txt"))
    _add_root(bom, project["project"])
    faults = [*find_missing(bom, locked)]
    faults += [fault for part in bom["components"] for fault in find_faults(part, policy)]
    text = json.dumps(bom, indent=1, ensure_ascii=False)
    if (error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        faults.append(f"the list is not valid: {error}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    BOM.write_text(f"{text}\n", "utf-8")
    LICENCES.write_text("".join(_lines(bom, policy)), "utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(bom['components'])} parts: {BOM.relative_to(ROOT)}, {LICENCES.relative_to(ROOT)}")
    return 1 if faults else 0


def read_lock(text: str) -> Iterator[tuple[str, str]]:
    """Name and version of each package that is installed on this kind of machine."""
    for name, version, marker in _PINNED.findall(text):
        if not marker or Marker(marker).evaluate():
            yield canonicalize_name(name), version


def make_bom(environment: Part, locked: Mapping[str, str]) -> Part:
    """The list of an environment, without what is there only to test and check."""
    parts = [p for p in environment["components"] if canonicalize_name(p["name"]) in locked]
    refs = {part["bom-ref"] for part in parts}
    graph = [
        {"ref": each["ref"], "dependsOn": [ref for ref in each.get("dependsOn", ()) if ref in refs]}
        for each in environment["dependencies"]
        if each["ref"] in refs
    ]
    return {**environment, "components": parts, "dependencies": graph}


def find_missing(bom: Part, locked: Mapping[str, str]) -> Iterator[str]:
    """What is locked and not installed in that version."""
    there: dict[str, str] = {
        canonicalize_name(part["name"]): part["version"] for part in bom["components"]
    }
    for name, version in locked.items():
        if there.get(name) != version:
            yield f"{name} is locked at {version} but {there.get(name, 'not')} installed"


def _ask(*words: str) -> Part:
    """What CycloneDX's own program finds."""
    program = (sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *words)
    wanted = ("--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible")
    done = subprocess.run(
        [*program, *wanted, "--pyproject", "pyproject.toml"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    found: Part = json.loads(done.stdout)
    return found


def _add_digests(bom: Part, requirements: Part) -> None:
    """Beside each part, the digests with which it is locked."""
    known: dict[str, Part] = {canonicalize_name(p["name"]): p for p in requirements["components"]}
    for part in bom["components"]:
        sources = known[canonicalize_name(part["name"])].get("externalReferences", [])
        part["externalReferences"] = [*part.get("externalReferences", []), *sources]


def _add_root(bom: Part, project: Part) -> None:
    """Say which version this is, and what it needs by itself, extras included."""
    root = bom["metadata"]["component"]
    root["version"] = __version__
    named = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    wanted = {canonicalize_name(Requirement(each).name) for each in named}
    refs = [p["bom-ref"] for p in bom["components"] if canonicalize_name(p["name"]) in wanted]
    bom["dependencies"].append({"ref": root["bom-ref"], "dependsOn": sorted(refs)})


def _lines(bom: Part, policy: Policy) -> Iterator[str]:
    for part in sorted(bom["components"], key=lambda each: canonicalize_name(each["name"])):
        yield f"{part['name']} {part['version']}: {'; '.join(licences_of(part, policy))}\n"


if __name__ == "__main__":
    sys.exit(main())
