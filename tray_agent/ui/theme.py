"""Colours, fonts, sizes and the ttk styles, light and dark. Boxes are small pictures that ttk stretches."""

import os
import sys
import tkinter as tk
from dataclasses import dataclass
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

from PIL import Image, ImageDraw

from tray_agent.ui import icon

FAMILIES = ("Segoe UI Variable Text", "Segoe UI", "Inter", "Open Sans", "Noto Sans", "DejaVu Sans")
SEMIBOLD = ("Segoe UI Variable Text Semibold", "Segoe UI Semibold", "Inter SemiBold")
State = tuple[str, tk.PhotoImage] | tuple[str, str, tk.PhotoImage]
"""States of a widget, and its box in them."""
MONO = ("Cascadia Mono", "Consolas", "JetBrains Mono", "DejaVu Sans Mono")
TALLEST = 760
"""The tallest window with its title bar and the taskbar; on a smaller screen everything shrinks to fit."""


@dataclass(frozen=True, slots=True)
class Palette:
    bg: str
    foot: str
    card: str
    focused: str
    hover: str
    line: str
    edge: str
    control: str
    ink: str
    ink2: str
    off: str
    accent: str
    accent2: str
    on_accent: str
    soft: str
    bad: str
    good: str


LIGHT = Palette(
    bg="#f3f3f3", foot="#f6f6f6", card="#fbfbfb", focused="#ffffff", hover="#f0f0f0",
    line="#dcdcdc", edge="#bbbbbb", control="#868686", ink="#1b1b1b", ink2="#5a5a5a", off="#8b8b8b",
    accent="#0b6a77", accent2="#08545f", on_accent="#ffffff", soft="#d5e4e6", bad="#b42318", good="#14753a",
)  # fmt: skip
DARK = Palette(
    bg="#202020", foot="#242424", card="#2b2b2b", focused="#1f1f1f", hover="#333333",
    line="#3f3f3f", edge="#333333", control="#868686", ink="#ffffff", ink2="#b8b8b8", off="#8b8b8b",
    accent="#49bfcc", accent2="#6ed0db", on_accent="#04262b", soft="#304345", bad="#ff8a7d", good="#6fe09a",
)  # fmt: skip


def wants_dark() -> bool:
    wish = os.environ.get("DESKBELL_THEME", "")
    if wish:
        return wish == "dark"
    if sys.platform == "win32":
        import winreg

        path = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return bool(winreg.QueryValueEx(key, "AppsUseLightTheme")[0] == 0)
        except OSError:
            return False
    return False


class Theme:
    """One look of the windows. Made once per scheme; pictures live as long as it does."""

    def __init__(self, root: tk.Tk, *, is_dark: bool) -> None:
        self.root, self.is_dark = root, is_dark
        self.colours = DARK if is_dark else LIGHT
        self.scale = _scale(root)
        self._pictures: dict[tuple[str, str], tk.PhotoImage] = {}
        self._kept: list[tk.PhotoImage] = []
        families = set(tkfont.families(root))
        family = _first(FAMILIES, families, "TkDefaultFont")
        semibold = _first(SEMIBOLD, families, "")
        self.font = self._font(family, 14)
        self.small = self._font(family, 12)
        self.message = self._font(family, 13)
        self.heading = self._font(semibold or family, 20, "normal" if semibold else "bold")
        self.strong = self._font(semibold or family, 14, "normal" if semibold else "bold")
        self.mono = self._font(_first(MONO, families, "TkFixedFont"), 16, "bold")
        self.style = ttk.Style(root)
        self.name = f"deskbell-{'dark' if is_dark else 'light'}"
        self.style.theme_create(self.name, parent="default")
        self.use()
        self._elements()
        self._styles()

    def use(self) -> None:
        self.style.theme_use(self.name)

    def px(self, length: float) -> int:
        return round(length * self.scale)

    def icon(self, name: str, ink: str = "") -> tk.PhotoImage:
        key = (name, ink or self.colours.ink)
        if key not in self._pictures:
            self._pictures[key] = photo(self.root, icon.small_icon(name, self.px(16), key[1]))
        return self._pictures[key]

    def _font(self, family: str, size: int, weight: str = "normal") -> tkfont.Font:
        return tkfont.Font(
            self.root, family=family, size=-self.px(size), weight="bold" if weight == "bold" else "normal"
        )

    # --- boxes ------------------------------------------------------------------------------------
    def _box(
        self, fill: str, border: str, *, bottom: str = "", thick: int = 1, width: int = 1
    ) -> tk.PhotoImage:
        """A rounded box; `bottom` colours its lower edge, `thick` pixels high."""
        fine, side = 4, self.px(24)
        size, radius = side * fine, self.px(4) * fine
        one = max(1, self.px(1)) * fine
        image = Image.new("RGBA", (size, size))
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle(
            (0, 0, size - 1, size - 1), radius, fill=fill, outline=border, width=one * width
        )
        if bottom:
            edge = Image.new("RGBA", (size, size))
            ImageDraw.Draw(edge).rounded_rectangle((0, 0, size - 1, size - 1), radius, fill=bottom)
            mask = Image.new("L", (size, size))
            ImageDraw.Draw(mask).rectangle((0, size - one * thick, size, size), fill=255)
            image.paste(edge, (0, 0), mask)
        return self._keep(image.resize((side, side), Image.Resampling.BOX))

    def _keep(self, image: Image.Image) -> tk.PhotoImage:
        self._kept.append(photo(self.root, image))
        return self._kept[-1]

    def _stretched(self, name: str, *states: State, default: tk.PhotoImage) -> None:
        self.style.element_create(
            name, "image", default, *states, border=self.px(8), padding=0, sticky="nswe"
        )

    def _tick(self, *, on: bool, focus: bool = False) -> tk.PhotoImage:
        c, side, wide = self.colours, self.px(20), self.px(30)
        pen = icon.Pen(side, 20, 2 if focus else 1)
        if on:
            pen.block((1, 1, 18, 18), 4, c.accent)
        else:
            pen.block((1, 1, 18, 18), 4, c.card)
        if focus or not on:
            pen.rect((1.5, 1.5, 17, 17), 3.5, c.ink if focus else c.control)
        image = Image.new("RGBA", (wide, side))
        image.paste(pen.done(), (0, 0))
        if on:
            mark = icon.small_icon("check", self.px(14), c.on_accent)
            image.alpha_composite(mark, ((side - mark.width) // 2, (side - mark.height) // 2))
        return self._keep(image)

    def _elements(self) -> None:
        c = self.colours
        plain = self._box(c.card, c.line, bottom=c.edge)
        ring = self._box(c.card, c.ink, width=2)
        self._stretched(
            "Deskbell.button",
            ("disabled", self._box(c.bg, c.line)),
            ("pressed", self._box(c.bg, c.line)),
            ("focus", ring),
            ("active", self._box(c.hover, c.line, bottom=c.edge)),
            default=plain,
        )
        self._stretched(
            "Deskbell.accent",
            ("disabled", self._box(c.bg, c.line)),
            ("pressed", self._box(c.accent2, c.accent2)),
            ("focus", self._box(c.accent, c.ink, width=2)),
            ("active", self._box(c.accent2, c.accent2)),
            default=self._box(c.accent, c.accent2),
        )
        self._stretched(
            "Deskbell.choice",
            ("selected", "focus", self._box(c.soft, c.ink, width=2)),
            ("selected", self._box(c.soft, c.accent)),
            ("focus", ring),
            ("active", self._box(c.hover, c.line, bottom=c.edge)),
            default=plain,
        )
        self._stretched(
            "Deskbell.field",
            ("disabled", self._box(c.bg, c.line)),
            ("readonly", self._box(c.bg, c.line)),
            ("invalid", "focus", self._box(c.focused, c.bad, bottom=c.bad, thick=2)),
            ("invalid", self._box(c.card, c.bad)),
            ("focus", self._box(c.focused, c.line, bottom=c.accent, thick=2)),
            default=self._box(c.card, c.line, bottom=c.control),
        )
        self.style.element_create(
            "Deskbell.tick", "image", self._tick(on=False),
            ("selected", "focus", self._tick(on=True, focus=True)),
            ("selected", self._tick(on=True)),
            ("focus", self._tick(on=False, focus=True)),
            sticky="w",
        )  # fmt: skip

    # --- styles -----------------------------------------------------------------------------------
    def _styles(self) -> None:
        c, s = self.colours, self.style
        s.configure(".", background=c.bg, foreground=c.ink, font=self.font, borderwidth=0, focuscolor=c.ink)
        for name, paint in (("Foot", c.foot), ("Card", c.card), ("Line", c.line)):
            s.configure(f"{name}.TFrame", background=paint)
        for name, ink, face, paint in (
            ("Sub", c.ink2, self.font, c.bg),
            ("Small", c.ink2, self.small, c.bg),
            ("Heading", c.ink, self.heading, c.bg),
            ("Bad", c.bad, self.message, c.bg),
            ("Told", c.ink, self.message, c.bg),
            ("Off", c.ink2, self.font, c.bg),
            ("Hint", c.ink2, self.font, c.card),
            ("Lit", c.ink2, self.font, c.focused),
            ("CardSmall", c.ink2, self.small, c.card),
            ("Foot", c.ink2, self.small, c.foot),
        ):
            s.configure(f"{name}.TLabel", foreground=ink, font=face, background=paint)
        self._button_styles()
        s.layout("TEntry", _nested("Deskbell.field", "Entry.padding", "Entry.textarea"))
        s.configure("TEntry", padding=self._padding(10, self.font), insertcolor=c.ink, foreground=c.ink,
                    selectbackground=c.accent, selectforeground=c.on_accent)  # fmt: skip
        s.configure("Keys.TEntry", insertcolor=c.focused)  # nothing is typed in it
        s.configure("Code.TEntry", padding=self._padding(10, self.mono))
        s.map("TEntry", foreground=[("disabled", c.ink2), ("readonly", c.ink2)])
        s.layout("Field.TFrame", [("Deskbell.field", {"sticky": "nswe"})])
        s.configure("Vertical.TScrollbar", background=c.line, troughcolor=c.card, bordercolor=c.card,
                    arrowcolor=c.ink2, relief="flat", arrowsize=self.px(12), gripcount=0)  # fmt: skip
        s.configure("Treeview", background=c.card, fieldbackground=c.card, foreground=c.ink,
                    rowheight=self.px(32), borderwidth=0, relief="flat")  # fmt: skip
        s.map("Treeview", background=[("selected", c.soft)], foreground=[("selected", c.ink)])
        s.configure("Treeview.Heading", background=c.bg, foreground=c.ink2, font=self.small, relief="flat",
                    padding=(self.px(4), self.px(6)))  # fmt: skip
        s.map("Treeview.Heading", background=[("active", c.bg)])

    def _padding(self, side: int, font: tkfont.Font) -> tuple[int, int, int, int]:
        """What lies around the text of a control of 32 pixels."""
        spare = max(4, self.px(32) - font.metrics("linespace"))
        return self.px(side), spare // 2, self.px(side), spare - spare // 2

    def _button_styles(self) -> None:
        c, s = self.colours, self.style
        for name, element in (("TButton", "Deskbell.button"), ("Accent.TButton", "Deskbell.accent")):
            s.layout(name, _nested(element, "Button.padding", "Button.label"))
        padding = self._padding(14, self.font)
        s.configure("TButton", padding=padding, anchor="center", foreground=c.ink)
        s.map("TButton", foreground=[("disabled", c.off)])
        s.configure("Accent.TButton", foreground=c.on_accent)
        s.map("Accent.TButton", foreground=[("disabled", c.off)])
        s.configure("Mini.TButton", padding=self._padding(10, self.font), anchor="w")
        s.configure("Cross.TButton", padding=self.px(2))
        s.layout("Link.TButton", _nested("Button.padding", "Button.label"))
        underlined = self.font.copy()
        underlined.configure(underline=True)
        self._underlined = underlined
        s.configure("Link.TButton", padding=0, foreground=c.accent, background=c.bg)
        s.map(
            "Link.TButton",
            foreground=[("active", c.accent2)],
            font=[("focus", underlined), ("active", underlined)],
        )
        s.layout(
            "Choice.TRadiobutton", _nested("Deskbell.choice", "Radiobutton.padding", "Radiobutton.label")
        )
        s.configure("Choice.TRadiobutton", padding=padding, anchor="center", foreground=c.ink)
        s.layout("TCheckbutton", [
            ("Checkbutton.padding", {"sticky": "nswe", "children": [
                ("Deskbell.tick", {"side": "left", "sticky": ""}),
                ("Checkbutton.label", {"side": "left", "sticky": "nswe"}),
            ]}),
        ])  # fmt: skip
        s.map("TCheckbutton", background=[("active", c.bg)])


def photo(master: tk.Misc, image: Image.Image) -> tk.PhotoImage:
    return tk.PhotoImage(master=master, data=icon.png(image), format="png")


def _nested(*elements: str) -> Any:  # noqa: ANN401 (the type of a layout is private to typeshed)
    """Elements one in the other, all of them filling their space."""
    inner: list[tuple[str, dict[str, object]]] = []
    for element in reversed(elements):
        options: dict[str, object] = {"sticky": "nswe"}
        if inner:
            options["children"] = inner
        inner = [(element, options)]
    return inner


def _scale(root: tk.Tk) -> float:
    dots = root.winfo_fpixels("1i") / 96 if sys.platform == "win32" else 1.0
    wish = float(os.environ.get("DESKBELL_SCALE") or dots)
    return max(0.75, min(wish, root.winfo_screenheight() / TALLEST))


def _first(wanted: tuple[str, ...], present: set[str], default: str) -> str:
    return next((name for name in wanted if name in present), default)
