"""A document from outside on paper: a PDF as it is, a picture over a page, a text under the clinic's head."""

import io

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from clinic_desktop.i18n import _, language
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import MM

MARGIN = 12 * MM


def pictures(pages: tuple[bytes, ...]) -> bytes:
    """JPEG pictures as PDF, each over a page of its own, as large as it goes and turned as it lies."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4, pageCompression=0, invariant=1, lang=language())
    canvas.setTitle(_("Document"))
    for page in pages:
        picture = ImageReader(io.BytesIO(page))
        wide, high = picture.getSize()
        width, height = A4 if high >= wide else (A4[1], A4[0])
        scale = min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high)
        canvas.setPageSize((width, height))
        canvas.drawImage(picture, (width - wide * scale) / 2, (height - high * scale) / 2, wide * scale, high * scale)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def text(clinic: ClinicHead, patient: PatientIdentity, printed: Printed, title: str, words: str) -> bytes:
    """A plain text as PDF."""
    paper = Paper(A4, clinic, printed, title, patient=patient)
    for line in words.splitlines():
        if line.strip():
            paper.say(line, gap=2)
        else:
            paper.space(6)
    return paper.finish()
