"""Parts of a page that were drawn before: `{% memo key … %}…{% endmemo %}`."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
#: Characters of one place that are kept; then it begins anew. A row of a list has about 2,000.
MOST = 4_000_000
#: Names a form's token, which belongs to one answer and one person (A21).
FORM = "csrfmiddlewaretoken"


@register.tag
def memo(parser: Parser, token: Token) -> "Memo":
    """What stands between may depend on the keys alone, and on the language, the time zone and the day. The
    token of a form is another in each answer: it is kept as a gap. A part whose only key is None is always
    drawn.
    """
    _name, *keys = token.split_contents()
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return Memo([parser.compile_filter(key) for key in keys], nodelist)


class Memo(template.Node):
    def __init__(self, keys: list[FilterExpression], nodelist: NodeList) -> None:
        self.keys = keys
        self.nodelist = nodelist
        self.drawn: dict[Hashable, list[str]] = {}
        self.size = 0

    def render(self, context: Context) -> SafeString:
        keys: tuple[Any, ...] = tuple(key.resolve(context) for key in self.keys)
        if keys == (None,):
            return self.nodelist.render(context)
        whole = (get_language(), timezone.get_current_timezone_name(), timezone.localdate(), keys)
        parts = self.drawn.get(whole)
        if parts is None:
            drawn = self.nodelist.render(context)
            parts = _around_tokens(drawn, context)
            if parts is None:
                return drawn
            self.size += len(drawn)
            if self.size > MOST:
                self.drawn.clear()
                self.size = len(drawn)
            self.drawn[whole] = parts
        return SafeString(str(context.get("csrf_token")).join(parts))


def _around_tokens(drawn: str, context: Context) -> list[str] | None:
    """The parts before and after each token of a form; None if there is one of another answer."""
    forms = drawn.count(FORM)
    parts = drawn.split(str(context.get("csrf_token"))) if forms else [drawn]
    return parts if len(parts) == forms + 1 else None
