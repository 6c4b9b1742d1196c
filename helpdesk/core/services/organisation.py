import zoneinfo
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Invalid
from helpdesk.core.models import Organisation, User
from helpdesk.core.selectors.organisation import current_organisation, forget_organisation
from helpdesk.core.services.audit import record

FIELDS = ("name", "support_email", "support_phone", "default_language", "time_zone")


@transaction.atomic
def update_organisation(
    *,
    name: str,
    support_email: str,
    support_phone: str,
    default_language: str,
    time_zone: str,
    by: User,
    now: datetime,
) -> Organisation:
    """Saves the five fields and audits those that changed; Invalid names each wrong one."""
    row = current_organisation()
    before = {field: getattr(row, field) for field in FIELDS}
    values = (name, support_email, support_phone, default_language, time_zone)
    after = {field: value.strip() for field, value in zip(FIELDS, values, strict=True)}
    for field, value in after.items():
        setattr(row, field, value)
    _check(row)
    changed = [field for field in FIELDS if before[field] != after[field]]
    if changed:
        row.save()
        transaction.on_commit(forget_organisation)
        record(
            actor=by,
            verb="changed settings",
            target=row,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
            now=now,
        )
    return row


def _check(row: Organisation) -> None:
    fields: dict[str, str] = {}
    try:
        row.clean_fields()
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
    if row.time_zone not in zoneinfo.available_timezones():
        fields["time_zone"] = _("Choose a time zone, like Europe/Berlin.")
    if fields:
        raise Invalid(fields=fields)
