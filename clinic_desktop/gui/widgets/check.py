"""A claim that is true or not."""

from PySide6.QtWidgets import QCheckBox

from clinic_desktop.gui.widgets.fields import Field


class CheckField(Field):
    """A box to tick, its words beside it; `value()` is whether it is ticked."""

    def __init__(self, label: str, name: str, *, hint: str = "") -> None:
        super().__init__("", name, hint=hint)
        self._words = label.replace("&", "")
        self.box = QCheckBox(label)
        self.put(self.box)
        self.box.toggled.connect(self._was_edited)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def set_value(self, value: object) -> None:
        """Tick it or not."""
        self.box.setChecked(bool(value))

    def draft(self) -> str:
        """``1`` for ticked."""
        return "1" if self.box.isChecked() else ""

    def restore(self, draft: str) -> None:
        """Put back what `draft` gave."""
        self.box.setChecked(draft == "1")
