"""Sign-in providers. Administrators set them: who rules one may become anybody it vouches for."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.models import IdentityProvider, Role, User
from helpdesk.core.services.accounts.oidc import PURPOSE, forget_published, is_endpoint
from helpdesk.core.services.audit import record
from helpdesk.core.services.secrets import seal

_DOMAIN = re.compile(r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@transaction.atomic
def save_provider(
    *,
    provider: IdentityProvider,
    name: str,
    issuer: str,
    client_id: str,
    secret: str = "",
    domains: Iterable[str] = (),
    links_by_email: bool = False,
    trusts_mail: bool = False,
    new_role: Role | None = None,
    trusts_factor: bool = False,
    by: User,
    now: datetime,
) -> IdentityProvider:
    """Makes a provider (unsaved) or changes one; an empty `secret` keeps the old one. Invalid, and Refused
    for who is no administrator, or a role for new people that is the administrators' (A14).

    Another issuer is somebody else: the links to people end, since its subjects may be other people's.
    """
    check_administrator(by)
    before = _facts(provider) if provider.pk else None
    fields = _checked(name, issuer, client_id, domains)
    if new_role and new_role.is_locked:
        raise Refused(_("Nobody becomes an administrator by signing in. Choose another role."))
    if provider.pk and provider.issuer != fields["issuer"]:
        if not secret and provider.secret_sealed:
            raise Invalid(fields={"secret": _("Another issuer has another secret. Enter it.")})
        provider.identities.all().delete()
    for field, value in fields.items():
        setattr(provider, field, value)
    if trusts_mail and not fields["domains"]:
        words = _("Name the mail domains whose addresses it may be believed, at least one.")
        raise Invalid(fields={"domains": words})
    provider.links_by_email, provider.trusts_mail = links_by_email, trusts_mail
    provider.new_role, provider.trusts_factor = new_role, trusts_factor
    provider.created_at = provider.created_at if provider.pk else now
    if secret.strip():
        provider.secret_sealed = seal(secret.strip(), purpose=PURPOSE)
    provider.save()
    forget_published(provider)
    after = _facts(provider) | ({"secret": "new"} if secret.strip() else {})
    record(actor=by, verb="saved provider", target=provider, before=before, after=after, now=now)
    return provider


def check_administrator(by: User) -> None:
    if not by.is_administrator:
        raise Refused(_("Only administrators decide who may vouch for people."))


def _facts(provider: IdentityProvider) -> dict[str, Any]:
    plain = ("name", "issuer", "client_id", "domains", "links_by_email", "trusts_mail", "trusts_factor")
    role = provider.new_role
    return {name: getattr(provider, name) for name in plain} | {"new_role": role.name if role else ""}


def _checked(name: str, issuer: str, client_id: str, domains: Iterable[str]) -> dict[str, Any]:
    name, issuer, client_id = " ".join(name.split()), issuer.strip(), client_id.strip()
    wanted = sorted({domain.strip().lower().lstrip("@") for domain in domains} - {""})
    wrong = {}
    if not 0 < len(name) <= 60:
        wrong["name"] = _("Give it a name of at most 60 characters, such as Microsoft.")
    if not is_endpoint(issuer) or len(issuer) > 300 or "?" in issuer:
        wrong["issuer"] = _("Write the whole address, such as https://login.example.com/realms/desk.")
    if not 0 < len(client_id) <= 200 or not client_id.isprintable():
        wrong["client_id"] = _("Enter the client id that the provider gave to this desk.")
    if bad := [domain for domain in wanted if not _DOMAIN.fullmatch(domain)]:
        sentence = _("%(domain)s is no mail domain. Write them like example.com, one a line.")
        wrong["domains"] = sentence % {"domain": bad[0][:80]}
    if wrong:
        raise Invalid(fields=wrong)
    return {"name": name, "issuer": issuer, "client_id": client_id, "domains": wanted}


@transaction.atomic
def switch_provider(*, provider: IdentityProvider, is_active: bool, by: User, now: datetime) -> None:
    """Off: nobody comes in by it, and its button is gone. Who is in already stays in."""
    check_administrator(by)
    if IdentityProvider.objects.filter(pk=provider.pk, is_active=not is_active).update(is_active=is_active):
        verb = "switched on provider" if is_active else "switched off provider"
        record(actor=by, verb=verb, target=provider, now=now)


@transaction.atomic
def delete_provider(*, provider: IdentityProvider, by: User, now: datetime, is_deleted: bool = True) -> None:
    """Gone, or with `is_deleted=False` back as it was, with its people."""
    check_administrator(by)
    IdentityProvider.objects.filter(pk=provider.pk).update(deleted_at=now if is_deleted else None)
    verb = "deleted provider" if is_deleted else "restored provider"
    record(actor=by, verb=verb, target=provider, now=now)
