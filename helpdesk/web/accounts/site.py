"""Where this browser reaches the desk: passkeys are bound to that name."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from helpdesk.core.errors import Refused
from helpdesk.core.selectors.organisation import organisation_name
from helpdesk.core.services.accounts.passkeys import Site


def site_of(request: HttpRequest) -> Site:
    """The host is one of ALLOWED_HOSTS; Refused where it is a number: browsers want a name."""
    netloc = request.get_host()
    host = urlsplit(f"//{netloc}").hostname or ""
    if is_number(host):
        raise Refused(_("Passkeys need a name, not a number: open the desk at its name, like localhost."))
    return Site(host, [settings.BASE_URL, f"{request.scheme}://{netloc}"], organisation_name())


def is_by_number(request: HttpRequest) -> bool:
    """Whether the desk was opened at an IP address, where no browser offers a passkey."""
    return is_number(urlsplit(f"//{request.get_host()}").hostname or "")


def is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
