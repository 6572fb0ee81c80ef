"""What of a table is cut, as it stands on the screen."""

from typing import Any

from clinic_desktop.gui.widgets.cells import PAD
from clinic_desktop.gui.widgets.table import ListTable


def cut_cells(table: ListTable[Any]) -> list[str]:
    """The words that are not read whole: too narrow a column, or a row too low for the lines of one."""
    found = []
    painter, view = table._painter, table.view
    for place, column in enumerate(table._model.columns):
        if view.isColumnHidden(place):
            continue
        wide = view.columnWidth(place)
        for number, row in enumerate(table.rows()):
            if column.wrap or column.detail:
                cut = view.rowHeight(number) < painter._height(column, row, wide - 2 * PAD)
            else:
                cut = wide < painter.needed(column, row)
            if cut:
                found.append(column.text(row))
    return found
