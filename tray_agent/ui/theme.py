"""The look of design section 11 for ttk: flat plates with one-pixel lines, drawn by Pillow for the screen's scale."""

import os
import tkinter as tk
from dataclasses import dataclass
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

from PIL import Image, ImageDraw, ImageTk

from tray_agent.ui.icon import draw_icon, icon_image

FINE = 4


@dataclass(frozen=True, slots=True)
class Palette:
    bg: str
    card: str
    field: str
    foot: str
    line: str
    field_base: str
    button_base: str
    ink: str
    ink2: str
    ink_off: str
    accent: str
    accent2: str
    on_accent: str
    chosen: str
    hover: str
    red: str
    ok: str


LIGHT = Palette(
    bg="#f3f3f3", card="#fbfbfb", field="#fdfdfd", foot="#f6f6f6", line="#dcdcdc", field_base="#868686",
    button_base="#bbbbbb", ink="#1b1b1b", ink2="#5a5a5a", ink_off="#8b8b8b", accent="#0b6a77", accent2="#08545f",
    on_accent="#ffffff", chosen="#d5e4e6", hover="#f4f4f4", red="#b42318", ok="#14753a",
)  # fmt: skip
DARK = Palette(
    bg="#202020", card="#2b2b2b", field="#1f1f1f", foot="#242424", line="#3f3f3f", field_base="#868686",
    button_base="#333333", ink="#ffffff", ink2="#b8b8b8", ink_off="#8b8b8b", accent="#49bfcc", accent2="#6ed0db",
    on_accent="#04262b", chosen="#304345", hover="#323232", red="#ff8a7d", ok="#6fe09a",
)  # fmt: skip
SANS = ("Segoe UI Variable Text", "Segoe UI", "Open Sans", "Inter", "Noto Sans", "DejaVu Sans", "Tahoma")
MONO = ("Cascadia Mono", "Consolas", "JetBrains Mono", "DejaVu Sans Mono", "Courier New")


class Look:
    """Palette, fonts, pictures and ttk styles of one root window."""

    def __init__(self, root: tk.Tk, *, is_dark: bool) -> None:
        self.root, self.is_dark, self.colours = root, is_dark, DARK if is_dark else LIGHT
        wanted = float(os.environ.get("DESKBELL_SCALE") or root.winfo_fpixels("1i") / 96)
        self.scale = max(1.0, round(wanted * 4) / 4)
        self._kept: list[Any] = []  # Tk forgets pictures that Python forgets
        families = set(tkfont.families(root))
        self._sans = next((name for name in SANS if name in families), "TkDefaultFont")
        mono = next((name for name in MONO if name in families), "TkFixedFont")
        self.body, self.small, self.message = self._font(14), self._font(12), self._font(13)
        self.bold = self._font(14, weight="bold")
        self.title = self._title_font(families)
        self.code = tkfont.Font(root, family=mono, size=-self.px(18), weight="bold")
        self.link = self._font(14)
        self._style = ttk.Style(root)
        self._make_styles()

    def px(self, pixels: float) -> int:
        """Pixels of the design (96 dpi) in pixels of this screen."""
        return round(pixels * self.scale)

    def _font(self, size: int, *, weight: str = "normal") -> tkfont.Font:
        return tkfont.Font(self.root, family=self._sans, size=-self.px(size), weight=weight)  # type: ignore[arg-type]

    def _title_font(self, families: set[str]) -> tkfont.Font:
        semi = next(
            (
                name
                for name in ("Segoe UI Semibold", "Open Sans SemiBold", "Inter SemiBold")
                if name in families
            ),
            "",
        )
        if semi:
            return tkfont.Font(self.root, family=semi, size=-self.px(20))
        return self._font(20, weight="bold")

    def picture(self, image: Image.Image) -> ImageTk.PhotoImage:
        photo = ImageTk.PhotoImage(image, master=self.root)
        self._kept.append(photo)
        return photo

    def icon(self, name: str, colour: str = "", size: int = 16) -> ImageTk.PhotoImage:
        return self.picture(draw_icon(name, self.px(size), colour or self.colours.ink))

    def window_icon(self) -> ImageTk.PhotoImage:
        return self.picture(icon_image(32))

    # --- plates -------------------------------------------------------------------------------------------
    def _plate(
        self, fill: str, line: str, *, base: str = "", base_width: int = 1, radius: int = 4
    ) -> ImageTk.PhotoImage:
        """A rounded plate of 24 x 24 with its own bottom line; ttk stretches its middle."""
        size, unit = self.px(24) * FINE, self.scale * FINE
        image = Image.new("RGBA", (size, size), line + "00")
        pen = ImageDraw.Draw(image)
        pen.rounded_rectangle((0, 0, size - 1, size - 1), radius * unit, fill=line)
        if base and base != line:
            lower = Image.new("RGBA", (size, size), base + "00")
            ImageDraw.Draw(lower).rounded_rectangle((0, 0, size - 1, size - 1), radius * unit, fill=base)
            cut = size - round(base_width * unit)
            image.paste(lower.crop((0, cut, size, size)), (0, cut))
        low = size - 1 - round(base_width * unit if base else unit)
        pen.rounded_rectangle((unit, unit, size - 1 - unit, low), (radius - 1) * unit, fill=fill)
        return self.picture(image.resize((size // FINE, size // FINE), Image.Resampling.LANCZOS))

    def _tick(self, *, is_on: bool, is_focused: bool) -> ImageTk.PhotoImage:
        c, size = self.colours, self.px(18) * FINE
        unit = self.scale * FINE
        image = Image.new("RGBA", (self.px(28) * FINE, size), c.bg + "00")
        pen = ImageDraw.Draw(image)
        line = c.accent2 if is_on or is_focused else "#868686"
        pen.rounded_rectangle((0, 0, size - 1, size - 1), 4 * unit, fill=line)
        inner = unit * (2 if is_focused else 1)
        fill = c.accent if is_on else c.card
        pen.rounded_rectangle((inner, inner, size - 1 - inner, size - 1 - inner), 3 * unit, fill=fill)
        small = image.resize((self.px(28), self.px(18)), Image.Resampling.LANCZOS)
        if is_on:
            tick = draw_icon("check", self.px(14), c.on_accent)
            small.alpha_composite(tick, (self.px(2), self.px(2)))
        return self.picture(small)

    def _element(self, name: str, image: Any, *states: Any, sticky: str = "nsew") -> None:
        edge = self.px(6)
        self._style.element_create(name, "image", image, *states, border=edge, sticky=sticky)

    # --- styles -------------------------------------------------------------------------------------------
    def _make_styles(self) -> None:
        c, style = self.colours, self._style
        if "deskbell" not in style.theme_names():
            style.theme_create("deskbell", parent="default")
        style.theme_use("deskbell")
        style.configure(
            ".", background=c.bg, foreground=c.ink, font=self.body, borderwidth=0, focuscolor=c.accent
        )
        style.map(".", foreground=[("disabled", c.ink_off)])
        self._make_buttons()
        self._make_fields()
        for name, options in {
            "TFrame": {"background": c.bg}, "Foot.TFrame": {"background": c.foot}, "Line.TFrame": {"background": c.line},
            "Title.TLabel": {"font": self.title}, "Sub.TLabel": {"foreground": c.ink2},
            "Small.TLabel": {"foreground": c.ink2, "font": self.small},
            "Foot.TLabel": {"foreground": c.ink2, "font": self.small, "background": c.foot},
            "Bad.TLabel": {"foreground": c.red, "font": self.message}, "Ok.TLabel": {"foreground": c.ok, "font": self.message},
            "Card.TFrame": {"background": c.card}, "Card.TLabel": {"background": c.card},
            "CardSmall.TLabel": {"background": c.card, "foreground": c.ink2, "font": self.small},
            "CardBold.TLabel": {"background": c.card, "font": self.bold},
        }.items():  # fmt: skip
            style.configure(name, **options)
        style.configure(
            "Treeview", background=c.card, fieldbackground=c.card, foreground=c.ink, rowheight=self.px(30)
        )
        style.configure("Treeview.Heading", background=c.foot, foreground=c.ink2, font=self.small, relief="flat",
                        padding=(self.px(6), self.px(5)))  # fmt: skip
        style.map("Treeview", background=[("selected", c.chosen)], foreground=[("selected", c.ink)])
        style.layout("Treeview", [("Treeview.treearea", {"sticky": "nswe"})])

    def _make_buttons(self) -> None:
        c, style = self.colours, self._style
        plain = self._plate(c.card, c.line, base=c.button_base)
        over = self._plate(c.hover, c.line, base=c.button_base)
        focused = self._plate(c.card, c.accent, base=c.accent, base_width=2)
        off = self._plate(c.bg, c.line)
        chosen, chosen_focused = (
            self._plate(c.chosen, c.accent),
            self._plate(c.chosen, c.accent2, base=c.accent2, base_width=2),
        )
        accent, deep = self._plate(c.accent, c.accent2), self._plate(c.accent2, c.accent2)
        ringed = self._plate(c.accent, c.ink, base=c.ink, base_width=2)
        self._element(
            "Plain.plate", plain, ("disabled", off), ("pressed", off), ("focus", focused), ("active", over)
        )
        self._element(
            "Accent.plate", accent, ("disabled", off), ("pressed", deep), ("focus", ringed), ("active", deep)
        )
        self._element("Choice.plate", plain, ("disabled", off), ("selected", "focus", chosen_focused), ("selected", chosen),
                      ("focus", focused), ("active", over))  # fmt: skip
        for name, plate, label in (
            ("TButton", "Plain", "Button"), ("Accent.TButton", "Accent", "Button"),
            ("Mini.TButton", "Plain", "Button"), ("Choice.TRadiobutton", "Choice", "Radiobutton"),
        ):  # fmt: skip
            stick = "w" if name == "Mini.TButton" else ""
            inside = [(f"{label}.label", {"sticky": stick})]
            style.layout(name, [(f"{plate}.plate", {"sticky": "nswe", "children": [
                (f"{label}.padding", {"sticky": "nswe", "children": inside})]})])  # fmt: skip
            style.configure(
                name, padding=(self.px(8), self.px(5)), anchor="w" if stick else "center", background=c.bg
            )
        style.configure("TButton", width=-9)
        style.configure("Mini.TButton", width=0, padding=(self.px(4), self.px(4)))
        style.configure("Choice.TRadiobutton", width=-9)
        style.configure("Accent.TButton", foreground=c.on_accent, width=-9)
        style.map("Accent.TButton", foreground=[("disabled", c.ink_off)])
        style.layout("Link.TButton", [("Button.label", {"sticky": "w"})])
        style.configure("Link.TButton", foreground=c.accent, width=0, padding=0, background=c.bg)
        style.map("Link.TButton", font=[("focus", self._underlined())], background=[])

    def _underlined(self) -> tkfont.Font:
        self.link.configure(underline=True)
        return self.link

    def _make_fields(self) -> None:
        c, style = self.colours, self._style
        base = {"base": c.field_base}
        bad = self._plate(c.field, c.red, base=c.red)
        self._element("Field.plate", self._plate(c.card, c.line, **base), ("disabled", self._plate(c.bg, c.line)),
                      ("readonly", self._plate(c.bg, c.line)), ("invalid", bad),
                      ("focus", self._plate(c.field, c.line, base=c.accent, base_width=2)))  # fmt: skip
        for name in ("TEntry", "Code.TEntry"):
            style.layout(name, [("Field.plate", {"sticky": "nswe", "children": [
                ("Entry.padding", {"sticky": "nswe", "children": [("Entry.textarea", {"sticky": "nswe"})]})]})])  # fmt: skip
            style.configure(name, padding=(self.px(5), self.px(3)), foreground=c.ink, insertcolor=c.ink,
                            selectbackground=c.accent, selectforeground=c.on_accent)  # fmt: skip
            style.map(name, foreground=[("disabled", c.ink2), ("readonly", c.ink2)],
                      fieldbackground=[("disabled", c.bg), ("readonly", c.bg), ("focus", c.field), ("", c.card)])  # fmt: skip
        style.layout("Field.TFrame", [("Field.plate", {"sticky": "nswe"})])
        off, on = self._tick(is_on=False, is_focused=False), self._tick(is_on=True, is_focused=False)
        off_focus, on_focus = (
            self._tick(is_on=False, is_focused=True),
            self._tick(is_on=True, is_focused=True),
        )
        style.element_create("Tick.box", "image", off, ("selected", "focus", on_focus), ("selected", on),
                             ("focus", off_focus), sticky="w")  # fmt: skip
        style.layout("TCheckbutton", [("Tick.box", {"side": "left", "sticky": ""}),
                                      ("Checkbutton.label", {"side": "left", "sticky": ""})])  # fmt: skip
        style.configure("TCheckbutton", background=c.bg)
