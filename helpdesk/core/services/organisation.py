import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.languages import MAIL_LANGUAGES
from helpdesk.core.domain.zones import zone_names
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Organisation, User
from helpdesk.core.selectors.organisation import current_organisation, forget_organisation
from helpdesk.core.services.audit import record

FIELDS = (
    "name",
    "support_email",
    "support_phone",
    "default_language",
    "time_zone",
    "undo_seconds",
    "brand_color",
)
MOST_UNDO_SECONDS = 60


@transaction.atomic
def update_organisation(
    *,
    name: str,
    support_email: str,
    support_phone: str,
    default_language: str,
    time_zone: str,
    undo_seconds: int | None = None,
    brand_color: str = "",
    by: User,
    now: datetime,
) -> Organisation:
    """Saves the fields and audits those that changed; Invalid names each wrong one.

    `undo_seconds` None leaves them; `brand_color` is empty or like #0b6a77, because it goes into the style of
    mails.
    """
    row = current_organisation()
    before = {field: getattr(row, field) for field in FIELDS}
    texts = (name, support_email, support_phone, default_language, time_zone)
    seconds = row.undo_seconds if undo_seconds is None else undo_seconds
    values = (*(text.strip() for text in texts), seconds, brand_color.strip().lower())
    after = dict(zip(FIELDS, values, strict=True))
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
    if row.time_zone not in zone_names():
        fields["time_zone"] = _("Choose a time zone, like Europe/Berlin.")
    if row.default_language not in MAIL_LANGUAGES:
        fields["default_language"] = _("Choose one from the list.")
    if not 0 <= row.undo_seconds <= MOST_UNDO_SECONDS:
        fields["undo_seconds"] = _("Choose 0 to %(most)s seconds.") % {"most": MOST_UNDO_SECONDS}
    if row.brand_color and not re.fullmatch("#[0-9a-f]{6}", row.brand_color):
        fields["brand_color"] = _("Write the colour like #0b6a77.")
    if fields:
        raise Invalid(fields=fields)
