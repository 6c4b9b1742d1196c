"""Parts of a page that were drawn before: `{% memo key %}…{% endmemo %}`."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
#: Parts of one place that are kept; then it begins anew. A row of a list has about 2 kB.
MOST = 2_000


@register.tag
def memo(parser: Parser, token: Token) -> "Memo":
    """What stands between may depend on the key alone, and on the language, the time zone and the day.
    A part whose key is None is always drawn: one with a form in it, whose token is another in each answer.
    """
    _name, key = token.split_contents()
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return Memo(parser.compile_filter(key), nodelist)


class Memo(template.Node):
    def __init__(self, key: FilterExpression, nodelist: NodeList) -> None:
        self.key = key
        self.nodelist = nodelist
        self.drawn: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key: Any = self.key.resolve(context)
        if key is None:
            return self.nodelist.render(context)
        whole = (get_language(), timezone.get_current_timezone_name(), timezone.localdate(), key)
        drawn = self.drawn.get(whole)
        if drawn is None:
            drawn = self.nodelist.render(context)
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            self.drawn[whole] = drawn
        return drawn
