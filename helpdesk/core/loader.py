"""Templates whose constant parts are drawn once for each language.

Half the nodes of a page say the same to everybody: its text, `{% translate "…" %}`, `{% icon "x" %}`,
`{% static %}` and `{% url %}` without arguments. When a template is loaded, neighbours of this kind become
one node. Most others are addresses of something with a number, whose rest is the same each time.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.template import Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: Numbers that stand in no address.
MARK: Final = 2**62 - 61


class _Fold(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, _Fold):
    """Folds before it keeps: nobody else has the template in hand meanwhile."""


class Fixed(Node):
    """Neighbours that depend on nothing but the language."""

    child_nodelists = ()

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodelist = NodeList(nodes)
        self.token, self.origin = self.nodelist[0].token, self.nodelist[0].origin
        self.drawn: dict[tuple[str | None, bool], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = get_language(), context.autoescape
        drawn = self.drawn.get(key)
        if drawn is None:
            drawn = self.drawn[key] = self.nodelist.render(context)
        return drawn


class Numbered(Node):
    """`{% url "web:ticket" ticket.pk %}`: the address is worked out once, with gaps for its numbers."""

    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node, self.args = node, node.args
        self.token, self.origin = node.token, node.origin
        self.parts: list[str] | None = None

    def render(self, context: Context) -> str:
        args = [arg.resolve(context) for arg in self.args]
        if not all(type(arg) is int and arg >= 0 for arg in args):
            return self.node.render(context)
        if self.parts is None:
            self.parts = self._around()
        if len(self.parts) != len(args) + 1:
            return self.node.render(context)
        pairs = zip(self.parts, (*map(str, args), ""), strict=True)
        return SafeString("".join(text for pair in pairs for text in pair))

    def _around(self) -> list[str]:
        """What stands around the numbers of this address; nothing of one that takes none."""
        marks = [MARK + place for place in range(len(self.args))]
        try:
            address = reverse(self.node.view_name.var, args=marks)
        except NoReverseMatch:
            return []
        return re.split("|".join(map(str, marks)), conditional_escape(address))


def fold(nodelist: NodeList) -> None:
    """In place, for others may hold the list: the blocks of a child stand in its list and in a table."""
    nodelist[:] = _folded(nodelist)
    for node in nodelist:
        for inner in _lists(node):
            fold(inner)


def _lists(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):  # its `nodelist` is only a copy
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _folded(nodelist: NodeList) -> Iterator[Node]:
    run: list[Node] = []
    for node in [*nodelist, None]:
        if node is not None and (isinstance(node, TextNode) or is_constant(node)):
            run.append(node)
            continue
        if len(run) > 1 or (run and not isinstance(run[0], TextNode)):
            yield Fixed(run)
        else:
            yield from run
        run = []
        if node is not None:
            yield Numbered(node) if _is_numbered(node) else node


def is_constant(node: Any) -> bool:  # noqa: ANN401 - a node of any library, whose parts have no types
    """It neither reads the context nor leaves something there."""
    match node:
        case TranslateNode():
            says = node.filter_expression
            is_told = isinstance(says.var, Variable) and says.var.literal is not None
            return is_told and not (says.filters or node.asvar or node.message_context)
        case BlockTranslateNode():
            is_bare = not (node.extra_context or node.plural or node.asvar or node.message_context)
            return is_bare and all(token.token_type == TokenType.TEXT for token in node.singular)
        case StaticNode():
            return node.varname is None and _is_told(node.path)
        case URLNode():
            return not (node.args or node.kwargs or node.asvar) and _is_told(node.view_name)
        case SimpleNode():
            is_pure = getattr(node.func, "is_pure", False) and node.target_var is None
            return is_pure and all(_is_told(each) for each in (*node.args, *node.kwargs.values()))
    return isinstance(node, CommentNode | LoadNode)


def _is_numbered(node: Any) -> bool:  # noqa: ANN401
    is_address = isinstance(node, URLNode) and bool(node.args) and not (node.kwargs or node.asvar)
    return is_address and _is_told(node.view_name)


def _is_told(value: FilterExpression) -> bool:
    return not value.is_var and not value.filters
