"""A bare ASGI application: it sends bytes that it was given, and does nothing else.

What a server of its kind costs at least. ``BENCH_ANSWERS`` names a file of JSON: by path with its
query, the answer to a plain request and to one with If-None-Match.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

_Message = dict[str, Any]


def _read(answer: dict[str, Any]) -> tuple[_Message, _Message]:
    headers = [(name.encode(), value.encode()) for name, value in answer["headers"]]
    start = {"type": "http.response.start", "status": answer["status"], "headers": headers}
    return start, {"type": "http.response.body", "body": base64.b64decode(answer["body"])}


_ANSWERS = {
    (path.encode(), kind == "unchanged"): _read(answer)
    for path, kinds in json.loads(Path(os.environ["BENCH_ANSWERS"]).read_text()).items()
    for kind, answer in kinds.items()
}


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Send the bytes."""
    if scope["type"] != "http":
        return
    query = scope["query_string"]
    path = scope["raw_path"] + (b"?" + query if query else b"")
    is_conditional = any(name == b"if-none-match" for name, _ in scope["headers"])
    start, body = _ANSWERS[path, is_conditional]
    await send(start)
    await send(body)
