"""PySide6 6.12.0 lost a reference to None, True or False with every call that returned one, and Python 3.11 aborted."""

import sys

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel

from clinic_desktop.gui.widgets.model import Column, RowsModel


def test_none_true_and_false_keep_their_references_over_thousands_of_calls(qapp: QApplication) -> None:
    model = RowsModel([Column("word", "Word", str)])
    model.set_rows(["one"])
    label = QLabel()
    index = model.index(0, 0)

    def calls() -> None:
        index.data(Qt.ItemDataRole.DecorationRole)
        index.isValid()
        QModelIndex().isValid()
        label.setText("x")
        label.isVisible()
        qapp.processEvents()
        model.beginResetModel()
        model.endResetModel()

    calls()
    before = [sys.getrefcount(each) for each in (None, True, False)]
    for _ in range(3000):
        calls()
    after = [sys.getrefcount(each) for each in (None, True, False)]
    # Each of these calls used to lose one: thousands; what other code holds may move by a handful.
    assert all(abs(now - then) < 200 for then, now in zip(before, after, strict=True)), (before, after)
