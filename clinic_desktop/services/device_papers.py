"""Documents that a device scanned: read from what it sent, and into the patient's documents."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.services.documents import NewDocument, keep_document
from clinic_desktop.services.examining import Examined, examine

IN_ACT = ("file_paper", "read_paper", "new_paper")

# A photograph needs the patient's consent, which is asked where a person adds it.
NOT_BY_DEVICE = frozenset({rules.PHOTOGRAPH})


@dataclass(frozen=True)
class Paper:
    """A document as a device gave it."""

    kind: str
    title: str
    examined: Examined = field(repr=False)


def file_paper(act: Act, raw: bytes, patient: str) -> tuple[str, str]:
    """File a document that waited for review to the patient whom a person named."""
    return "documents", keep_document.inside(act, patient, new_paper(read_paper(json.loads(raw))))


def read_paper(body: Any) -> Paper:
    """Read a document from the body of a request, and examine it by its own bytes. Raises Refusal naming the field."""
    kind = str(body["kind"])
    if kind not in rules.BY_KEY or rules.BY_KEY[kind].written_here or kind in NOT_BY_DEVICE:
        raise Refusal(N_("Choose a kind of document that a device may add."), field="kind")
    try:
        content = base64.b64decode(str(body["content"]), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(N_("The content is not base64."), field="content") from None
    try:
        examined = examine(content, str(body.get("file_name", "scan")))
    except Refusal as refused:
        raise Refusal(refused.message, field="content", **refused.facts) from refused
    return Paper(kind, rules.require_title(str(body["title"])), examined)


def new_paper(paper: Paper) -> NewDocument:
    """A paper as the documents take it."""
    return NewDocument(paper.kind, paper.title, rules.SCANNED, paper.examined)
