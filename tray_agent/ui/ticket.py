"""New ticket: three questions, a picture of the screen, and what goes along."""

import sqlite3
import time
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tkinter import filedialog, messagebox, ttk

from PIL import Image

from tray_agent.model import FileDraft, TicketDraft
from tray_agent.ports import Actions
from tray_agent.texts import _
from tray_agent.trace import log
from tray_agent.ui.details import DetailsPart
from tray_agent.ui.dialog import Dialog, is_blank
from tray_agent.ui.picture import as_png, fitted
from tray_agent.ui.redact import RedactWindow
from tray_agent.ui.theme import Look

WIDTH, SUBJECT_LENGTH, DESCRIPTION_LENGTH = 560, 200, 20_000
MOST_FILES, MOST_BYTES, FILE_BYTES = 10, 50_000_000, 20_000_000


@dataclass(slots=True)
class Moment:
    """The desktop as it was when the hotkey was pressed."""

    image: Image.Image | None
    taken_at: str
    details: dict[str, str] = field(default_factory=dict)


class TicketWindow(Dialog):
    def __init__(self, look: Look, actions: Actions, moment: Moment, take: Callable[[], Moment]) -> None:
        """`take` looks at the desktop again."""
        name = actions.me.organisation
        super().__init__(look, _("New ticket, %s") % name if name else _("New ticket"), width=WIDTH)
        self._actions, self._moment, self._take = actions, moment, take
        self._subject, self._priority = tk.StringVar(look.root), tk.StringVar(look.root, "medium")
        self._image, self._files = moment.image, list[FileDraft]()
        self._build_questions()
        self._build_picture()
        self._details = DetailsPart(self, moment.details)
        self._details.frame.grid(row=9, sticky="ew", pady=(look.px(14), 0))
        self._said = self.label(style="Bad.TLabel")
        self._said.grid(row=10, sticky="w", pady=(look.px(10), 0))
        self._said.grid_remove()
        self._build_foot()
        self.top.bind("<Control-Return>", lambda _event: (self._press_send(), "break")[1])
        self._show_picture()

    # --- building -------------------------------------------------------------------------------------------
    def _build_questions(self) -> None:
        px, body = self.look.px, self.body
        self.label(_("What is wrong?"), "Title.TLabel").grid(row=0, sticky="w", pady=(0, px(10)))
        self.label(_("In one line")).grid(row=1, sticky="w")
        self.subject = self.field(body, self._subject)
        self.subject.grid(row=2, sticky="ew", pady=(px(4), px(14)))
        self.label(_("What happened, and what did you expect?")).grid(row=3, sticky="w")
        well = ttk.Frame(body, style="Field.TFrame", padding=(px(9), px(5)))
        well.grid(row=4, sticky="ew", pady=(px(4), px(14)))
        c = self.look.colours
        self._text = tk.Text(well, height=3, wrap="word", font=self.look.body, relief="flat", bd=0, highlightthickness=0,
                             bg=c.card, fg=c.ink, insertbackground=c.ink, selectbackground=c.accent, undo=True,
                             selectforeground=c.on_accent, width=10)  # fmt: skip
        self._text.pack(fill="both", expand=True)
        self._text.bind(
            "<FocusIn>", lambda _e: (well.state(["focus"]), self._text.configure(bg=c.field)) and None
        )
        self._text.bind(
            "<FocusOut>", lambda _e: (well.state(["!focus"]), self._text.configure(bg=c.card)) and None
        )
        self._text.bind("<Tab>", lambda e: (e.widget.tk_focusNext().focus(), "break")[1])
        self._text.bind("<Shift-Tab>", lambda e: (e.widget.tk_focusPrev().focus(), "break")[1])
        self._text.bind("<Control-Return>", lambda _e: (self._press_send(), "break")[1])
        self.label(_("How much does it stop you?")).grid(row=5, sticky="w")
        row = ttk.Frame(body)
        row.grid(row=6, sticky="w", pady=(px(4), px(14)))
        for column, (value, words) in enumerate(
            (("low", _("A little")), ("medium", _("Quite a lot")), ("high", _("Fully")))
        ):
            choice = ttk.Radiobutton(
                row, text=words, value=value, variable=self._priority, style="Choice.TRadiobutton"
            )
            choice.grid(row=0, column=column, padx=(0, px(8)))

    def _build_picture(self) -> None:
        px = self.look.px
        self.label(_("Screenshot")).grid(row=7, sticky="w")
        row = ttk.Frame(self.body)
        row.grid(row=8, sticky="ew", pady=(px(4), 0))
        row.columnconfigure(1, weight=1)
        self._preview = tk.Label(row, bd=1, relief="solid", bg=self.look.colours.card, fg=self.look.colours.ink2,
                                 font=self.look.small, width=1, height=1, compound="center")  # fmt: skip
        self._preview.grid(row=0, column=0, sticky="n")
        side = ttk.Frame(row)
        side.grid(row=0, column=1, sticky="new", padx=(px(8), 0))
        side.columnconfigure(0, weight=1)
        self._buttons = {}
        for at, (name, text, icon, deed) in enumerate((
            ("hide", _("Hide parts..."), "redact", self._press_hide), ("again", _("Take again"), "camera", self._press_again),
            ("add", _("Add file..."), "paperclip", self._press_add), ("remove", _("Remove"), "trash", self._press_remove),
        )):  # fmt: skip
            self._buttons[name] = self.button(side, text, deed, style="Mini.TButton", icon=icon)
            self._buttons[name].grid(row=at, sticky="ew", pady=(0, px(5)))
        self._file_list = ttk.Frame(side)
        self._file_list.grid(row=9, sticky="ew")

    def _build_foot(self) -> None:
        px = self.look.px
        self.start.configure(text=_("From %s") % self._actions.me.email)
        self.button(self.foot, _("Cancel"), self.ask_close).grid(row=0, column=1, padx=(px(8), 0))
        send = self.button(self.foot, _("Send"), self._press_send, style="Accent.TButton")
        send.grid(row=0, column=2, padx=(px(8), 0))

    # --- picture and files ----------------------------------------------------------------------------------
    def _show_picture(self) -> None:
        px = self.look.px
        room = px(252), px(150)
        if self._image is None:
            self._photo = self.look.photo(Image.new("RGB", (room[0], px(120)), self.look.colours.card))
            self._preview.configure(text=_("No screenshot goes along"))
        else:
            self._photo = self.look.photo(fitted(self._image, *room))
            self._preview.configure(text="")
        self._preview.configure(image=self._photo, width=self._photo.width(), height=self._photo.height())
        for name in ("hide", "remove"):
            self._buttons[name].state(["disabled" if self._image is None else "!disabled"])

    def _press_hide(self) -> None:
        if self._image is not None:
            RedactWindow(self.look, self._image, self._use)

    def _use(self, image: Image.Image | None) -> None:
        self._image = image
        self._show_picture()

    def _press_again(self) -> None:
        self.hide()
        self.look.root.update()
        self.look.root.after(350, self._take_again)  # the windows below have to paint themselves first

    def _take_again(self) -> None:
        self._moment = self._take()
        self._use(self._moment.image)
        self.show(self._buttons["again"])

    def _press_remove(self) -> None:
        self._use(None)

    def _press_add(self) -> None:
        for name in filedialog.askopenfilenames(parent=self.top, title=_("Add files to the ticket")):
            self.add_file(Path(name))

    def add_file(self, path: Path) -> None:
        """The name goes along without its folders."""
        try:
            size = path.stat().st_size
            total = size + sum(len(file.data) for file in self._files)
            if size > FILE_BYTES or total > MOST_BYTES:
                raise ValueError(_("%s is too large. A file may have 20 MB, all together 50 MB.") % path.name)
            if len(self._files) >= MOST_FILES:
                raise ValueError(_("At most %d files go along.") % MOST_FILES)
            file = FileDraft(path.name, path.read_bytes())
        except ValueError as error:
            self._say(str(error))
        except OSError as error:
            self._say(
                _("%(name)s cannot be read: %(why)s") % {"name": path.name, "why": error.strerror or ""}
            )
        else:
            self._files.append(file)
            self._say("")
        self._list_files()

    def _list_files(self) -> None:
        for child in self._file_list.winfo_children():
            child.destroy()
        self._file_list.columnconfigure(0, weight=1)
        for at, file in enumerate(self._files):
            name = file.name if len(file.name) < 30 else file.name[:20] + "…" + file.name[-8:]
            ttk.Label(self._file_list, text=name, style="Small.TLabel").grid(row=at, column=0, sticky="w")
            self.button(
                self._file_list, _("Remove"), lambda file=file: self._drop(file), style="Link.TButton"
            ).grid(  # type: ignore[misc]
                row=at, column=1, sticky="e"
            )

    def _drop(self, file: FileDraft) -> None:
        self._files = [other for other in self._files if other is not file]
        self._list_files()

    # --- leaving --------------------------------------------------------------------------------------------
    def open(self) -> None:
        self.show(self.subject)

    def _words(self) -> str:
        return self._text.get("1.0", "end-1c")

    def ask_close(self) -> None:
        has_typed = not (is_blank(self._subject.get()) and is_blank(self._words())) or self._files
        if not has_typed or messagebox.askyesno(
            _("New ticket"), _("Throw away what you have written?"), parent=self.top, default=messagebox.NO
        ):
            self.close()

    def close(self) -> None:
        self._image = None
        super().close()

    def _say(self, text: str) -> None:
        self._said.configure(text=text)
        if text:
            self._said.grid()
        else:
            self._said.grid_remove()

    def _press_send(self) -> None:
        subject, description = self._subject.get().strip(), self._words().strip()
        fault = ""
        if not subject:
            fault = _("Say in one line what is wrong.")
        elif len(subject) > SUBJECT_LENGTH:
            fault = _("Keep the first line to 200 characters; the rest fits below.")
        self.subject.state(["invalid" if fault else "!invalid"])
        if fault:
            self.subject.focus_set()
        elif len(description) > DESCRIPTION_LENGTH:
            fault = _("The description may have 20,000 characters. Add a file instead.")
        self._say(fault)
        if fault:
            return
        began = time.monotonic()
        draft = TicketDraft(
            subject=subject,
            description=description,
            priority=self._priority.get(),
            screenshot=as_png(self._image) if self._image is not None else None,
            files=tuple(self._files),
            details=self._details.chosen(),
            taken_at=self._moment.taken_at,
        )
        try:
            self._actions.submit(draft)
        except (OSError, sqlite3.Error) as error:
            log.exception("the ticket cannot be kept")
            self._say(
                _("The ticket cannot be kept on this computer (%s). Nothing is lost; try it again.") % error
            )
            return
        log.info("kept in %.0f ms", 1000 * (time.monotonic() - began))
        self.close()
