"""An uploaded file on its way in, as the body or in a form: kept on disk beyond a size, bounded."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Annotated, BinaryIO, TypeVar, cast

from fastapi import Depends, Request

from app.domain.checks.finding import shown
from app.errors.bodies import BodyTooLarge, FileRefused

try:
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header
except ImportError:
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

FORM = "multipart/form-data"
# The media types of forms: none where what reads them is not installed.
FORMS = (FORM,) if IS_INSTALLED else ()
# Up to this size a body stays in memory.
SPOOL_BYTES = 1024 * 1024
# Files that are read at once; the others wait.
DECODERS = 2

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was received in full: where it can be read, its size and digest."""

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


UploadDep = Annotated[Upload, Depends(receive_upload)]


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
    """The body, or the file of a form, written to the file: its size and digest."""
    digest, received = hashlib.sha256(), 0

    def take(data: bytes) -> None:
        digest.update(data)
        file.write(data)

    content_type = request.headers.get("content-type", "")
    form = _Form(content_type, take) if is_form(request) else None
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise BodyTooLarge(limit=limit)
        if form is None:
            take(chunk)
        else:
            form.feed(chunk)
    if form is not None:
        form.require_file()
    size = file.tell()
    file.seek(0)
    return size, digest.hexdigest()


def is_form(request: Request) -> bool:
    """Whether the body is a form, with the file in it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


class _Form:
    """A form with one file, taken apart as it comes in. The bytes of the file go to ``take``.

    FileRefused where it is damaged, or holds anything else: that would have been ignored.
    """

    def __init__(self, content_type: str, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._header, self._disposition = bytearray(), ""
        self._has_file = self._is_whole = False
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise FileRefused(why="form_damaged")
        with _reading_form():
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": self._on_header,
                    "on_header_value": self._on_header,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_part,
                    "on_part_data": lambda data, start, end: take(data[start:end]),
                    "on_end": self._on_end,
                },
            )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the form."""
        with _reading_form():
            self._parser.write(chunk)

    def require_file(self) -> None:
        """FileRefused where the form broke off, or has no file."""
        if not self._is_whole:
            raise FileRefused(why="form_damaged")
        if not self._has_file:
            raise FileRefused(why="form_without_file")

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_end(self) -> None:
        name = b"content-disposition"
        if self._header[: len(name)].lower() == name:
            self._disposition = self._header[len(name) :].decode("latin-1")
        self._header.clear()

    def _on_part(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._disposition = ""
        if b"filename" not in options:
            name = options.get(b"name", b"").decode("utf-8", "replace")
            raise FileRefused(why="form_field", name=shown(name))
        if self._has_file:
            raise FileRefused(why="form_files")
        self._has_file = True

    def _on_end(self) -> None:
        self._is_whole = True


@contextmanager
def _reading_form() -> Iterator[None]:
    """What cannot be read in here is a damaged form."""
    try:
        yield
    except FormParserError as error:
        raise FileRefused(why="form_damaged") from error
