"""The clients that are tried: how each is made, compiled and run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TOOLS = Path(__file__).parent.parent / ".venv-interop"
MODULES = TOOLS / "node" / "node_modules"
Command = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client, made in a folder with ``openapi.json``.

    ``files``: what lies there beside it; ``needs``: a program that no registry of packages for
    Python or Node has, without which it is left out, and that is said.
    """

    name: str
    caller: str | None = None
    generate: Command = ()
    compile: Command = ()
    calls: tuple[Command, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None


_PYTHON = str(TOOLS / "bin" / "python")
_GENERATOR = (str(TOOLS / "bin" / "openapi-generator-cli"), "generate", "-i", "openapi.json")
_TYPES = (_PYTHON, "-m", "mypy", "--strict", "--follow-imports=silent", "caller.py")
_TSC = (str(MODULES / ".bin" / "tsc"), "-p", ".")
_NODE = (str(TOOLS / "bin" / "node"), "out/caller.js")
_TS_FILES = {"tsconfig.json": "tsconfig.json", "package.json": "package.json"}

CLIENTS = (
    Client(
        name="openapi-python-client",
        caller="openapi_python_client.py",
        generate=(
            *(str(TOOLS / "bin" / "openapi-python-client"), "generate", "--path", "openapi.json"),
            *("--meta", "none", "--output-path", "dabiao_client"),
        ),
        compile=_TYPES,
        calls=((_PYTHON, "caller.py"), (_PYTHON, "page.py")),
    ),
    Client(
        name="openapi-generator, Python",
        caller="openapi_generator.py",
        generate=(*_GENERATOR, "-g", "python", "-o", ".", "--package-name", "dabiao_generated"),
        compile=(_PYTHON, "-m", "compileall", "-q", "dabiao_generated"),
        calls=((_PYTHON, "caller.py"),),
    ),
    Client(
        name="openapi-generator, TypeScript",
        caller="openapi_generator.ts",
        generate=(
            *(*_GENERATOR, "-g", "typescript-fetch", "-o", "openapi_generator"),
            "--additional-properties=importFileExtension=.js",
        ),
        compile=_TSC,
        calls=(_NODE,),
        files=_TS_FILES,
    ),
    Client(
        name="openapi-typescript",
        caller="openapi_typescript.ts",
        generate=(
            *(str(MODULES / ".bin" / "openapi-typescript"), "openapi.json"),
            *("-o", "openapi_typescript/schema.d.ts"),
        ),
        compile=_TSC,
        calls=(_NODE,),
        files=_TS_FILES,
    ),
    Client(
        name="@hey-api/openapi-ts",
        caller="hey_api.ts",
        generate=(str(MODULES / ".bin" / "openapi-ts"), "-f", "openapi-ts.config.mjs"),
        compile=_TSC,
        calls=(_NODE,),
        files={**_TS_FILES, "hey_api.config.mjs": "openapi-ts.config.mjs"},
    ),
    Client(
        name="redocly",
        calls=(
            (str(MODULES / ".bin" / "redocly"), "lint", "openapi.json", "--config", "redocly.yaml"),
        ),
        files={"redocly.yaml": "redocly.yaml"},
    ),
    Client(
        name="spectral",
        calls=(
            (
                str(MODULES / ".bin" / "spectral"),
                "lint",
                "openapi.json",
                "--ruleset",
                "spectral.yaml",
            ),
        ),
        files={"spectral.yaml": "spectral.yaml"},
    ),
    *(
        Client(name=name, caller=caller, calls=((_PYTHON, "caller.py"),))
        for name, caller in (
            ("pysdmx, by SDMX-REST 2", "pysdmx.py"),
            ("sdmx1, by SDMX-REST 1 and 2", "sdmx1.py"),
            ("pyjstat", "pyjstat.py"),
            ("jsonstat.py", "jsonstat_py.py"),
            ("polars", "polars.py"),
            ("DuckDB", "duckdb.py"),
        )
    ),
    Client(
        name="rsdmx, in R",
        caller="rsdmx.R",
        calls=(("Rscript", "caller.R"),),
        needs="Rscript",
    ),
    Client(
        name="Datasette on the views of SQL",
        caller="datasette.py",
        calls=((_PYTHON, "caller.py"),),
    ),
    Client(
        name="a page on another origin, in Chromium",
        caller="another_origin.py",
        calls=((_PYTHON, "caller.py"),),
        files={"callers/another_origin.html": "another_origin.html"},
        needs="chromium",
    ),
    *(
        Client(
            name=f"the page in Chromium: {name}",
            caller=caller,
            calls=((_PYTHON, "caller.py"),),
            files={"callers/tabs.py": "tabs.py"},
            needs="chromium",
        )
        for name, caller in (
            ("every view", "page.py"),
            ("its charts", "page_charts.py"),
            ("a clerk's quarter", "page_clerk.py"),
            ("axe-core", "page_axe.py"),
            ("speed", "page_speed.py"),
            ("briefing and assessment", "bulletin.py"),
        )
    ),
)
