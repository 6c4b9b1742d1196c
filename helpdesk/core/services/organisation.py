from datetime import datetime
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.contrast import ENOUGH, contrast_with_white, darkened, is_color
from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.upload import INLINE_TYPES, image_type
from helpdesk.core.domain.zones import zone_names
from helpdesk.core.errors import Invalid
from helpdesk.core.files import Readable, store
from helpdesk.core.models import Blob, Organisation, User
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
    if row.default_language not in LANGUAGE_NAMES:
        fields["default_language"] = _("Choose one from the list.")
    if not 0 <= row.undo_seconds <= MOST_UNDO_SECONDS:
        fields["undo_seconds"] = _("Choose 0 to %(most)s seconds.") % {"most": MOST_UNDO_SECONDS}
    if row.brand_color and not is_color(row.brand_color):
        fields["brand_color"] = _("Write the colour like #0b6a77.")
    elif row.brand_color and (found := contrast_with_white(row.brand_color)) < ENOUGH:
        sentence = _(
            "White words on it could not be read (contrast %(found).1f, at least 4.5). Try %(shade)s."
        )
        fields["brand_color"] = sentence % {"found": found, "shade": darkened(row.brand_color)}
    if fields:
        raise Invalid(fields=fields)


MOST_LOGO_BYTES = 256 * 1024


@transaction.atomic
def set_logo(*, upload: Readable | None, by: User, now: datetime) -> Organisation:
    """The picture in mails and pages for customers; None takes it away."""
    row = current_organisation()
    row.logo = _stored_logo(upload) if upload else None
    row.save()
    verb = "changed logo" if upload else "removed logo"
    record(actor=by, verb=verb, target=row, now=now)
    transaction.on_commit(forget_organisation)
    return row


def _stored_logo(upload: Readable) -> Blob:
    content = upload.read(MOST_LOGO_BYTES + 1)
    if len(content) > MOST_LOGO_BYTES:
        raise Invalid(fields={"logo": _("The logo may have at most 256 kB.")})
    if image_type(content) not in INLINE_TYPES:
        raise Invalid(fields={"logo": _("Choose a picture: PNG, JPEG, GIF or WebP.")})
    return store(BytesIO(content))
