"""Our own balloon, for desktops whose tray has none: above the clock, gone by itself or by a click."""

import tkinter as tk
from tkinter import ttk

from tray_agent.ui.theme import Theme

SECONDS = 6


class Notice:
    def __init__(self, theme: Theme, title: str, text: str) -> None:
        px = theme.px
        self.top = top = tk.Toplevel(theme.root, class_="Deskbell", background=theme.colours.line)
        top.withdraw()
        top.title("Deskbell notice")
        top.overrideredirect(boolean=True)  # no frame, no keyboard: it must not disturb who is typing
        card = ttk.Frame(top, style="Card.TFrame", padding=(px(16), px(14)))
        card.pack(padx=1, pady=1)
        card.columnconfigure(0, minsize=px(330))
        c = theme.colours
        for row, (words, font, ink) in enumerate(((title, theme.font, c.ink), (text, theme.small, c.ink2))):
            label = ttk.Label(card, text=words, font=font, wraplength=px(330), justify="left")
            label.configure(background=c.card, foreground=ink)
            label.grid(row=row, sticky="w", pady=(px(4) if row else 0, 0))
        top.update_idletasks()
        x = top.winfo_screenwidth() - top.winfo_reqwidth() - px(16)
        y = top.winfo_screenheight() - top.winfo_reqheight() - px(60)
        top.geometry(f"+{x}+{y}")
        top.attributes("-topmost", True)  # noqa: FBT003 (tkinter has no name for it)
        top.bind("<Button-1>", lambda event: self.close())
        top.deiconify()
        top.after(SECONDS * 1000, self.close)

    def close(self) -> bool:
        """True if it was to be seen."""
        if not self.top.winfo_exists():
            return False
        self.top.destroy()
        return True
