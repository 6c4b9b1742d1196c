"""One question with two answers, in the look of the other windows."""

from collections.abc import Callable

from tray_agent.ui.widgets import Window


class Question(Window):
    def __init__(self, parent: Window, sentence: str, *, yes: str, no: str, then: Callable[[], None]) -> None:
        super().__init__(parent.theme, parent.title(), width=400)
        self.configure(highlightthickness=1, highlightbackground=parent.theme.colours.control)
        self.transient(parent)
        self._parent, self._then = parent, then
        self.label(self.body, sentence).grid(sticky="w")
        self.foot_text("")
        self.foot_button(yes, self._yes)
        self.no = self.foot_button(no, self.close, "Accent")

    def _yes(self) -> None:
        super().close()
        self._then()

    def close(self) -> None:
        parent = self._parent
        super().close()
        if parent.winfo_exists():
            parent.present(parent.focus_lastfor())


def ask(parent: Window, sentence: str, *, yes: str, no: str, then: Callable[[], None]) -> None:
    """Calls `then` only after a yes. Escape and Return on the first button mean no."""
    for child in parent.winfo_children():
        if isinstance(child, Question):
            child.present(child.no)
            return
    question = Question(parent, sentence, yes=yes, no=no, then=then)
    question.present(question.no)
