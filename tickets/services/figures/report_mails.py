"""Reports that go out by mail each week or month, to whom their owner chose, with what the owner may see."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import Client
from helpdesk.core.domain.languages import LANGUAGE_NAMES, mail_language
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.files import store
from helpdesk.core.jobs import each_minute
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import current_organisation, organisation_time_zone
from helpdesk.core.services.audit import record
from helpdesk.core.services.letters import write_letter, write_subject
from helpdesk.core.services.mail import Enclosure, is_address, queue_mail
from tickets.domain.csv_cells import BOM, csv_line
from tickets.domain.reports import ReportKind, Rhythm, days_before, next_day
from tickets.models import ReportPlan
from tickets.selectors.figures import REPORTED
from tickets.selectors.reports import ReportScope, report_of, report_title
from tickets.services.figures.counting import catch_up

MAIL_KIND = "report"
MOST_RECIPIENTS = 20
#: The day of a report that rests until somebody starts it again.
NEVER = date.max


def house_day(now: datetime) -> date:
    return now.astimezone(ZoneInfo(organisation_time_zone())).date()


@transaction.atomic
def plan_report(
    *,
    kind: ReportKind,
    rhythm: Rhythm,
    recipients: Sequence[str],
    language: str,
    client: Client | None,
    by: User,
    now: datetime,
) -> ReportPlan:
    """Send this report from the next Monday or first of a month on. Raises `Invalid` with the fields."""
    addresses = list(dict.fromkeys(address.strip().lower() for address in recipients if address.strip()))
    _check(addresses, language, by)
    plan = ReportPlan.objects.create(
        report=kind.value,
        rhythm=rhythm.value,
        recipients=addresses,
        language=language,
        client=client,
        owner=by,
        next_on=next_day(rhythm, house_day(now)),
        created_at=now,
    )
    record(actor=by, verb="scheduled report", target=plan, after={"recipients": addresses}, now=now)
    return plan


def _check(addresses: Sequence[str], language: str, by: User) -> None:
    wrong: dict[str, str] = {}
    odd = next((address for address in addresses if not is_address(address)), "")
    if not 1 <= len(addresses) <= MOST_RECIPIENTS:
        wrong["recipients"] = _("Write 1 to %(most)s addresses.") % {"most": MOST_RECIPIENTS}
    elif odd:
        wrong["recipients"] = _("Write addresses like anna@example.com, not “%(odd)s”.") % {"odd": odd}
    elif not by.may(Permission.SETTINGS_EDIT):
        ours = set(User.objects.filter(is_active=True, email__in=addresses).values_list("email", flat=True))
        if not ours.issuperset(addresses):
            wrong["recipients"] = _(
                "Write addresses of people of this desk. Others can be chosen by who may change settings."
            )
    if language not in LANGUAGE_NAMES:
        wrong["language"] = _("Choose one from the list.")
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def rest_report(*, plan: ReportPlan, by: User, now: datetime) -> None:
    """Nothing goes out until it is started again."""
    if ReportPlan.objects.filter(pk=plan.pk).exclude(next_on=NEVER).update(next_on=NEVER):
        record(actor=by, verb="stopped report", target=plan, now=now)


@transaction.atomic
def start_report(*, plan: ReportPlan, by: User, now: datetime) -> None:
    """Goes on with the next Monday or first of a month."""
    day = next_day(Rhythm(plan.rhythm), house_day(now))
    if ReportPlan.objects.filter(pk=plan.pk, next_on=NEVER).update(next_on=day):
        record(actor=by, verb="started report", target=plan, now=now)


@transaction.atomic
def delete_report(*, plan: ReportPlan, by: User, now: datetime) -> None:
    record(actor=by, verb="deleted report", target=plan, before={"recipients": plan.recipients}, now=now)
    plan.delete()


@each_minute
def send_due_reports(now: datetime) -> None:
    """Each plan goes out once for its day, however many processes look; one that was missed, once."""
    today = house_day(now)
    due = ReportPlan.objects.filter(next_on__lte=today, owner__is_active=True)
    for plan in due.select_related("owner", "client").order_by("pk"):
        send_report(plan=plan, today=today, now=now)


@transaction.atomic
def send_report(*, plan: ReportPlan, today: date, now: datetime) -> bool:
    """Queue the mails for the week or month that ended. False if somebody else just did."""
    rhythm = Rhythm(plan.rhythm)
    claimed = ReportPlan.objects.filter(pk=plan.pk, next_on=plan.next_on).update(
        next_on=next_day(rhythm, today), sent_at=now
    )
    if not claimed or not plan.owner.permissions.issuperset(REPORTED):  # on the day when it goes out
        return False
    catch_up()
    organisation = current_organisation()
    language = mail_language(plan.language, organisation.default_language)
    first, last = days_before(rhythm, today)
    with translation.override(language):
        kind = ReportKind(plan.report)
        report = report_of(plan.owner, kind, ReportScope(first=first, last=last, client=plan.client))
        rows = report.as_texts()
        facts = {
            "title": report_title(kind),
            "first": date_format(first, "DATE_FORMAT"),
            "last": date_format(last, "DATE_FORMAT"),
            "client": plan.client.name if plan.client else "",
            "owner": plan.owner.full_name,
            "head": rows[0],
            "rows": rows[1:11],
            "more": len(rows[11:]),
        }
    text = BOM + "".join(csv_line(row) for row in rows)
    file = Enclosure(store(BytesIO(text.encode())), f"{kind}-{first}-{last}.csv", "text/csv")
    letter = write_letter("tickets/mails/report", language=language, organisation=organisation, facts=facts)
    subject = write_subject("tickets/mails/report", language=language, facts=facts)
    for address in plan.recipients:
        queue_mail(
            to=address,
            subject=subject,
            text=letter.text,
            html=letter.html,
            language=language,
            kind=MAIL_KIND,
            ref=str(plan.pk),
            files=[file],
            now=now,
        )
    return True
