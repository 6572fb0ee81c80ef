"""Of what waits for a person one sort alone: so that a question of who is who is not lost beneath the tasks."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clinic_desktop.gui.screens.sync.words import SORTS
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_items import Item


class SortsField(ChoiceField):
    """Which sort is listed; everything where none is chosen, or nothing of the chosen one waits any more."""

    def __init__(self) -> None:
        super().__init__("", "sync.sorts", (), none=_("Everything"))
        self.setFixedWidth(260)
        self.box.setAccessibleName(_("What is listed"))
        self._items: Sequence[Item] = ()

    def offer(self, items: "Sequence[Item]") -> None:
        """Offer the sorts that there are, each with how many wait, in the order of the list."""
        self._items = items
        counts = Counter(one.sort for one in items)
        self.set_choices([(sort, f"{_(SORTS[sort])} ({n})") for sort, n in counts.items()])
        if self.value() is None:
            self.restore("")  # of what was chosen nothing waits: it is not chosen again by itself

    def listed(self) -> "list[Item]":
        """What is of the chosen sort."""
        sort = self.value()
        return [one for one in self._items if sort in {None, one.sort}]
