"""An uploaded body on its way in: kept on disk beyond a size, bounded in all."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import IO, BinaryIO, TypeVar, cast

from fastapi import Request

from app.errors.bodies import BodyTooLarge

# Up to this size a body stays in memory.
SPOOL_BYTES = 1024 * 1024
# Files that are read at once; the others wait.
DECODERS = 2

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A body that was received in full: where it can be read, its size and digest."""

    file: BinaryIO
    size: int
    digest: str


async def _spool(request: Request) -> Upload:
    """Receive the body of a request; BodyTooLarge beyond the deployment's limit for files."""
    limit: int = request.app.state.settings.max_file_bytes
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed with it
    try:
        size, digest = await _receive(request, file, limit)
    except BaseException:
        file.close()
        raise
    return Upload(file=cast("BinaryIO", file), size=size, digest=digest)


async def receive_upload(request: Request) -> AsyncIterator[Upload]:
    """The body of a request, received once, and let go when the request is answered."""
    # A retry is known by its digest.
    request.state.upload = upload = await _spool(request)
    try:
        yield upload
    finally:
        upload.file.close()


def find_upload(request: Request) -> Upload | None:
    """The upload that was received for a request; None where its body is no upload."""
    found: Upload | None = getattr(request.state, "upload", None)
    return found


async def decode(request: Request, read: Callable[[], C]) -> C:
    """What reading an upload gives, in the few threads that are kept for this work.

    It takes none from those who read, and has no database at hand.
    """
    return await asyncio.get_running_loop().run_in_executor(request.app.state.decoders, read)


async def _receive(request: Request, file: IO[bytes], limit: int) -> tuple[int, str]:
    """The body, written to the file: its size and digest."""
    digest, size = hashlib.sha256(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        digest.update(chunk)
        file.write(chunk)
    file.seek(0)
    return size, digest.hexdigest()
