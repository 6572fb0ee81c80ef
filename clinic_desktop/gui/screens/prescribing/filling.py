"""Where a prescription is filled, and the last day on which it may be."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker

from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.dates import DateField, Today
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.i18n import _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.prescribers import Outside


class Filling(Form):
    """The pharmacy outside, where there is one to choose, and the day; both may stay empty."""

    def __init__(self, today: Today) -> None:
        super().__init__()
        self._kept: object = None  # by a draft, until the choices are known
        self.pharmacy = ChoiceField(_("&Filled by"), "prescribing.pharmacy", (), none=_("The clinic's own pharmacy"))
        self.until = DateField(
            _("Fill unt&il"), "prescribing.expires_on", today=today, hint=_("The last day; empty: no such day.")
        )
        self.add(self.pharmacy)
        self.add(self.until)

    def offer(self, found: Sequence[Entry]) -> None:
        """Where the prescription can be filled; with none outside there is nothing to choose."""
        before = self.pharmacy.value() or self._kept
        with QSignalBlocker(self.pharmacy):
            self.pharmacy.set_choices([(one.id, one.name) for one in found if one.active])
            self.pharmacy.set_value(before)
        self.pharmacy.setVisible(any(one.active for one in found))

    def prefer(self, name: str) -> None:
        """Say which pharmacy the patient prefers."""
        self.pharmacy.show_hint(_("The patient prefers {name}").format(name=name) if name else "")

    def chosen(self) -> Outside:
        """What was chosen; a day that cannot be read is none, and `check` says so."""
        self._kept = self.pharmacy.value()
        return Outside(str(self._kept) if self._kept else None, self.until.value())

    def put_back(self, draft: Mapping[str, object]) -> Outside:
        """Put back what a draft kept of it."""
        self._kept = draft.get("pharmacy")
        with QSignalBlocker(self.pharmacy), QSignalBlocker(self.until):
            self.pharmacy.set_value(self._kept)
            if "expires_on" in draft:
                self.until.restore(str(draft["expires_on"]))
        return Outside(str(self._kept) if self._kept else None, self.until.value())

    def begin(self) -> None:
        """Nothing chosen, as for every new prescription."""
        self._kept = None
        with QSignalBlocker(self.pharmacy), QSignalBlocker(self.until):
            self.pharmacy.set_value(None)
            self.until.set_value(None)
        self.clear_errors()
