"""Why a step is left out: one line under the step's title, a draft until Enter."""

from collections.abc import Callable

from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _


class WhyLeftOut(Form):
    """Asks why; Enter hands the step and the reason to `skip`."""

    def __init__(self, kept: Callable[[str], KeptDraft], skip: Callable[[str, str], None]) -> None:
        super().__init__(DraftKeeper(lambda fields: kept(self._step).keep(fields)))
        self._kept, self._skip, self._step = kept, skip, ""
        self.line = self.add(
            TextField("", "consultation.why", placeholder=_("Why is this step left out? Enter to leave it out."))
        )
        self.line.line.returnPressed.connect(self._give)
        self.hide()

    def ask(self, step: str) -> None:
        """Ask about a step, with what was typed before."""
        self.put_away()
        self._step = step
        self._kept(step).recall(lambda fields: self.restore(fields) if self._step == step and self.is_empty else None)
        self.show()
        self.line.setFocus()

    def put_away(self) -> None:
        """Ask no more; what was typed stays kept."""
        if self.keeper is not None:
            self.keeper.flush()
        self.clear()
        self.hide()

    def take_back(self) -> None:
        """The person said that the step is not left out."""
        self.put_away()
        self._kept(self._step).drop()

    def _give(self) -> None:
        reason = self.line.value()
        self.put_away()
        self._skip(self._step, reason)
