"""Failures of bodies and files, sent and asked for."""

from app.domain.checks.finding import Fact
from app.errors.failure import Failure


class BodyMalformed(Failure):
    """The body is not JSON that can be read without guessing."""

    code = "malformed_json"


class BodyTooLarge(Failure):
    """The body is larger than the deployment takes."""

    code = "payload_too_large"


class FileRefused(Failure):
    """A file of figures that cannot be read without guessing, or not safely.

    ``why`` names the reason, ``sheet`` the sheet of a workbook; ``row`` counts from 1.
    """

    code = "file_refused"

    def __init__(self, *, why: str, sheet: str | None = None, **facts: Fact) -> None:
        super().__init__(why=why, sheet=sheet, **facts)

    def say_of(self, sheet: str) -> None:
        """Say it of this sheet of the workbook."""
        self.facts["sheet"] = sheet


class MediaTypeUnsupported(Failure):
    """The body came in a media type that is not read here."""

    code = "unsupported_media_type"


class FormatUnknown(Failure):
    """The answer does not come in the format that was asked for."""

    code = "not_acceptable"


class FormatNotInstalled(Failure):
    """The format needs what this deployment was installed without."""

    code = "format_not_installed"
