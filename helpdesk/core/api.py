"""What the APIs share: JSON bodies with a limit, which a stranger cannot turn into a server error."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from helpdesk.core.domain.json_text import read_json
from helpdesk.core.errors import DeskbellError
from helpdesk.core.forms import near


class TooLarge(DeskbellError):
    code = "too-large"
    title = gettext_lazy("This is too much at once")
    http_status = 413


def check_length(context: Mapping[str, Any] | None, most: int) -> None:
    """TooLarge when the body of the parser's request has more than `most` bytes."""
    length = (context or {})["request"].META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        raise TooLarge(_("Send at most %(size)s kB.") % {"size": most // 1024})


class Moment(serializers.DateTimeField):
    """A moment that a caller sends, and that can be told in every time zone."""

    default_validators = [near]

    def to_internal_value(self, value: Any) -> Any:  # noqa: ANN401 - as in the base class
        try:
            return super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")


class SmallJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259) of at most `max_bytes`: 64 kB."""

    max_bytes: ClassVar[int] = 64 * 1024

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - any JSON value; the serializers say what must be an object
        check_length(parser_context, self.max_bytes)
        try:
            return read_json(stream.read().decode())
        except ValueError as wrong:
            raise ParseError(_("Send JSON in UTF-8.")) from wrong
