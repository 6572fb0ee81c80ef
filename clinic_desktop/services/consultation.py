"""The guided path through one encounter: open it, write in its steps, sign it, add to it afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.consultation import Facts, State
from clinic_desktop.domain.consultation_rules import Verdict, evaluate
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import billing
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.bookings import where_of
from clinic_desktop.services.chart_rows import patient_row
from clinic_desktop.services.charting import NewProblem, note_problem
from clinic_desktop.services.encounter_facts import (
    contents_of,
    encounter_row,
    facts_for,
    hard_stops,
    rule_book,
    step_rows,
)
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.chart import addenda, consultation_steps, encounters
from clinic_desktop.store.tables.scheduling import queue_entries
from clinic_desktop.store.unit import require_text

# What a visit is charged as; a review of results is a short follow-up, a procedure is charged beside its visit.
PRICE_CODES = {
    "new": "consult_new",
    "follow_up": "consult_follow",
    "results_review": "consult_follow",
    "refill": "consult_refill",
    "emergency": "consult_emergency",
    "procedure": "consult_new",
    "child": "consult_child",
    "antenatal": "consult_antenatal",
}
UNSIGNED = ("open", "awaiting_results")


@dataclass(frozen=True)
class Opened:
    """The encounter that was opened, or the unfinished one of the same person that was found."""

    encounter_id: str
    resumed: bool


@dataclass(frozen=True)
class SavedStep:
    """A step after it was written in; `content` holds what everybody wrote."""

    step: str
    state: str
    revision: int
    content: dict[str, str]


@dataclass(frozen=True)
class Signed:
    """A signed encounter and what signing made."""

    encounter_id: str
    signed_at: str
    problems: tuple[str, ...]
    charge_id: str | None


@command
def open_consultation(act: Act, patient_id: str, preset: str, queue_entry_id: str | None = None) -> Opened:
    """Open an encounter with its eleven steps as the rules have them; the queue entry goes into consultation.

    An encounter that this person left unfinished with the patient is taken up again instead.
    """
    if preset not in path.PRESETS:
        raise ValueError(f"no preset {preset}")
    patient_row(act.conn, patient_id)
    left = act.conn.execute(
        select(encounters.c.id)
        .where(
            encounters.c.patient_id.in_(ids_of(act.conn, patient_id)),
            encounters.c.status.in_(UNSIGNED),
            encounters.c.practitioner_id == act.session.staff_id,
        )
        .limit(1)
    ).scalar_one_or_none()
    if left is not None:
        return Opened(left, resumed=True)
    waiting = _waiting(act, patient_id, queue_entry_id)
    made = act.create(
        encounters,
        {
            "patient_id": patient_id,
            "practitioner_id": act.session.staff_id,
            "preset": preset,
            "status": "open",
            "started_at": act.at,
            **where_of(act.conn, None if waiting is None else waiting._mapping["appointment_id"]),
        },
        kind="encounter.opened",
    )
    complaint = "" if waiting is None else str(waiting._mapping["complaint"] or "")
    _prepare(act, made, patient_id, facts_for(act.conn, patient_id, preset, act.now, complaint=complaint), complaint)
    if waiting is not None:
        changes = {"status": "in_consultation", "encounter_id": made, "practitioner_id": act.session.staff_id}
        act.change(queue_entries, waiting._mapping["id"], changes, kind="queue.consultation_started")
    return Opened(made, resumed=False)


@command
def save_step(
    act: Act,
    encounter_id: str,
    step: str,
    content: Mapping[str, str],
    state: str | None = None,
    expect: Mapping[str, str] | None = None,
    seconds: int = 0,
) -> SavedStep:
    """Write the changed fields of a step; an empty value takes a field away.

    `expect` holds what the person saw in those fields, so that two windows never overwrite one another in silence.
    `state` "completed" is refused while the step lacks something. `seconds` is the time spent on it since last saved.
    """
    require_text(content)
    visit, rows = _unsigned(act, encounter_id)
    row = rows[step]._mapping
    _may_write(act, step)
    stored = dict(json.loads(row["content"] or "{}"))
    merged = path.merge(stored, expect or {}, content)
    contents = contents_of(rows) | {step: merged}
    facts = _facts(act, visit, contents)
    present = State(row["state"])
    after = path.touched(present) if merged != stored else present
    lacks = path.missing(step, merged, facts)
    if state is not None and State(state) == State.COMPLETED:
        if lacks:
            raise Refusal(lacks[0].message, field=lacks[0].field, **lacks[0].facts)
        after = State.COMPLETED
    elif state is not None:
        after = path.move(after, State(state), step)
    elif after == State.COMPLETED and lacks:
        after = State.REOPENED
    changes: dict[str, object] = {}
    if merged != stored:
        changes["content"] = json.dumps(merged, ensure_ascii=False)
    if after != present:
        changes |= {"state": after.value, "reason": None, "rule": None, "rule_version": None}
    if changes:
        changes["seconds"] = int(row["seconds"]) + seconds
    revision = _change_step(act, rows[step], changes, "step.saved")
    if visit["status"] == "awaiting_results" and changes:
        act.change(encounters, encounter_id, {"status": "open"}, kind="encounter.resumed")
    _follow_rules(act, rows, facts, step)
    return SavedStep(step, after.value, revision, merged)


@command
def skip_step(act: Act, encounter_id: str, step: str, reason: str) -> str:
    """Leave a step out, with the reason; returns its state."""
    _visit, rows = _unsigned(act, encounter_id)
    _may_write(act, step)
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    state = path.move(State(rows[step]._mapping["state"]), State.SKIPPED_BY_PERSON, step)
    changes = {"state": state.value, "reason": reason.strip(), "rule": None, "rule_version": None}
    _change_step(act, rows[step], changes, "step.skipped", reason=reason.strip())
    return state.value


@command
def reopen_step(act: Act, encounter_id: str, step: str) -> str:
    """Open a step again that was completed or left out; returns its state."""
    _visit, rows = _unsigned(act, encounter_id)
    _may_write(act, step)
    state = path.move(State(rows[step]._mapping["state"]), State.REOPENED, step)
    changes = {"state": state.value, "reason": None, "rule": None, "rule_version": None}
    _change_step(act, rows[step], changes, "step.reopened")
    return state.value


@command
def park_consultation(act: Act, encounter_id: str) -> str:
    """Let an encounter wait for its results; writing in it takes it up again."""
    visit, _rows = _unsigned(act, encounter_id)
    if visit["status"] != "awaiting_results":
        act.change(encounters, encounter_id, {"status": "awaiting_results"}, kind="encounter.parked")
    return encounter_id


@command
def void_consultation(act: Act, encounter_id: str, reason: str) -> str:
    """Void an encounter that was opened by mistake; the patient waits again, what was written stays in the record."""
    _unsigned(act, encounter_id)
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    act.change(encounters, encounter_id, {"status": "void"}, kind="encounter.voided", reason=reason.strip())
    _move_queue(act, encounter_id, {"status": "waiting", "encounter_id": None}, "queue.returned")
    return encounter_id


@command
def sign_consultation(act: Act, encounter_id: str) -> Signed:
    """Sign: needs identity, an allergy state and no unresolved hard stop; anything else open stays as it is.

    In the same act the diagnoses go to the problem list, the consultation is charged, and the queue entry is done.
    """
    visit, rows = _unsigned(act, encounter_id)
    patient_id = str(visit["patient_id"])
    contents = contents_of(rows)
    facts = _facts(act, visit, contents)
    stops = hard_stops(act.conn, patient_id, encounter_id, from_text(visit["started_at"]))
    needs = path.signing_needs(contents["patient_overview"], facts, stops)
    if needs:
        raise Refusal(needs[0].message, field=f"{needs[0].step}.{needs[0].field}", **needs[0].facts)
    for step, row in rows.items():
        settled = State(row._mapping["state"]) in path.SETTLED
        begun = step == "final_review" or State(row._mapping["state"]) in {State.IN_PROGRESS, State.REOPENED}
        if not settled and begun and not path.missing(step, contents[step], facts):
            _change_step(act, row, {"state": State.COMPLETED.value, "reason": None}, "step.saved")
    noted = tuple(
        note_problem(act, patient_id, NewProblem(each.title, each.code, each.certainty), encounter_id)
        for each in path.diagnoses(contents["diagnosis"])
        if each.certainty != "refuted"
    )
    charge = billing.add_charge(
        act,
        patient_id=patient_id,
        encounter_id=encounter_id,
        source_kind="encounter",
        source_id=encounter_id,
        price_code=PRICE_CODES[visit["preset"]],
        description=_("Consultation"),
    )
    signed = {
        "status": "signed",
        "signed_at": act.at,
        "signed_by": act.session.staff_id,
        "summary": _summary(contents),
    }
    act.change(encounters, encounter_id, signed, kind="encounter.signed")
    _move_queue(act, encounter_id, {"status": "done", "finished_at": act.at}, "queue.finished")
    return Signed(encounter_id, act.at, noted, charge)


@command
def add_addendum(act: Act, encounter_id: str, text: str, reason: str) -> str:
    """Add to a signed encounter, with the reason; what was signed stays as it was."""
    visit = encounter_row(act.conn, encounter_id)._mapping
    if visit["status"] != "signed":
        raise Refusal(N_("This encounter is not signed yet: write in its steps."))
    if not text.strip():
        raise Refusal(N_("Write what is to be added."), field="text")
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    return act.create(
        addenda,
        {
            "encounter_id": encounter_id,
            "patient_id": visit["patient_id"],
            "author_id": act.session.staff_id,
            "written_at": act.at,
            "text": text.strip(),
            "reason": reason.strip(),
        },
        kind="addendum.written",
        reason=reason.strip(),
    )


def _prepare(act: Act, encounter_id: str, patient_id: str, facts: Facts, complaint: str) -> None:
    verdicts = evaluate(rule_book(), facts)
    for step in path.STEPS:
        content = {"complaint": complaint} if step == "symptoms" and complaint else None
        values = {
            "encounter_id": encounter_id,
            "patient_id": patient_id,
            "step": step,
            "state": State.NOT_STARTED.value,
            "content": None if content is None else json.dumps(content, ensure_ascii=False),
        }
        act.create(consultation_steps, values | _said(verdicts.get(step)), kind="step.prepared")


def _said(verdict: Verdict | None) -> dict[str, object]:
    """What a rule decided, as it is kept with the step: its id, version and reason."""
    if verdict is None:
        return {}
    reason = _(verdict.reason).format(**verdict.facts)
    return {"state": verdict.state.value, "rule": verdict.rule, "rule_version": verdict.version, "reason": reason}


def _follow_rules(act: Act, rows: Mapping[str, Row[tuple[object, ...]]], facts: Facts, written: str) -> None:
    """Ask the rules again after something was written: they may ask for a step that was left out, never hide one."""
    verdicts = evaluate(rule_book(), facts)
    for step, row in rows.items():
        values = row._mapping
        if step == written or State(values["state"]) not in path.OPEN_TO_RULES:
            continue
        verdict = verdicts.get(step)
        if verdict is not None and verdict.state == State.NOT_STARTED and values["rule"] != verdict.rule:
            _change_step(act, row, _said(verdict), "step.ruled", silent=True)
        elif values["state"] == State.BLOCKED.value and (verdict is None or verdict.state != State.BLOCKED):
            changes = {"state": State.NOT_STARTED.value, "reason": None, "rule": None, "rule_version": None}
            _change_step(act, row, changes, "step.ruled", silent=True)


def _change_step(
    act: Act,
    row: Row[tuple[object, ...]],
    changes: Mapping[str, object],
    kind: str,
    *,
    reason: str | None = None,
    silent: bool = False,
) -> int:
    values = row._mapping
    if not changes:
        return int(values["revision"])
    by = {} if silent else {"updated_by": act.session.display_name, "updated_at": act.at}
    return act.change(consultation_steps, str(values["id"]), {**changes, **by}, kind=kind, reason=reason)


def _unsigned(act: Act, encounter_id: str) -> tuple[Mapping[Any, Any], Mapping[str, Row[tuple[object, ...]]]]:
    visit = encounter_row(act.conn, encounter_id)._mapping
    if visit["status"] not in UNSIGNED:
        raise Refusal(N_("This encounter is signed or void. Write an addendum instead."), encounter=encounter_id)
    return visit, step_rows(act.conn, encounter_id)


def _may_write(act: Act, step: str) -> None:
    if act.session.role not in path.WRITERS[step]:
        raise Refusal(N_("Your role ({role}) may not do this."), role=act.session.role, step=step)


def _facts(act: Act, visit: Mapping[Any, Any], contents: Mapping[str, Mapping[str, str]]) -> Facts:
    return facts_for(
        act.conn,
        visit["patient_id"],
        visit["preset"],
        act.now,
        encounter_id=visit["id"],
        started_at=from_text(visit["started_at"]),
        contents=contents,
    )


def _waiting(act: Act, patient_id: str, queue_entry_id: str | None) -> Row[tuple[object, ...]] | None:
    """The entry that brings the patient here: the one given, else the one this patient waits in."""
    wanted = select(queue_entries).where(
        queue_entries.c.patient_id.in_(ids_of(act.conn, patient_id)), queue_entries.c.status.in_(("waiting", "called"))
    )
    if queue_entry_id is not None:
        row = act.conn.execute(wanted.where(queue_entries.c.id == queue_entry_id)).one_or_none()
        if row is None:
            raise Refusal(N_("This patient is not waiting any more."), record=queue_entry_id)
        return row
    return act.conn.execute(wanted.order_by(queue_entries.c.checked_in_at.desc()).limit(1)).one_or_none()


def _move_queue(act: Act, encounter_id: str, changes: Mapping[str, object], kind: str) -> None:
    patient = encounter_row(act.conn, encounter_id)._mapping["patient_id"]
    entry = act.conn.execute(
        select(queue_entries.c.id).where(
            queue_entries.c.patient_id.in_(ids_of(act.conn, patient)),
            queue_entries.c.encounter_id == encounter_id,
            queue_entries.c.status == "in_consultation",
        )
    ).scalar_one_or_none()
    if entry is not None:
        act.change(queue_entries, entry, changes, kind=kind)


def _summary(contents: Mapping[str, Mapping[str, str]]) -> str:
    """One line for the timeline: what for, and what was found."""
    found = ", ".join(each.title for each in path.diagnoses(contents["diagnosis"]))
    complaint = contents["symptoms"].get("complaint", "").splitlines()[:1]
    return " — ".join(part for part in ((complaint or [""])[0], found) if part)
