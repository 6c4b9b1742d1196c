"""What rules write to customers and technicians. The brakes of automatic mail have the last word."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from helpdesk.core.domain.notices import News
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import organisation_name
from helpdesk.core.services.notices import Story, tell
from tickets.domain.kinds import MessageKind
from tickets.domain.rule_letters import fill
from tickets.domain.rule_run import Effect
from tickets.domain.rules import Do, Trigger
from tickets.models import Message, Ticket
from tickets.models.labels import RATING_CHOICES
from tickets.selectors.access import client_scope
from tickets.selectors.macros import reply_templates
from tickets.selectors.placeholders import customer_language, placeholder_values
from tickets.services.mail_out import AutomaticMail, queue_automatic_bulk
from tickets.services.rules.plan import Plan, Why

#: Of the customer's words in a notice; the ticket has the rest.
MAX_QUOTED = 10_000
Wish = tuple[Ticket, Plan, Effect]


def send_letters(
    replies: Collection[Wish], notices: Iterable[Wish], reasons: Mapping[int, str], *, now: datetime
) -> None:
    """Queue the mails in the caller's transaction; what is held back is noted in the plan it belongs to."""
    wishes: list[tuple[Wish, AutomaticMail]] = []
    texts = _canned(replies)
    for wish in replies:
        mail = _reply(wish, reasons, texts)
        wishes += [(wish, mail)] if mail else []
    readers = _Readers()
    stories: list[Story] = []
    wishes += [(wish, mail) for wish in notices for mail in _notices(wish, readers, stories)]
    tell(stories, now=now)
    fates = queue_automatic_bulk([mail for _wish, mail in wishes], now=now)
    for ((ticket, plan, effect), mail), fate in zip(wishes, fates, strict=True):
        if fate.withheld:
            plan.refused.append((effect, fate.withheld))
        elif mail.template == "message":
            Message.objects.create(
                ticket=ticket,
                kind=MessageKind.REPLY,
                author_name=organisation_name(),
                body=str(mail.facts["body"]),
                created_at=now,
                mail=fate.mail,
            )


def _canned(replies: Iterable[Wish]) -> dict[str, str]:
    """The texts of the canned replies that rules answer with; no query where none does."""
    ids = {str(effect.action.value) for *_, effect in replies if effect.action.do is Do.REPLY_WITH}
    rows = reply_templates().filter(pk__in=ids).values_list("pk", "text") if ids else ()
    return {str(pk): text for pk, text in rows}


def _reply(wish: Wish, reasons: Mapping[int, str], texts: Mapping[str, str]) -> AutomaticMail | None:
    ticket, plan, effect = wish
    why_not = reasons.get(id(plan), "")
    if not ticket.contact_email:
        plan.refused.append((effect, Why.NO_ADDRESS))
        return None
    if plan.facts.get("is_automatic") and not why_not:
        plan.refused.append((effect, Why.AUTOMATIC))
        return None
    text = str(effect.action.value)
    if effect.action.do is Do.REPLY_WITH:
        if text not in texts:
            plan.refused.append((effect, Why.GONE))
            return None
        text = texts[text]
    language = ticket.contact.language if ticket.contact else str(plan.facts.get("language") or "")
    values = placeholder_values(ticket, language=customer_language(ticket, language)) if text else {}
    facts = {"body": fill(text, values)} if text else {}
    return AutomaticMail(
        ticket=ticket,
        template="message" if text else "confirmation",
        to=ticket.contact_email,
        to_name=ticket.contact_name,
        language=language,
        facts=facts,
        in_reply_to=str(plan.facts.get("message_id") or ""),
        why_not=why_not,
    )


def _notices(wish: Wish, readers: "_Readers", stories: list[Story]) -> list[AutomaticMail]:
    """The mails; technicians hear it from the bell, too (`stories`)."""
    ticket, plan, effect = wish
    name = plan.name_of(effect.rule)
    body = fill(str(effect.action.value), placeholder_values(ticket) | _written(plan) | _rated(plan)).strip()
    receivers = _receivers(ticket, effect, readers)
    people = list({person.pk: person for _address, person in receivers if person}.values())
    stories.append(Story(news=News.RULE, to=people, about=f"ticket:{ticket.pk}", who=name, text=body))
    mails = {
        address: AutomaticMail(
            ticket=ticket,
            template="notification",
            to=address,
            to_name=person.full_name if person else "",
            language=person.language if person else "",
            facts={"rule": name, "body": body},
        )
        for address, person in receivers
    }
    if not mails:
        plan.refused.append((effect, Why.NO_ADDRESS))
    return list(mails.values())


class _Readers:
    """Technicians and teams, each read once for all notices of a batch."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], list[User]] = {}

    def of(self, column: str, key: int | None) -> list[User]:
        if key is None:
            return []
        if (column, key) not in self._found:
            self._found[column, key] = list(User.objects.filter(**{column: key}))
        return self._found[column, key]


def _receivers(ticket: Ticket, effect: Effect, readers: _Readers) -> list[tuple[str, User | None]]:
    """Addresses; technicians only as long as they are active and may see the ticket (A11)."""
    people: list[User] = []
    addresses: list[tuple[str, User | None]] = []
    for to in effect.action.to:
        if to == "assignee":
            people += readers.of("pk", ticket.assignee_id)
        elif to == "team":
            people += readers.of("teams", ticket.team_id)
        elif to.startswith("user:"):
            people += readers.of("pk", int(to.removeprefix("user:")))
        else:
            addresses.append((to, None))
    return addresses + [(user.email, user) for user in people if _may_read(user, ticket.client_id)]


def _may_read(user: User, client_id: int | None) -> bool:
    scope = client_scope(user, Permission.TICKETS_VIEW)
    return scope is None or client_id in scope


def _written(plan: Plan) -> dict[str, str]:
    """The customer's words. Only people of the house read them: an answer that repeats what it was sent would
    carry a stranger's words to whom he names."""
    facts = plan.facts
    writer = facts.get("sender_name") or facts.get("sender") or ""
    return {"writer": str(writer), "message": str(facts.get("body") or "")[:MAX_QUOTED]}


def _rated(plan: Plan) -> dict[str, str]:
    """What the customer said, where the event is a rating."""
    if plan.trigger is not Trigger.LOW_RATING:
        return {}
    rating = str(plan.facts.get("rating"))
    return {
        "rating": str(dict(RATING_CHOICES).get(rating, rating)),
        "comment": str(plan.facts.get("comment")),
    }
