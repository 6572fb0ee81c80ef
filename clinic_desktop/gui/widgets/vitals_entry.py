"""Vital signs typed as people write them: 120/80, 37,5, 98.6 F, 150 lb."""

from datetime import date

from clinic_desktop.domain import vitals
from clinic_desktop.domain.instruments import Reading
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.gui.widgets.vital_rows import SHORT
from clinic_desktop.i18n import _

_ORDER = (
    "heart_rate",
    "temperature",
    "respiratory_rate",
    "spo2",
    "weight",
    "height",
    "glucose_meter",
    "pain",
    "head_circumference",
)
SIGNS_MEASURED = ("temperature", "weight", "height")  # what an instrument on the desk may measure
LIES_UNTIL_DAYS = 1826  # WHO's charts of lengths and heights end with the fifth year
SMALL_CHILD_DAYS = 1096  # the head is measured up to three years (WHO growth standards)


class VitalsEntry(Form):
    """One field for each sign, blood pressure first; `entries` is what was typed, by key."""

    def __init__(self, screen: str, keeper: DraftKeeper | None = None, *, columns: int = 3) -> None:
        super().__init__(keeper)
        pressure = TextField(_("Blood pressure (mmHg)"), f"{screen}.pressure", placeholder=_("120/80"), longest=20)
        row: list[Field] = [pressure]
        for key in _ORDER:
            sign = vitals.BY_KEY[key]
            words = f"{_(SHORT[key])} ({sign.shown_unit})"
            row.append(TextField(words, f"{screen}.{key}", longest=20))
            if key == "height":
                how = (("lying", _("Lying")), ("standing", _("Standing")))
                row.append(SegmentField(_("Height measured"), f"{screen}.posture", how))
        for start in range(0, len(row), columns):
            self.add_row(*row[start : start + columns])
        self._measured: set[str] = set()  # the fields in which an instrument's number stands
        self._taking = False
        self.edited.connect(self._by_hand)

    def show_for(self, born_on: date | None, today: date) -> None:
        """Offer what is measured at this age."""
        small = born_on is not None and (today - born_on).days < SMALL_CHILD_DAYS
        self.field("head_circumference").setVisible(small)
        # How it was measured matters where the charts change from lying to standing.
        young = born_on is not None and (today - born_on).days < LIES_UNTIL_DAYS
        self.field("posture").setVisible(young)

    def take(self, reading: Reading, at: str) -> bool:
        """Write what an instrument measured into its field, marked as such; a person still records it, or does not.

        False where the field is not offered. What was typed by hand is not typed over.
        """
        field = self.field(reading.sign)
        if not field.isVisibleTo(self):
            return False
        words = _("{entry} from the instrument, {time}").format(entry=reading.entry, time=at)
        if field.value() and field.key not in self._measured:
            field.show_hint(_("Not taken over: {words}").format(words=words))
            return True
        self._measured.add(field.key)
        self._taking = True
        field.set_value(reading.entry)
        self._taking = False
        field.show_hint(words)
        return True

    def clear(self) -> None:
        """Empty it."""
        self._measured.clear()
        for key in SIGNS_MEASURED:
            self.field(key).show_hint("")
        super().clear()

    def _by_hand(self, key: str) -> None:
        if key in self._measured and not self._taking:
            self._measured.discard(key)
            self.field(key).show_hint("")

    def entries(self) -> dict[str, str]:
        """What was typed, by key of the sign; empty fields are left out."""
        return {key: text for key, value in self.values().items() if (text := str(value or "").strip())}
