"""What the composer of the ticket page shows: recipients, text, and what macros bring along."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from helpdesk.core.errors import Invalid
from tickets.domain.kinds import MessageKind
from tickets.domain.macros import as_text, last_of_each, of_texts, read_macro_actions, single, status_of
from tickets.domain.rule_json import MAX_ACTIONS, BadRule, action_as_json
from tickets.domain.rule_words import Part, say_action
from tickets.domain.rules import Action, Do, slot_of
from tickets.domain.status import TRANSITIONS, Status
from tickets.models import Macro, MacroRun, Ticket
from tickets.models.labels import STATUS_CHOICES
from tickets.selectors.drafts import DraftShown, draft_of
from tickets.selectors.macros import macro_names
from tickets.selectors.meanwhile import Meanwhile
from tickets.selectors.recipients import Recipient, recipients_of
from tickets.services.undo_reply import WAY_BACK
from tickets.views.requests import Request
from tickets.views.timeline import Line, line
from tickets.views.typed import Typed


@dataclass(frozen=True, slots=True)
class Along:
    """What is sent along with a text: actions, and the macros whose uses count."""

    actions: Sequence[Action] = ()
    macros: Sequence[int] = ()

    @classmethod
    def of_post(cls, post: QueryDict) -> "Along":
        """Raises `Invalid`."""
        try:
            return cls(of_texts(post.getlist("also")), _numbers(post.getlist("macro")))
        except BadRule:
            said = _("One of the changes beside Send cannot be understood. Take it away, then send again.")
            raise Invalid(fields={"also": said}) from None

    @classmethod
    def lenient(cls, post: QueryDict) -> "Along":
        """The same for showing it again: what cannot be understood is left out."""
        try:
            return cls.of_post(post)
        except Invalid:
            return cls()


def _numbers(texts: Iterable[str]) -> list[int]:
    found = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
    return list(dict.fromkeys(found))[:MAX_ACTIONS]


@dataclass(frozen=True, slots=True)
class Chip:
    """One change beside Send. `slot`: what it sets, as nothing is set twice; `then`: the status after it."""

    value: str
    parts: Sequence[Part]
    slot: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Composer:
    """What the composer shows. With a problem the typed text is still in it."""

    kind: str = MessageKind.REPLY.value
    body: str = ""
    errors: list[str] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    macros: Sequence[int] = ()
    #: The status that sending leads to, in words, and what it is without any chip.
    then: str = ""
    usual: str = ""
    #: What else sending can lead to: (value, label), "" for leaving the status.
    ways: Sequence[tuple[str, str]] = ()
    draft: DraftShown = field(default_factory=DraftShown)
    #: How much of the ticket the reader sees or saw, and what is new since.
    seen: str = ""
    news: Meanwhile | None = None
    changes: Sequence[Line] = ()
    #: The status that was chosen while there was news: sending all the same leads there.
    meant: str | None = None
    #: Tickets below are open: the status that finishes this one all the same, and where the answer goes.
    finish: str = ""
    finish_at: str = ""
    left_out: Collection[str] = ()
    cc: str = ""


def may_reply(ticket: Ticket) -> bool:
    return bool(ticket.contact_email) and not ticket.is_closed


def composer_for(
    ticket: Ticket,
    *,
    kind: str = "",
    body: str = "",
    errors: Sequence[str] = (),
    along: Along | None = None,
    draft: DraftShown | None = None,
    seen: str = "",
    news: Meanwhile | None = None,
) -> Composer:
    """A note where a reply has nowhere to go. A draft comes back unless there is a `body` already."""
    draft = draft or DraftShown()
    kind, body = kind or draft.kind, body or draft.body
    if kind not in (MessageKind.REPLY, MessageKind.NOTE):
        kind = MessageKind.REPLY.value if may_reply(ticket) else MessageKind.NOTE.value
    recipients = recipients_of(ticket) if may_reply(ticket) else []
    along = along or Along()
    actions = last_of_each(single(along.actions))
    then = status_of(actions) or Status.WAITING
    return Composer(
        kind,
        body,
        list(errors),
        recipients,
        chips=chips_of(actions),
        macros=along.macros,
        then=status_label(then),
        usual=status_label(Status.WAITING),
        ways=_ways(ticket),
        draft=draft,
        seen=draft.seen or seen,
        news=news,
        changes=[line(change) for change in news.changes] if news else (),
        left_out=draft.people.get("without", ()),
        cc=draft.people.get("cc", ""),
    )


def _ways(ticket: Ticket) -> list[tuple[str, str]]:
    """What a reply can lead to; closing for good is no end of an answer."""
    moves = TRANSITIONS[Status(ticket.status)] - {Status.CLOSED}
    found = [(status.value, status_label(status)) for status in Status if status in moves | {Status.WAITING}]
    return [*found, ("", "")]


def typed_composer(
    request: Request,
    ticket: Ticket,
    *,
    errors: Sequence[str] = (),
    news: Meanwhile | None = None,
    kind: str = "",
    body: str | None = None,
    along: Along | None = None,
    version: int | None = None,
    finish: str = "",
    finish_at: str = "",
) -> Composer:
    """The composer as it was posted but for what is given, with the files that wait. With `finish_at` it asks
    whether to finish the ticket all the same.
    """
    typed = Typed.of(request.POST)
    draft = replace(
        draft_of(request.user, ticket),
        kind="",
        body="",
        people=typed.people,
        seen=typed.seen,
        version=typed.version if version is None else version,
    )
    composer = composer_for(
        ticket,
        kind=kind or typed.kind,
        body=typed.body if body is None else body,
        errors=errors,
        along=along or Along.lenient(request.POST),
        draft=draft,
        news=news,
    )
    meant = request.POST.get("then", typed.finish or None)
    return replace(composer, meant=meant, finish=finish, finish_at=finish_at)


def answer_page(request: Request, ticket: Ticket, composer: Composer, *, status: int = 200) -> HttpResponse:
    """The composer alone, for who reads without script."""
    context = {"ticket": ticket, "composer": composer, "may_reply": may_reply(ticket), "nav": "tickets"}
    return render(request, "tickets/answer.html", context, status=status)


def show_problem(request: Request, ticket: Ticket, composer: Composer, *, status: int) -> HttpResponse:
    """With htmx only the sentence is swapped in: text and chosen files stay in the browser as they are."""
    if not request.htmx:
        return answer_page(request, ticket, composer, status=status)
    context = {"ticket": ticket, "composer": composer}
    response = render(request, "tickets/_composer_error.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer-error", "innerHTML"
    return response


def status_label(status: Status) -> str:
    return str(dict(STATUS_CHOICES)[status.value])


def readable(actions: object) -> tuple[Action, ...]:
    """Stored actions; what was written past the services does nothing."""
    try:
        return read_macro_actions(actions)
    except BadRule:
        return ()


def chips_of(actions: Iterable[Action]) -> list[Chip]:
    plain = [(action, action_as_json(action)) for action in actions]
    names = macro_names([each for _action, each in plain])
    return [
        Chip(
            value=as_text(action),
            parts=say_action(each, names),
            slot=slot_of(action) or "",
            then=status_label(Status(str(action.value))) if action.do is Do.SET_STATUS else "",
        )
        for action, each in plain
    ]


def chips_by_macro(macros: Iterable[Macro]) -> dict[int, list[Chip]]:
    """The chips of many, named in three queries at most."""
    actions = {macro.pk: single(readable(macro.actions)) for macro in macros}
    chips = {chip.value: chip for chip in chips_of([one for each in actions.values() for one in each])}
    return {pk: [chips[as_text(action)] for action in each] for pk, each in actions.items()}


def run_toast(request: Request, run: MacroRun) -> dict[str, Any]:
    """What was changed, and the way back as long as it is open."""
    if not run.changes:
        return {"level": "info", "text": _("Everything was so already.")}
    get_token(request)
    actions = [action_as_json(action) for action in single(readable(run.actions))]
    names = macro_names(actions)
    said = [say_action(action, names) for action in actions]
    text = render_to_string("tickets/macros/_done.html", {"run": run, "said": said}, request)
    return {"level": "success", "text": text, "seconds": int(WAY_BACK.total_seconds()) // 3}
