"""Forms in one place, one shown at a time in front of what is read there: master and detail, with no dialog."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel


class FormPage(Panel):
    """One form with its title and the words of its act."""

    def __init__(self, title: str, act_words: str, form: Form, submit: Callable[[], None]) -> None:
        super().__init__(title)
        self.act_words, self.form, self._submit = act_words, form, submit
        self.add(form)
        self.body.addStretch(1)

    def submit(self) -> bool:
        """Do the act unless something is wrong with what was typed; the draft is kept until it is done."""
        if not self.form.check():
            return False
        self.flush()
        self._submit()
        return True

    def flush(self) -> None:
        """Hand over a draft still being typed."""
        if self.form.keeper is not None:
            self.form.keeper.flush()

    def start(self) -> None:
        """Put the cursor where typing begins."""
        first = next((field for field in self.form.fields() if not field.isHidden()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)


class Side(QWidget):
    """A column of panels that is as high as the window lets it be: its lists scroll, not the page.

    Words that wrap make a layout ask for the height they would like at a width, and a page that holds one asks for all
    of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """As high as there is room."""
        return False


class FormStack(QScrollArea):
    """What is read, or one of the forms before it; `current` is the name of the form that is open."""

    def __init__(self, reading: QWidget, pages: Mapping[str, FormPage]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages = dict(pages)
        self.current = ""
        self._reading = reading
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        for page in (reading, *self.pages.values()):
            column.addWidget(page)
        self.setWidget(holder)
        self._turn(reading)

    def show_form(self, name: str) -> FormPage:
        """Show one of the forms."""
        self.current = name
        page = self.pages[name]
        self._turn(page)
        page.start()
        return page

    def close_form(self) -> None:
        """Show what is read again; what was typed stays as a draft."""
        self.flush()
        self.current = ""
        self._turn(self._reading)

    def clear(self) -> None:
        """Empty every form: nothing of another patient stays for a moment."""
        for page in self.pages.values():
            page.form.clear()
        self.current = ""
        self._turn(self._reading)

    def flush(self) -> None:
        """Hand over drafts still being typed."""
        for page in self.pages.values():
            page.flush()

    def _turn(self, page: QWidget) -> None:
        # No stacked widget: it asks for the room of its highest page, whichever is shown.
        for each in (self._reading, *self.pages.values()):
            each.setVisible(each is page)
        self.verticalScrollBar().setValue(0)
