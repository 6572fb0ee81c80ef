"""An anonymised export: made, searched for everybody it could name, put on the list, and only then given its name.

The file is a zip of FHIR R4 in NDJSON, one member a kind, and a manifest; with a name that ends in .ndjson the lines
stand in that file alone and the manifest beside it.
"""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clinic_desktop.domain import anonymising as rules
from clinic_desktop.domain.anonymising import Anonymity, Person
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.traces import Written
from clinic_desktop.exchange.halted import writing
from clinic_desktop.exchange.mapped import Row, clean
from clinic_desktop.exchange.unnamed import AGE_GROUP, OWN_WORDS, Unnamed
from clinic_desktop.i18n import N_
from clinic_desktop.services import research
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.departures import PatientRecord
from clinic_desktop.services.research import ResearchExport, Trace
from sync.records.exact import Json, dumps, strings

MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's oldest day: when it was made stands in the list of exports
NEVER = (
    "names, record numbers and numbers of every kind", "telephone numbers, addresses and e-mail",
    "birth dates, and years that tell of an age over 89", "notes, documents, pictures and every other free text",
    "names of staff, practitioners, places and insurers", "ids of other systems", "lots and serial numbers",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What is asked for: where to, under which approval, how strictly, and what may tell people apart."""

    out: Path
    approval: str
    level: str
    purpose: str = ""
    preserve: tuple[str, ...] = rules.PRESERVED
    k: int = rules.USUAL_K


@dataclass(frozen=True)
class Anonymised:
    """What was written, and what was not."""

    files: tuple[str, ...]
    manifest: dict[str, Any]


def anonymise(desk: Desk, asked: Request, progress: Callable[[str], None]) -> Anonymised:
    """Make an anonymised export of everybody who agreed. Raises Refusal, and then leaves no file behind."""
    rules.require_asked(asked.level, asked.preserve, asked.k, asked.approval, asked.purpose)
    _require_free(asked.out)
    willing = research.willing(desk)
    today = desk.now.astimezone().date()
    records: list[PatientRecord] = []
    for number, patient in enumerate(willing.ids, start=1):
        try:
            records.append(research.research_record(desk, patient))
        except ConsentRefusal:
            continue  # withdrawn this very minute
        if number % 50 == 0 or number == len(willing.ids):
            progress(f"{number}/{len(willing.ids)}")
    people = [_person(record, today) for record in records]
    alike = rules.make_alike(people, asked.preserve, asked.k)
    whole = Unnamed(research.known_words(desk))
    chosen = list(zip(records, alike.combinations, strict=True))
    # In the order of registration, a list of who came when would tell whose the lines are.
    secrets.SystemRandom().shuffle(chosen)
    for record, combination in chosen:
        if combination is not None:
            said = dict(zip(alike.fields, combination, strict=True))
            whole.add(record, _patient(said), _dated(asked.level, record, today, whole.minted))
    manifest = _manifest(asked, whole, alike, willing)
    return _hand_over(desk, asked, whole, manifest)


def _require_free(out: Path) -> None:
    for path in (out, *_beside(out)):
        if path.exists():
            raise Refusal(N_("There is a file {name} already."), field="out", name=path.name)
    if not out.parent.is_dir():
        raise Refusal(N_("There is no folder {name}."), field="out", name=str(out.parent))


def _beside(out: Path) -> tuple[Path, ...]:
    return (out.with_name(f"{out.stem}.{MANIFEST}"),) if out.suffix == ".ndjson" else ()


def _person(record: PatientRecord, today: date) -> Person:
    row = record.rows[0].row
    born = None if row["born_on"] is None else date.fromisoformat(row["born_on"])
    country = (row["country"] or "").strip()
    is_dead = row["deceased_on"] is not None or "deceased" in (row["alert"] or "")
    age = rules.age_on(born, row["born_precision"], today)
    prefix = rules.zip_prefix(row["postal_code"], country)
    return Person(age, row["sex"], prefix, _state(row, country), country, is_dead)


def _state(row: Row, country: str) -> str:
    """The state, the smallest place that may be told; of a country whose districts may be smaller, none."""
    return (row["district"] or "").strip() if country.casefold() in rules.USA else ""


def _patient(said: dict[str, str]) -> Json:
    """A Patient of what tells people apart in this export, and of nothing else."""
    where = clean(
        state=said.get("state"), postal_code=said.get("zip_code_prefix"), country=said.get("country"),
    )  # fmt: skip
    group = said.get("age_group")
    dead = said.get("deceased")
    return clean(
        extension=[{"url": AGE_GROUP, "valueString": group}] if group else None,
        gender=said.get("gender"),
        address=[where] if where else None,
    ) | ({"deceasedBoolean": dead == "yes"} if dead else {})


def _dated(level: str, record: PatientRecord, today: date, minted: set[str]) -> Callable[[str | None], str | None]:
    """How this person's dates are told: by their year, or moved by a number of days that nobody keeps."""
    if level == "full":
        return lambda text: rules.year_of(text, today)
    days = secrets.randbelow(rules.FURTHEST_SHIFT) + 1
    born = record.rows[0].row["born_on"]

    def moved(text: str | None) -> str | None:
        found = rules.shifted(text, -days, today)
        # By chance it may fall on the birthday itself, which then would stand there; on the birthdays of others it
        # falls often, and means nothing.
        if found is None or found == born:
            return None
        minted.add(found)
        return found

    return moved


def _manifest(asked: Request, whole: Unnamed, alike: Anonymity, willing: research.Willing) -> dict[str, Any]:
    return {
        "approval": asked.approval.strip(),
        "purpose": asked.purpose.strip(),
        "level": asked.level,
        "dates": "years alone: FHIR's profile of vital signs asks for the day (vs-1), which is not told"
        if asked.level == "full"
        else "moved by 1 to 365 days, the same for all dates of a person",
        "k": alike.k,
        "k_asked": asked.k,
        "quasi_identifiers": list(alike.fields),
        "made_wider": dict(alike.wider),
        "patients": len(whole.resources.get("Patient", ())),
        "records": {kind: len(found) for kind, found in sorted(whole.resources.items())},
        "left_out": {
            "patients": {
                "no consent to research in force": willing.not_agreed,
                "record restricted by the patient": willing.restricted,
                "in a group smaller than k": alike.left_out,
            },
            "records": dict(sorted(whole.left_out.items())),
            "never": list(NEVER),
        },
        "searched": "every name, number, address and birth date of every patient of the clinic; none was found",
    }


def _hand_over(desk: Desk, asked: Request, whole: Unnamed, manifest: dict[str, Any]) -> Anonymised:
    """Write aside, search what was written, put it on the list, and give it its name."""
    outs = (asked.out, *_beside(asked.out))
    parts = [path.with_name(f".{path.name}.part") for path in outs]
    try:
        with writing(asked.out):
            _write(parts, whole, manifest)
        found = _search(desk, parts, whole, manifest)
        if found:
            raise Refusal(
                N_("Something in it names patients ({what}; {mrns}): nothing was exported. Look at their records."),
                field="out", what=", ".join(sorted({one.what for one in found})),
                mrns=", ".join(one.mrn for one in found[:5]),
            )  # fmt: skip
        digest = hashlib.sha256(parts[0].read_bytes()).hexdigest()
        research.note_export(desk, _noted(manifest, digest))
        for part, path in zip(parts, outs, strict=True):
            with writing(path):
                part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return Anonymised(tuple(str(path) for path in outs), {**manifest, "sha256": digest})


def _noted(manifest: dict[str, Any], digest: str) -> ResearchExport:
    out = manifest["left_out"]["patients"]
    return ResearchExport(
        manifest["approval"], manifest["purpose"], manifest["level"], " ".join(manifest["quasi_identifiers"]),
        manifest["k_asked"], manifest["k"], manifest["patients"], sum(manifest["records"].values()),
        out["in a group smaller than k"], digest,
    )  # fmt: skip


def _write(parts: Sequence[Path], whole: Unnamed, manifest: dict[str, Any]) -> None:
    told = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    if len(parts) > 1:
        with parts[0].open("w", encoding="utf-8") as file:
            for found in whole.resources.values():
                file.writelines(f"{dumps(each)}\n" for each in found)
            _to_disk(file)
        parts[1].write_text(told, encoding="utf-8")
        return
    with parts[0].open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for kind, found in sorted(whole.resources.items()):
                with archive.open(zipfile.ZipInfo(f"{kind}.ndjson", _EPOCH), "w", force_zip64=True) as member:
                    for each in found:
                        member.write(f"{dumps(each)}\n".encode())
            archive.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), told)
        _to_disk(file)


def _to_disk(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _search(desk: Desk, parts: Sequence[Path], whole: Unnamed, manifest: dict[str, Any]) -> tuple[Trace, ...]:
    """Look through the bytes that were written, as whoever is given them would read them."""
    groups = [each for one in whole.resources.get("Patient", ()) for each in strings(one) if each[0] != "id"]
    # What tells people apart is shared by k of them, and what an administrator typed is no record of anybody.
    typed = (manifest["approval"], manifest["purpose"])
    written = Written(frozenset({*whole.words, *OWN_WORDS, *typed, *(text for _path, text in groups)}))
    written.add(typed)
    for text in _lines(parts):
        written.add(value for _path, value in strings(json.loads(text)) if value not in whole.minted)
    return research.traces(desk, written)


def _lines(parts: Sequence[Path]) -> Iterator[str]:
    if len(parts) > 1:
        with parts[0].open(encoding="utf-8") as file:
            yield from file
        return
    with zipfile.ZipFile(parts[0]) as archive:
        for name in archive.namelist():
            if name == MANIFEST:
                continue
            with archive.open(name) as member:
                yield from (line.decode() for line in member)
