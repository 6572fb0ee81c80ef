"""A form beside what is shown: its title, the words of its act, and the act."""

from collections.abc import Callable

from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel


class ActForm(Panel):
    """One form with its title, the words of its act, and the act."""

    def __init__(self, title: str, act_words: str, form: Form, submit: Callable[[], None]) -> None:
        super().__init__(title)
        self.act_words, self.form, self._submit = act_words, form, submit
        self.add(form)
        self.body.addStretch(1)

    def submit(self) -> bool:
        """Do the act unless something is wrong with what was typed; the draft is kept until it is done."""
        if not self.form.check():
            return False
        if self.form.keeper is not None:
            self.form.keeper.flush()
        self._submit()
        return True

    def start(self) -> None:
        """Put the cursor where typing begins."""
        first = next(self.form.fields(), None)
        if first is not None:
            first.setFocus()
