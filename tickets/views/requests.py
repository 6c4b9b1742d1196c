"""The request as a guarded view gets it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from helpdesk.core.models import User


class Request(HttpRequest):
    """Signed in, so `user` is one of ours; htmx tells a page from a fragment."""

    user: User
    htmx: HtmxDetails
