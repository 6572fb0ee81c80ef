"""Makes an empty table of a kind to be filled in: a header, an example, and for Excel a page that explains it."""

import csv
import io
from pathlib import Path

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.exchange.csv.fields import KINDS
from clinic_desktop.exchange.halted import writing
from clinic_desktop.i18n import N_, _


def write_template(kind: str, out: Path) -> None:
    """Write a template as .csv or .xlsx, by the name's ending; a file that is there already is refused."""
    if out.suffix.lower() not in {".csv", ".xlsx"}:
        raise Refusal(N_("Name a file that ends in .csv or .xlsx."), field="out")
    if out.exists():
        raise Refusal(N_("There is a file {name} already."), field="out", name=out.name)
    fields = KINDS[kind]
    rows = [[one.name for one in fields], [one.example for one in fields]]
    if out.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        # The mark in front is what makes Excel read it as UTF-8.
        _keep(out, text.getvalue().encode("utf-8-sig"))
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    for row in rows:
        sheet.append(row)
    told = book.create_sheet(_("What goes where"))
    told.append([_("column"), _("what goes there"), _("needed"), _("example")])
    for one in fields:
        told.append([one.name, _(one.words), _("yes") if one.required else _("no"), one.example])
    # Made here first: openpyxl, stopped by a disk, leaves half a file and a fault of its own behind.
    whole = io.BytesIO()
    book.save(whole)
    _keep(out, whole.getvalue())


def _keep(out: Path, content: bytes) -> None:
    """Write the file, all of it or nothing."""
    try:
        with writing(out):
            out.write_bytes(content)
    except Trouble:
        out.unlink(missing_ok=True)
        raise
