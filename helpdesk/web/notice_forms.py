"""What a person wants to hear of: a box for each kind of news and each channel."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.notices import Channel, News, channels_of
from helpdesk.core.models import NoticeChoice

NEWS: dict[News, str | Promise] = {
    News.ASSIGNED: _("A ticket is given to me"),
    News.TEAM: _("A ticket is given to my team"),
    News.NEW: _("A new ticket comes in for my team, or for nobody yet"),
    News.ANSWERED: _("A customer answers on a ticket of mine"),
    News.FOLLOWED: _("Something else happens on a ticket that is mine or that I follow"),
    News.MENTIONED: _("Somebody mentions me"),
    News.TARGET: _("A service target of mine is at risk or missed"),
    News.MAIL_FAILED: _("An answer of mine does not arrive"),
    News.RULE: _("A rule tells me something"),
    News.DESK: _("Something about the desk needs an administrator"),
}
CHANNELS: dict[Channel, str | Promise] = {
    Channel.BELL: _("Bell"),
    Channel.MAIL: _("E-mail"),
    Channel.PUSH: _("Browser"),
}


def _clock() -> forms.TimeField:
    return forms.TimeField(
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time, like 22:00.")},
    )


class NoticeForm(forms.Form):
    quiet_since = _clock()
    quiet_until = _clock()

    def __init__(self, data: QueryDict | None, *, choice: NoticeChoice) -> None:
        super().__init__(data, initial={"quiet_since": choice.quiet_since, "quiet_until": choice.quiet_until})
        self.fields["quiet_since"].label = _("From")
        self.fields["quiet_until"].label = _("Until")
        for news in NEWS:
            where = channels_of(news, choice.channels)
            for channel in CHANNELS:
                box = forms.BooleanField(required=False, initial=channel in where)
                box.widget.attrs["class"] = "box"
                self.fields[f"{news}:{channel}"] = box

    def rows(self) -> Iterator[tuple[str | Promise, list[tuple[str | Promise, BoundField]]]]:
        """A line of the table for each kind of news, with a box for each channel."""
        for news, words in NEWS.items():
            yield words, [(name, self[f"{news}:{channel}"]) for channel, name in CHANNELS.items()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("quiet_since"), data.get("quiet_until")
        if (since is None) != (until is None) and not self.errors:
            missing = "quiet_until" if until is None else "quiet_since"
            self.add_error(missing, _("Enter both times, like 22:00 and 6:30, or none."))
        return data

    def chosen(self) -> dict[str, Any]:
        """For `choose_notices`."""
        data = self.cleaned_data
        channels = {
            news.value: [channel.value for channel in CHANNELS if data[f"{news}:{channel}"]] for news in NEWS
        }
        return {
            "channels": channels,
            "quiet_since": data["quiet_since"],
            "quiet_until": data["quiet_until"],
        }
