"""The errors that services raise. Every text is made for people and says what is right.

DeskbellError
 ├─ Refused   403  you may not do this
 ├─ NotFound  404  there is no such thing, or none that you may see
 ├─ Conflict  409  somebody or something was first
 ├─ Invalid   422  fields with what is wrong in each
 └─ TooMany   429  wait `retry_after_seconds`
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise  # a sentence, perhaps to be translated later


class DeskbellError(Exception):
    """`code` is kebab-case and part of the API; `extra` joins the problem document as it is."""

    code: str = "error"
    title: Text = _("That did not work")
    http_status: int = 400

    def __init__(
        self,
        detail: Text = "",
        *,
        code: str | None = None,
        title: Text | None = None,
        fields: Mapping[str, Text] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = code or self.code
        self.title = title or self.title
        self.detail = detail or self.title
        self.fields: dict[str, str] | None = (
            {name: str(text) for name, text in fields.items()} if fields else None
        )
        self.extra: dict[str, Any] = dict(extra or {})
        super().__init__(self.detail)

    def __str__(self) -> str:
        return str(self.detail)


class Refused(DeskbellError):
    code = "refused"
    title = _("You may not do this")
    http_status = 403


class NotFound(DeskbellError):
    code = "not-found"
    title = _("There is nothing here")
    http_status = 404


class Conflict(DeskbellError):
    code = "conflict"
    title = _("Somebody was faster")
    http_status = 409


class Invalid(DeskbellError):
    """`fields` maps a field's name to the sentence for it."""

    code = "invalid"
    title = _("Please check what you typed")
    http_status = 422


class TooMany(DeskbellError):
    code = "too-many"
    title = _("Too many tries")
    http_status = 429

    def __init__(self, detail: Text = "", *, retry_after_seconds: int, code: str | None = None) -> None:
        self.retry_after_seconds = retry_after_seconds
        text = detail or _("Please wait %(seconds)s seconds and try again.") % {
            "seconds": retry_after_seconds
        }
        super().__init__(text, code=code, extra={"retry_after_seconds": retry_after_seconds})
