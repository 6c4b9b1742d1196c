"""deskbell-agent: the agent itself (`run`), and what it can do without a window, for scripts and tests."""

import argparse
import faulthandler
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tray_agent import __version__, config
from tray_agent.api import Api, ApiError, Offline
from tray_agent.app import App
from tray_agent.check import check
from tray_agent.engine import Engine, credential_of
from tray_agent.headless import HeadlessWindows
from tray_agent.model import FileDraft, Machine, Me, TicketDraft
from tray_agent.outbox import Outbox
from tray_agent.personal import Personal
from tray_agent.ports import Line, Platform, Screen, Windows
from tray_agent.texts import _
from tray_agent.trace import log, say, set_up, trace
from tray_agent.tray import PystrayTray

DONE, FAILED, MISUSED, WAITS, REFUSED = 0, 1, 2, 3, 4
PRIORITIES = ("low", "medium", "high", "urgent")


def this_platform(folder: Path) -> Platform:
    if sys.platform == "win32":
        from tray_agent.windows.desktop import WindowsPlatform

        return WindowsPlatform(folder)
    from tray_agent.linux.desktop import LinuxPlatform

    return LinuxPlatform(folder)


def program_in_front() -> str:
    if sys.platform == "win32":
        from tray_agent.windows.front import program_in_front as found
    else:
        from tray_agent.linux.front import program_in_front as found
    return found()


def details_of(machine: Machine) -> dict[str, str]:
    """What helps a technician and says nothing of the person's work; what is not known is left out."""
    found = {
        _("Computer"): machine.name,
        _("User"): machine.user_name,
        _("System"): f"{machine.os_name} {machine.os_version}".strip(),
        _("Free space"): _free_space(),
        _("Program in front"): program_in_front(),
        _("Agent"): __version__,
    }
    return {name: value for name, value in found.items() if value}


def _free_space() -> str:
    try:
        return f"{shutil.disk_usage(Path.home()).free / 1e9:.0f} GB"
    except (OSError, RuntimeError):  # the home folder lies on a network that is gone
        return ""


def open_line(server: str, credential: str) -> Line:
    from tray_agent.line import WebSocketLine  # the command line does without it

    return WebSocketLine(server, credential)


def this_screen() -> Screen:
    from tray_agent.screen import PillowScreen

    return PillowScreen()


@dataclass
class Agent:
    """The parts that every command needs, made when first asked for."""

    config: config.Config

    @cached_property
    def platform(self) -> Platform:
        return this_platform(self.config.folder)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.config.folder / "outbox.db", seal=self.platform.seal, unseal=self.platform.unseal)

    @cached_property
    def engine(self) -> Engine:
        return Engine(
            desk=lambda credential: Api(self.config.server, credential),
            line=lambda credential: open_line(self.config.server, credential),
            store=self.platform.store,
            machine=self.platform.machine,
            outbox=self.outbox,
            key=self.config.key,
            details=lambda: details_of(self.platform.machine),
        )

    @cached_property
    def personal(self) -> Personal:
        return Personal(self.config.folder, self.platform)

    @cached_property
    def desk(self) -> Api:
        return Api(self.config.server, credential_of(self.platform.store))

    def introduce(self) -> Me:
        """What the desk says of this profile; registers it if the desk does not know it yet."""
        try:
            return Me.from_answer(self.desk.me())
        except ApiError as error:
            if error.code != "credential-unknown" or not self.config.key:
                raise
        key, credential = self.config.key, credential_of(self.platform.store)
        self.desk.register(key=key, credential=credential, machine=self.platform.machine)
        self.config.keep()
        return Me.from_answer(self.desk.me())


# --- commands ---
def _windows(engine: Engine, personal: Personal) -> Windows:
    """Real windows, or none where there is no display."""
    try:
        if sys.platform != "win32":
            from Xlib.display import Display

            Display().close()
        from tray_agent.ui.root import TkWindows

        return TkWindows(engine, this_screen(), personal)
    except Exception as error:  # noqa: BLE001 (no tkinter, no access to the display: the outbox works all the same)
        trace(f"no windows: {type(error).__name__}: {error}")
        return HeadlessWindows()


def run(agent: Agent, _words: argparse.Namespace, wish: str = "") -> int:
    log_file = (agent.config.folder / "crash.log").open("a", encoding="utf-8")
    faulthandler.enable(log_file)
    threading.excepthook = lambda hook: log.error(
        "a thread ended", exc_info=(hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback)
    )
    agent.platform.prepare()
    engine = agent.engine
    app = App(
        engine=engine,
        platform=agent.platform,
        windows=_windows(engine, agent.personal),
        tray=PystrayTray,
        config=agent.config,
        personal=agent.personal,
        wish=wish,
    )
    app.run()
    return DONE


def settings(agent: Agent, words: argparse.Namespace) -> int:
    """Asks the running agent; without one, becomes it."""
    if agent.platform.instance.tell("settings"):
        return DONE
    return run(agent, words, "settings")


def ticket(agent: Agent, words: argparse.Namespace) -> int:
    try:
        files = tuple(FileDraft(Path(name).name, Path(name).read_bytes()) for name in words.file)
    except OSError as error:
        say(_("Cannot read %s: %s") % (error.filename, error.strerror))
        return MISUSED
    if not words.subject.strip():
        say(_("--subject: Say in a few words what it is about."))
        return MISUSED
    picture = None
    if words.screenshot:
        picture = this_screen().grab()
        if picture is None:
            say(_("No picture of the screen can be taken here; the ticket goes without it."))
    details = agent.engine.details()
    draft = TicketDraft(words.subject, words.description, words.priority, picture, files, details)
    id_ = agent.engine.submit(draft)
    try:
        agent.introduce()
        agent.engine.send_once()
    except (ApiError, Offline) as error:
        log.info("not now: %s", error)
    agent.platform.instance.tell("send")
    return _fate(agent, id_)


def _fate(agent: Agent, id_: str) -> int:
    refusal = agent.outbox.refusal_of(id_)
    if refusal:
        say(_("The desk did not take the ticket: %s") % refusal)
        return REFUSED
    if refusal is None:
        number = agent.engine.sent.get(id_)
        say(_("Ticket #%s was opened.") % number if number else _("The running agent has sent the ticket."))
        return DONE
    say(_("The ticket is kept and waits; the agent sends it as soon as it can."))
    return WAITS


def status(agent: Agent, _words: argparse.Namespace) -> int:
    waiting, refused = agent.outbox.counts()
    try:
        me = agent.introduce()
        say(f"state: {me.state}")
        if me.email:
            say(f"contact: {me.full_name} <{me.email}>")
    except (ApiError, Offline) as error:
        say(f"state: unknown ({_sentence(error)})")
    say(f"waiting: {waiting}")
    say(f"refused: {refused}")
    for subject, reason in agent.outbox.refusals():
        say(f"  {subject}: {reason}")
    return DONE


def verify(agent: Agent, words: argparse.Namespace) -> int:
    if not words.token and not (words.name and words.email):
        say(_("Give --name and --email to have a token sent, or --token to confirm it."))
        return MISUSED
    try:
        agent.introduce()
        if words.token:
            me = Me.from_answer(agent.desk.confirm(token=words.token))
        else:
            me = Me.from_answer(agent.desk.send_token(full_name=words.name, email=words.email))
    except Offline as error:
        say(_sentence(error))
        return WAITS
    except ApiError as error:
        say(_sentence(error))
        return REFUSED
    say(f"state: {me.state}")
    return DONE


def check_all(agent: Agent, _words: argparse.Namespace) -> int:
    return DONE if check(agent.platform, agent.desk, this_screen, agent.personal.hotkey, say) else FAILED


def _sentence(error: Exception) -> str:
    return error.sentence if isinstance(error, ApiError) else _("The desk cannot be reached.")


# --- words ---
def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--server", help=_("address of the desk, like https://desk.example.com"))
    common.add_argument("--key", help=_("enrolment key (better in DESKBELL_KEY: others see a command line)"))
    common.add_argument("--data-dir", "--data", dest="data", help=_("folder for the agent's files"))
    parser = argparse.ArgumentParser(
        "deskbell-agent", description=_("Deskbell's tray agent"), parents=[common]
    )
    parser.add_argument("--version", action="version", version=f"deskbell-agent {__version__}")
    parser.add_argument("--check", action="store_true", help=_("say what works on this computer"))
    commands = parser.add_subparsers(dest="command", metavar="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    command("run", _("start the agent (the default)"))
    command("settings", _("open Personal settings"))
    command("status", _("say what the desk knows of this profile and what waits"))
    command("check", _("say what works on this computer"))
    new = command("ticket", _("open a ticket"))
    new.add_argument("--subject", required=True)
    new.add_argument("--description", default="")
    new.add_argument("--priority", choices=PRIORITIES, default="medium")
    new.add_argument("--screenshot", action="store_true", help=_("with a picture of all monitors"))
    new.add_argument("--file", action="append", default=[], metavar="PATH")
    who = command("verify", _("confirm who you are"))
    for option in ("--name", "--email", "--token"):
        who.add_argument(option, default="")
    return parser


COMMANDS: dict[str, Callable[[Agent, argparse.Namespace], int]] = {
    "run": run,
    "settings": settings,
    "ticket": ticket,
    "status": status,
    "verify": verify,
    "check": check_all,
}


def main(argv: Sequence[str] | None = None) -> int:
    words = _parser().parse_args(argv)
    name = "check" if words.check else words.command or "run"
    try:
        found = config.load(
            server=getattr(words, "server", ""),
            key=getattr(words, "key", ""),
            folder=getattr(words, "data", ""),
        )
    except config.BadConfig as error:
        say(str(error))
        return MISUSED
    set_up(found.folder)
    agent = Agent(found)
    try:
        credential_of(agent.platform.store)
    except OSError as error:
        log.error("the credential cannot be read now: %s", error)
        say(_("The protected store cannot be read just now. Start the agent again in a moment."))
        return FAILED
    return COMMANDS[name](agent, words)
