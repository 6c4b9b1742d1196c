"""Rows as the tables of clients and devices show them: facts of the selectors with words and icons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agents.domain.profile import State
from agents.models import Device
from agents.selectors import DeviceFilter, DeviceRow, ProfileRow, count_devices, device_rows, filter_devices
from helpdesk.core.models import User
from helpdesk.web.clients.joins import open_tickets_by_device

SHOWN = 500
"""Devices in one list; more are found by searching."""


@dataclass(frozen=True, slots=True)
class Chip:
    css: str
    icon: str
    text: str


def agent_chip(row: DeviceRow) -> Chip:
    """One chip for all profiles of a device: the fact that needs a technician's eye first."""
    cover, device = row.coverage, row.device
    chips = (
        (not device.is_workstation, Chip("chip--plain quiet", "minus", _("not a workstation"))),
        (
            cover.by_state.get(State.WAITING_FOR_APPROVAL),
            Chip("chip--wait", "user", _("Waiting for approval")),
        ),
        (
            cover.verified,
            Chip(
                "chip--done",
                "ok",
                _("%(n)s of %(total)s verified") % {"n": cover.verified, "total": cover.total},
            ),
        ),
        (cover.waiting, Chip("chip--wait", "mail", _("Waiting for token"))),
        (cover.enabled, Chip("chip--open", "st-new", _("Enabled"))),
        (
            device.every_profile or device.client.every_profile,
            Chip("chip--open", "st-new", _("Enabled for later profiles")),
        ),
    )
    return next((chip for applies, chip in chips if applies), Chip("", "st-idle", _("Off")))


def device_table(
    request: HttpRequest, user: User, devices: QuerySet[Device], *, now: datetime
) -> dict[str, Any]:
    """Context of the device table with its quick filters and search. Four queries."""
    text = request.GET.get("q", "").strip()
    wanted = request.GET.get("show", "")
    show = DeviceFilter(wanted) if wanted in list(DeviceFilter) else DeviceFilter.ALL
    found = filter_devices(devices, by=show, text=text, now=now)[: SHOWN + 1]
    rows = device_rows(found, now=now)
    open_tickets = open_tickets_by_device(user, [row.device for row in rows])
    counts = count_devices(devices, now=now)
    labels = {
        DeviceFilter.ALL: _("All"),
        DeviceFilter.ONLINE: _("Online"),
        DeviceFilter.OFF: _("Agent off"),
        DeviceFilter.WAITING: _("Waiting for token"),
    }
    return {
        "rows": [
            {"row": row, "device": row.device, "is_online": row.is_online, "user_names": row.user_names,
             "chip": agent_chip(row), "open_tickets": open_tickets.get(row.device.pk, 0)}
            for row in rows[:SHOWN]
        ],
        "has_more": len(rows) > SHOWN,
        "filters": [{"key": by.value, "label": labels[by], "count": counts[by.value]} for by in DeviceFilter],
        "show": show.value,
        "q": text,
    }  # fmt: skip


def profile_detail(row: ProfileRow, *, now: datetime) -> str:
    """The few words beside the state of a profile: its next step, or since when."""
    if row.profile.state == State.ENABLED:
        return _("has not confirmed an address")
    if row.profile.state == State.WAITING_FOR_TOKEN:
        if row.token is None or row.token.expires_at <= now:
            return _("the token has expired")
        minutes = max(1, int((row.token.expires_at - now).total_seconds() // 60))
        return _("valid %(minutes)s min") % {"minutes": minutes}
    if row.profile.state == State.WAITING_FOR_APPROVAL:
        return _("confirmed the address, needs your approval")
    return ""
