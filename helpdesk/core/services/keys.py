"""Giving shortcuts other keys."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from helpdesk.core.domain.keys import rebind
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User


def change_keys(*, user: User, wanted: Mapping[str, str], names: Mapping[str, str]) -> None:
    """From the next page on. Invalid with a sentence for each shortcut that cannot have its key; `names` says
    what the others are called in it.
    """
    keys, clashes = rebind(wanted)
    if clashes:
        raise Invalid(
            fields={
                clash.shortcut: _("“%(key)s” is taken by “%(other)s”. Choose another key.")
                % {"key": clash.key.upper(), "other": names[clash.other]}
                if clash.other
                else _("Enter one letter, digit or sign, like Y.")
                for clash in clashes
            }
        )
    User.objects.filter(pk=user.pk).update(keys=keys)
    user.keys = keys
