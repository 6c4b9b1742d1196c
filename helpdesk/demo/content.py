"""The made-up firm, its clients and what happened there in the last days. All names are invented."""

from dataclasses import dataclass
from datetime import timedelta

from agents.domain.profile import State
from tickets.domain.macros import WrittenAs
from tickets.domain.priority import Priority
from tickets.domain.status import Status

ORGANISATION = "Brightwell IT"
SUPPORT_EMAIL = "help@brightwell.example"
SUPPORT_PHONE = "+49 30 5550 140"
PASSWORD = "ring with ctrl f12"  # noqa: S105 (the demo's, printed at the start)
ADMINISTRATOR = ("admin@brightwell.example", "Mara Lindholm")
TECHNICIANS = (("jonas@brightwell.example", "Jonas Weber"), ("tomas@brightwell.example", "Tomás Ortega"))
TEAM = "First line"
#: (name, list, colour) of what everybody sees at the side.
VIEWS = (("High and urgent", "priority=high,urgent&sort=due", "high"),)


@dataclass(frozen=True)
class Computer:
    name: str
    os_version: str
    users: tuple[tuple[str, State, str], ...]
    """(Windows user, state, e-mail of the person if known)"""
    seen: timedelta
    kind: str = "workstation"
    os_name: str = "Windows 11"


@dataclass(frozen=True)
class Firm:
    name: str
    domain: str
    phone: str
    notes: str
    people: tuple[tuple[str, str], ...]
    computers: tuple[Computer, ...]


@dataclass(frozen=True)
class Story:
    """A ticket: who, from which device, how long ago, and what was said. `says` holds (who, text)."""

    subject: str
    text: str
    email: str
    device: str
    age: timedelta
    priority: Priority = Priority.MEDIUM
    status: Status = Status.OPEN
    assignee: str = ""
    tags: tuple[str, ...] = ()
    says: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Canned:
    """A canned reply; `whose` is "" for everybody, "team", or the first part of somebody's address."""

    name: str
    text: str
    actions: tuple[dict[str, object], ...] = ()
    whose: str = ""
    written_as: WrittenAs = WrittenAs.EITHER
    uses: int = 0


M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFF, ENABLED, VERIFIED = State.OFF, State.ENABLED, State.VERIFIED

FIRMS = (
    Firm(
        "Maison Duval", "maisonduval.example", "+33 1 55 04 20 00",
        "Closing days: the 17th of each quarter month. Do not restart the server between 8 and 18.",
        (("Claire Fontaine", "claire"), ("Paul Renard", "paul"), ("Nadia Benali", "nadia")),
        (
            Computer("MD-PC-011", "24H2", (("accueil", ENABLED, ""), ("nadia", VERIFIED, "nadia")), 3 * M),
            Computer("MD-PC-014", "24H2", (("claire", VERIFIED, "claire"), ("interim", OFF, "")), 2 * M),
            Computer("MD-PC-015", "24H2", (("paul", OFF, ""),), 5 * M),
            Computer("MD-LT-003", "23H2", (("paul", OFF, ""),), 2 * D),
            Computer("MD-NAS-01", "7.2", (), 4 * M, kind="server", os_name="Storage"),
        ),
    ),
    Firm(
        "Kestrel Logistics", "kestrel.example", "+44 20 5550 199", "Two shifts: 6 to 14 and 14 to 22.",
        (("Tom Ashdown", "tom"), ("Aisha Rahman", "aisha")),
        (
            Computer("KL-DOCK-2", "24H2", (("tom", VERIFIED, "tom"),), 9 * M),
            Computer("KL-OFF-07", "24H2", (("aisha", VERIFIED, "aisha"), ("shift", ENABLED, "")), 12 * M),
        ),
    ),
    Firm(
        "Halden Bau", "haldenbau.example", "+49 89 5550 77", "",
        (("Markus Vogel", "markus"), ("Leonie Brandt", "leonie")),
        (
            Computer("HB-PC-01", "24H2", (("markus", VERIFIED, "markus"),), 26 * M),
            Computer("HB-PC-02", "23H2", (("leonie", OFF, ""),), 1 * D),
            Computer("HB-SRV-01", "2022", (), 1 * M, kind="server", os_name="Windows Server"),
        ),
    ),
)  # fmt: skip

STORIES = (
    Story(
        "Printer driver asks for an administrator",
        "Since the update the printer wants a password that I do not have.",
        "claire@maisonduval.example", "MD-PC-014", 3 * D, Priority.LOW, Status.RESOLVED, "jonas",
        ("printer",),
        (("jonas", "Hello Claire, I have put the driver into the approved list. Please try again."),
         ("customer", "It prints. Thank you!")),
    ),
    Story(
        "New starter on Monday: laptop and mailbox", "Her name is Leonie Brandt, same set-up as mine.",
        "markus@haldenbau.example", "HB-PC-01", 2 * D, Priority.LOW, Status.OPEN, "", ("new-starter",),
    ),
    Story(
        "Shared drive P: is read-only for the whole team", "Nobody can save since about eight o'clock.",
        "tom@kestrel.example", "KL-DOCK-2", 5 * H, Priority.HIGH, Status.PROCESSING, "tomas", ("storage",),
        (("note:tomas", "The snapshot job holds a lock. Restarted it, watching."),),
    ),
    Story(
        "VPN drops every ten minutes from home", "It just happened again, right in a call.",
        "aisha@kestrel.example", "KL-OFF-07", 3 * H, Priority.MEDIUM, Status.WAITING, "jonas", ("vpn",),
        (("jonas", "Hello Aisha, which router do you have at home? A photo of its label is enough."),),
    ),
    Story(
        "Delivery note printer prints blank pages", "Every page comes out white since the toner was changed.",
        "tom@kestrel.example", "KL-DOCK-2", 50 * M, Priority.MEDIUM, Status.OPEN, "", ("printer",),
    ),
    Story(
        "Invoice export crashes Sage since this morning",
        "Hello, since this morning Sage closes itself as soon as I press “Export invoices”. I have tried "
        "three times and restarted the computer once. The quarterly closing is today, so it is quite "
        "urgent.\n\nThank you!\nClaire",
        "claire@maisonduval.example", "MD-PC-014", 35 * M, Priority.URGENT, Status.PROCESSING, "admin",
        ("sage", "accounting"),
        (("note:admin", "Export works on Paul's PC with the same user. Smells like the add-in."),
         ("admin", "Good morning Claire, thank you for the picture. I am looking into the add-in now."),
         ("customer", "Thank you. I leave the window open.")),
    ),
)  # fmt: skip

MACROS = (
    Canned(
        "VPN profile renewed",
        "Hello {{ first_name | there }},\n\nyour VPN profile had run out. A new one is on "
        "{{ device | your computer }} now: sign in once more, then the connection stays.\n\n"
        "Tell us if it asks again.",
        ({"do": "add_tags", "value": ["vpn"]}, {"do": "set_status", "value": "waiting"}),
        uses=14,
    ),
    Canned(
        "Please restart, then look again",
        "Hello {{ first_name | there }},\n\nplease restart {{ device | the computer }} once (Start, Power, "
        "Restart) and look whether “{{ subject }}” is still there. Write back either way.",
        written_as=WrittenAs.REPLY,
        uses=9,
    ),
    Canned(
        "Hand over to the first line",
        "Checked with the customer: {{ name | nobody }} is reachable today. Next step: remote session.",
        ({"do": "set_priority", "value": "high"}, {"do": "assign_team", "value": "team"}),
        whose="team",
        written_as=WrittenAs.NOTE,
        uses=4,
    ),
    Canned(
        "Mine, an incident",
        "",
        ({"do": "set_type", "value": "incident"}, {"do": "assign_me"}),
        whose="admin",
        uses=2,
    ),
)
