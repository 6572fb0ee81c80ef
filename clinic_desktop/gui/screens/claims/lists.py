"""The three worklists of the claims screen, and the papers that are printed from them."""

import importlib

from clinic_desktop.gui.screens.claims.words import batch_columns, claim_columns, invoice_columns
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.claim_batches import Batch
from clinic_desktop.services.claim_views import Claim, ClaimRow, ToClaim


def invoice_list(settings: Remembered) -> ListTable[ToClaim]:
    """What is still to be claimed."""
    words = _("Every insurer's share was claimed. What patients with a cover are invoiced stands here.")
    return ListTable(
        "claims.invoices",
        invoice_columns(),
        key=lambda row: (row.invoice_id, row.insurer),
        settings=settings,
        empty=Empty(words, icon="done"),
    )


def claim_list(settings: Remembered) -> ListTable[ClaimRow]:
    """The claims in one state."""
    return ListTable(
        "claims.list", claim_columns(), key=lambda row: row.id, settings=settings, empty=Empty("", icon="done")
    )


def batch_list(settings: Remembered) -> ListTable[Batch]:
    """The batches."""
    return ListTable(
        "claims.batches",
        batch_columns(),
        key=lambda row: row.id,
        settings=settings,
        empty=Empty(_("No batch yet: choose a claim under Ready and make one."), icon="box"),
    )


def claim_paper(desk: Desk, claim: Claim) -> bytes:
    """The claim's paper, after who opens it is on record."""
    papers = importlib.import_module("clinic_desktop.reports.papers")
    return bytes(papers.opened(desk, "claim", claim.patient_id, lambda: papers.claim_papers.claim(desk, claim.id)))


def batch_paper(desk: Desk, batch_id: str) -> bytes:
    """The printed list of a batch; its query notes each patient in it."""
    papers = importlib.import_module("clinic_desktop.reports.papers")
    return bytes(papers.claim_papers.batch(desk, batch_id))
