"""Civil dates and times, typed as people type them and shown with the month in letters."""

from collections.abc import Callable
from datetime import date, time

from clinic_desktop.gui.widgets.civil import (
    Birth,
    read_birth,
    read_date,
    read_time,
    show_age,
    show_birth,
    show_date,
)
from clinic_desktop.gui.widgets.fields import LineField
from clinic_desktop.i18n import _

Today = Callable[[], date]


class DateField(LineField):
    """A civil date; Up and Down in it are not used, so that no key changes a date unseen."""

    def __init__(
        self,
        label: str,
        name: str,
        *,
        today: Today,
        hint: str = "",
        required: bool = False,
        past: bool = False,
    ) -> None:
        # What is not of the past is mostly to come: an example of long ago would be taken for what is wanted there.
        example = _("14-Jul-1945") if past else show_date(date(today().year + 2, 6, 30))
        super().__init__(label, name, hint=hint, required=required, placeholder=example)
        self._today, self._past = today, past
        self.line.editingFinished.connect(self._tidy)

    def value(self) -> date | None:
        """The date."""
        return read_date(self.line.text(), self._today(), past=self._past)

    def set_value(self, value: object) -> None:
        """Show a date, or None."""
        self.line.setText(show_date(value) if isinstance(value, date) else "")

    def problem(self) -> str:
        """A missing required date, or one that cannot be read."""
        if self.line.text().strip() and self.value() is None:
            return _("This is not a date. Type it like 14-Jul-1945 or 14/7/1945.")
        return super().problem()

    def _tidy(self) -> None:
        on = self.value()
        if on is not None:
            self.line.setText(show_date(on))
        elif self.line.text().strip():
            self.show_error(self.problem())


class BirthField(LineField):
    """A birth date as far as it is known: a date, a month, a year, an age (34y, 8m, 3w) or "unknown"."""

    def __init__(self, label: str, name: str, *, today: Today, hint: str = "", required: bool = False) -> None:
        super().__init__(label, name, hint=hint, required=required, placeholder=_("14-Jul-1945 or 34y"))
        self._today = today
        self._own_hint = hint
        self.line.editingFinished.connect(self._tidy)
        self.line.textChanged.connect(self._show_age)

    def value(self) -> Birth | None:
        """The birth date as far as it is known; None where nothing readable stands here."""
        return read_birth(self.line.text(), self._today())

    def set_value(self, value: object) -> None:
        """Show a `Birth`, a date, or None."""
        birth = Birth(value, "day") if isinstance(value, date) else value
        self.line.setText(show_birth(birth) if isinstance(birth, Birth) else "")

    def problem(self) -> str:
        """Unreadable, in the future, or longer ago than anyone has lived."""
        text, birth, today = self.line.text().strip(), self.value(), self._today()
        if not text:
            return super().problem()
        if birth is None:
            return _("Type a date like 14-Jul-1945, a year, an age like 34y, 8m or 3w, or the word unknown.")
        if birth.on and birth.on > today:
            return _("This date is in the future.")
        if birth.on and today.year - birth.on.year > 130:
            return _("This is more than 130 years ago.")
        return ""

    def _tidy(self) -> None:
        birth = self.value()
        if birth is None or self.problem():
            if self.line.text().strip():
                self.show_error(self.problem())
        elif birth.precision != "estimated" or not self.line.text().startswith(_("about")):
            self.line.setText(_estimate(birth, self.line.text()))

    def _show_age(self) -> None:
        birth = self.value()
        age = show_age(birth.on, self._today()) if birth and birth.on else ""
        if age and birth and birth.precision == "estimated":
            age = _("estimated, {age}, born {date}").format(age=age, date=show_birth(birth))
        self.show_hint(age or self._own_hint)


class TimeField(LineField):
    """A time of day: 9:30, 930 and 9h30 are the same."""

    def __init__(self, label: str, name: str, *, hint: str = "", required: bool = False) -> None:
        super().__init__(label, name, hint=hint, required=required, placeholder=_("09:30"))
        self.line.editingFinished.connect(self._tidy)

    def value(self) -> time | None:
        """The time."""
        return read_time(self.line.text())

    def set_value(self, value: object) -> None:
        """Show a time, or None."""
        self.line.setText(f"{value:%H:%M}" if isinstance(value, time) else "")

    def problem(self) -> str:
        """A missing required time, or one that cannot be read."""
        if self.line.text().strip() and self.value() is None:
            return _("This is not a time. Type it like 09:30.")
        return super().problem()

    def _tidy(self) -> None:
        if (at := self.value()) is not None:
            self.set_value(at)
        elif self.line.text().strip():
            self.show_error(self.problem())


def _estimate(birth: Birth, typed: str) -> str:
    # An age stays as it was typed: a date worked out from it would read as more than is known.
    return typed.strip() if birth.precision == "estimated" else show_birth(birth)
