"""Templates of letters: an administrator writes them, every version is kept, an open chart fills them in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from clinic_desktop.clock import from_text, new_id
from clinic_desktop.domain import consultation
from clinic_desktop.domain import templates as rules
from clinic_desktop.domain.patients import show_name
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.templates import Template
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import about, chart_rows, merges
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.encounter_facts import contents_of, step_rows
from clinic_desktop.services.patients import age_words, sex_words
from clinic_desktop.store.tables.chart import encounters, problems
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.tables.templates import letter_templates as table

IN_ACT = ("require_usable",)


@dataclass(frozen=True, repr=False)
class TemplateShown:
    """One version of a template; `template` is the same for all versions of one."""

    id: str
    revision: int
    template: str
    version: int
    text: Template
    saved_on: date
    saved_by: str
    status: str


@dataclass(frozen=True, repr=False)
class FilledTemplate:
    """What a letter begins with, and the version of the template that it was made of."""

    template_id: str
    kind: str
    title: str
    body: str


@query
def templates(read: Read) -> tuple[TemplateShown, ...]:
    """The templates in use, by kind and name."""
    rows = read.conn.execute(_asked().where(table.c.status == "current").order_by(table.c.kind, table.c.name))
    return tuple(_shown(row) for row in rows)


@query
def template_versions(read: Read, template: str) -> tuple[TemplateShown, ...]:
    """Every version of a template, newest first."""
    rows = read.conn.execute(_asked().where(table.c.template == template).order_by(table.c.version.desc()))
    return tuple(_shown(row) for row in rows)


@command
def add_template(act: Act, new: Template) -> str:
    """Add a template; returns the id of its first version. Raises Refusal."""
    kept = rules.require_template(new)
    _require_own_name(act.conn, kept, "")
    return _version(act, kept, new_id(), 1)


@command
def change_template(act: Act, template_id: str, new: Template, *, expect: int) -> str:
    """Write the next version of a template; returns its id. Letters begun with older ones stay as they are."""
    kept = rules.require_template(new)
    old = _current(act.conn, template_id)
    _require_own_name(act.conn, kept, old.template)
    act.change(table, template_id, {"status": "superseded"}, kind="template.superseded", expect=expect)
    return _version(act, kept, str(old.template), int(old.version) + 1)


@command
def retire_template(act: Act, template_id: str, reason: str, *, expect: int) -> int:
    """Take a template out of use, with the reason. Raises Refusal."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    _current(act.conn, template_id)
    changes = {"status": "retired"}
    return act.change(table, template_id, changes, kind="template.retired", reason=reason.strip(), expect=expect)


@query
def filled_template(read: Read, patient_id: str, template_id: str) -> FilledTemplate:
    """A template with its places filled in from the open chart; of the last visit where it speaks of one."""
    chart_rows.require_opened(read, patient_id)
    found = _current(read.conn, template_id)
    values = _values(read, patient_id)
    return FilledTemplate(
        template_id, str(found.kind), rules.fill(str(found.title), values), rules.fill(str(found.body), values)
    )


def require_usable(connection: Connection, template_id: str | None, kind: str) -> None:
    """Refuse a template that there is not, or that is of another kind of document."""
    if template_id is None:
        return
    known = connection.execute(select(table.c.kind).where(table.c.id == template_id)).scalar()
    if known != kind:
        raise Refusal(N_("This template is of another kind of document. Choose again."), field="template")


def _values(read: Read, patient_id: str) -> dict[str, str]:
    connection = read.conn
    owners = merges.ids_of(connection, patient_id)
    patient = chart_rows.patient_of(connection, merges.kept_id(connection, patient_id))
    today = read.now.astimezone().date()
    visit = connection.execute(
        select(encounters.c.id, encounters.c.started_at)
        .where(encounters.c.patient_id.in_(owners), encounters.c.status.not_in(("void", "outside")))
        .order_by(encounters.c.started_at.desc())
        .limit(1)
    ).one_or_none()
    clinic = about.clinic_facts.inside(read)
    listed = [f"{each.substance} ({each.reaction})" if each.reaction else each.substance
              for each in chart_rows.allergies_of(connection, patient_id)]  # fmt: skip
    unknown = _("none known") if patient.allergy_state == "none_known" else _("not asked")
    medicines = [
        " ".join(filter(None, (one.name, one.dose))) for one in chart_rows.medicines_of(connection, patient_id)
    ]
    noted = [_named(one.code, one.title) for one in chart_rows.problems_of(connection, patient_id)]
    return {
        "patient.name": show_name(patient.family_name, patient.given_names),
        "patient.family": patient.family_name,
        "patient.given": patient.given_names,
        "patient.born": _born(patient.born_on, patient.born_precision),
        "patient.age": age_words(patient.born_on, today),
        "patient.sex": sex_words(patient.sex),
        "patient.mrn": patient.mrn,
        "visit.date": _day(from_text(visit.started_at).astimezone().date()) if visit else _("no visit yet"),
        "visit.diagnoses": (_diagnoses(connection, str(visit.id)) if visit else "") or _("none noted"),
        "problems": "; ".join(noted) or _("none on the list"),
        "medicines": "; ".join(medicines) or _("none on the list"),
        "allergies": "; ".join(listed) or unknown,
        "author": read.session.display_name,
        "today": _day(today),
        "clinic.name": clinic.name,
        "clinic.phone": clinic.phone,
    }


def _diagnoses(connection: Connection, encounter_id: str) -> str:
    """What was diagnosed at a visit: as it was written there, signed or not; of one that came whole, its problems."""
    content = contents_of(step_rows(connection, encounter_id)).get("diagnosis", {})
    written = [each for each in consultation.diagnoses(content) if each.certainty != "refuted"]
    if written:
        unsure = _("{diagnosis} ({certainty})")
        named = [(_named(each.code, each.title), each.certainty) for each in written]
        return "; ".join(
            name if certainty == "confirmed" else unsure.format(diagnosis=name, certainty=certainty)
            for name, certainty in named
        )
    rows = connection.execute(
        select(problems.c.code, problems.c.title)
        .where(
            problems.c.encounter_id == encounter_id,
            problems.c.status != "entered_in_error",
            problems.c.certainty != "refuted",
        )
        .order_by(problems.c.noted_at, problems.c.rowid_)
    )
    return "; ".join(_named(row.code, row.title) for row in rows)


def _named(code: str | None, title: str) -> str:
    return f"{code} {title}" if code else title


def _born(born_on: date | None, precision: str) -> str:
    if born_on is None:
        return _("not known")
    return _day(born_on) if precision == "day" else _("about {date}").format(date=_day(born_on))


def _day(on: date) -> str:
    return f"{on:%d-%b-%Y}"


def _version(act: Act, kept: Template, template: str, version: int) -> str:
    values = {
        "template": template, "version": version, "name": kept.name, "kind": kept.kind, "title": kept.title,
        "body": kept.body, "saved_at": act.at, "saved_by": act.session.staff_id, "status": "current",
    }  # fmt: skip
    return act.create(table, values, kind="template.written")


def _current(connection: Connection, template_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(table).where(table.c.id == template_id)).one_or_none()
    if row is None or row.status != "current":
        raise Refusal(N_("This template was changed or taken out of use meanwhile. Choose again."), field="template")
    return row


def _require_own_name(connection: Connection, kept: Template, itself: str) -> None:
    same = select(table.c.id).where(
        table.c.status == "current", table.c.name == kept.name, table.c.kind == kept.kind, table.c.template != itself
    )
    if connection.execute(same).first() is not None:
        raise Refusal(N_("Another template of this kind is called so already."), field="name")


def _asked() -> Select[Any]:
    return select(table, staff.c.display_name).join(staff, staff.c.id == table.c.saved_by)


def _shown(row: Row[tuple[object, ...]]) -> TemplateShown:
    return TemplateShown(
        row.id, row.revision, row.template, row.version, Template(row.name, row.kind, row.title, row.body),
        from_text(row.saved_at).astimezone().date(), row.display_name, row.status,
    )  # fmt: skip
