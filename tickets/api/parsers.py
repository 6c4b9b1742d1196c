"""Bodies with limits, and answers instead of server errors when they are broken."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext as _
from rest_framework.parsers import DataAndFiles, MultiPartParser

from helpdesk.core.api import SmallJSONParser, TooLarge, check_length
from tickets.services.files import MAX_TOTAL_BYTES

#: 20,000 characters may be 12 bytes each as JSON escapes.
MAX_JSON_BYTES = 320 * 1024
MAX_FORM_BYTES = MAX_TOTAL_BYTES + 1024 * 1024


class TicketJSONParser(SmallJSONParser):
    """JSON of at most 320 kB."""

    max_bytes = MAX_JSON_BYTES


class TicketFormParser(MultiPartParser):
    """multipart/form-data of at most 51 MB; too many parts are the sender's error, not ours (A25)."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        check_length(parser_context, MAX_FORM_BYTES)
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as problem:
            raise TooLarge(_("Send fewer and smaller parts in one request.")) from problem
