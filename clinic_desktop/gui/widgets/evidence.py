"""Why two registrations may be one person's, in words; and the menu of what else they may be to one another."""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QMenu, QWidget

from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.identity import Finding

FIELDS = {
    "name": N_("Name"),
    "birth": N_("Birth"),
    "sex": N_("Sex"),
    "phone": N_("Phone"),
    "contact": N_("Contact"),
    "national id": N_("National id"),
    "address": N_("Address"),
    "place": N_("Place"),
    "household": N_("Household"),
}
# The findings of domain/likeness.py, so that they are translated.
_FINDINGS = (
    N_("same"), N_("close"), N_("similar"), N_("sounds alike"), N_("different"), N_("part"), N_("not given"),
    N_("swapped"), N_("other name"), N_("day and month swapped"), N_("one digit differs"), N_("two digits differ"),
    N_("year near"), N_("year agrees"), N_("another generation"), N_("one is the other's to call"),
    N_("perhaps twins"), N_("perhaps parent and child"), N_("perhaps one family"),
)  # fmt: skip
RELATIONS = {
    "household": N_("Of one household"),
    "mother": N_("Mother"),
    "father": N_("Father"),
    "parent": N_("Parent"),
    "child": N_("Child"),
    "guardian": N_("Guardian"),
    "ward": N_("Ward"),
    "sibling": N_("Brother or sister"),
    "partner": N_("Partner"),
}
LIKELY = 0.9
TELLS_NOTHING = 0.2  # of a weight in bits of evidence: neither for nor against


def score_words(score: float) -> str:
    """A score as per cent; never "100 %", which nobody knows."""
    return f"{int(score * 100)} %" if score < 0.995 else _("over 99 %")


def score_look(score: float) -> Look:
    """A score as a pill."""
    return Look(score_words(score), "critical" if score >= LIKELY else "warning", "people")


def evidence_words(evidence: Iterable[Finding]) -> str:
    """What speaks for two being one person and what against, a line each."""
    return "\n".join(_line(each) for each in evidence if each.weight or each.field == "household")


def _line(finding: Finding) -> str:
    sign = "•" if abs(finding.weight) < TELLS_NOTHING else "✓" if finding.weight > 0 else "✗"
    return f"{sign} {_(FIELDS.get(finding.field, finding.field))}: {_found(finding.finding)}"


def _found(words: str) -> str:
    """A finding translated; that of a name speaks of family and given name apart."""
    family, comma, given = words.partition(", given ")
    if not comma:
        return _(words)
    said = _("family {family}, given {given}")
    return said.format(family=_(family.removeprefix("family ")), given=_(given))


def family_menu(parent: QWidget, name: str, act: Callable[[str], None]) -> QMenu:
    """A menu of what another patient is to this one; `act` is given the kind chosen."""
    menu = QMenu(parent)
    menu.setObjectName(name)
    for kind, words in RELATIONS.items():
        if kind == "parent":
            continue  # only ever read from the other side of "child"
        item = menu.addAction(_(words))
        item.setObjectName(f"{name}.{kind}")
        item.triggered.connect(lambda _checked=False, chosen=kind: act(chosen))
    return menu
