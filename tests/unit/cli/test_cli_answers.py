"""`find`, `duplicates`, `flags`, `check`, `counts` and `audit` as a script calls them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_desktop.cli.terminal import Terminal
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., list[dict[str, object]]]


def seen_by(asked: Asked, mrn: str) -> list[str]:
    return [str(row["what"]) for row in asked("administrator", "audit", "who-saw", mrn)]


def test_somebody_is_found_as_reception_would_however_it_is_spelt(worked: Worked, asked: Asked) -> None:
    for text in ("okafor ada", "ada okafr", worked.seen):
        best = asked("frontdesk", "find", text)[0]
        assert set(best) == {"mrn", "name", "born_on", "sex", "score"}
        assert (best["mrn"], best["name"], best["born_on"]) == (worked.seen, "OKAFOR, Ada", "1975-07-14")
        assert 0 < float(str(best["score"])) <= 1
    assert asked("frontdesk", "find", "nobody of that name at all") == []


def test_a_use_of_the_search_is_one_opened_and_one_closed_row_of_the_access_log(
    worked: Worked, asked: Asked, call: Call, tmp_path: Path
) -> None:
    asked("frontdesk", "find", "okafor")
    assert call("administrator", "audit", "export", "--out", str(tmp_path / "audit.json"))[0] == 0
    text = (tmp_path / "audit.json").read_text()
    assert (text.count("search.opened"), text.count("search.closed")) == (1, 1)
    assert "Okafor" not in text
    assert call("administrator", "audit", "verify")[0] == 0


def test_the_same_person_registered_twice_is_a_pair_with_its_evidence(worked: Worked, asked: Asked) -> None:
    (pair,) = asked("administrator", "duplicates", "--min-score", "0.9")
    assert set(pair) == {"a", "b", "score", "evidence"}
    assert {pair["a"], pair["b"]} == set(worked.twins)
    assert 0.9 <= float(str(pair["score"])) <= 1
    assert isinstance(pair["evidence"], dict)
    assert {"name", "birth"} <= set(pair["evidence"])


def test_a_score_that_cannot_be_is_wrong_use(call: Call) -> None:
    with pytest.raises(SystemExit) as ended:
        call("administrator", "duplicates", "--min-score", "7")
    assert ended.value.code == 2


def test_results_and_vital_signs_carry_their_flags_and_the_reading_is_on_record(worked: Worked, asked: Asked) -> None:
    rows = asked("doctor", "flags", "--patient", worked.seen.lower())
    assert all(set(row) - {"abnormal"} == {"loinc", "value", "unit", "flag"} for row in rows)
    assert {row["flag"] for row in rows} <= {"N", "L", "H", "LL", "HH", "none"}
    assert "8480-6" in {row["loinc"] for row in rows}, "the systolic pressure"
    assert "chart flags.flags" in seen_by(asked, worked.seen)


def test_a_number_written_down_wrong_is_told_from_one_that_nobody_has(worked: Worked, call: Call) -> None:
    wrong = worked.seen[:-1] + ("A" if worked.seen[-1] != "A" else "B")
    code, out, err = call("doctor", "flags", "--patient", wrong, "--json")
    assert (code, out) == (3, "")
    assert "written down wrong" in err
    assert "(mrn)" in err
    code, _out, err = call("doctor", "flags", "--patient", "H-4711")
    assert code == 3
    assert "no patient" in err


def test_what_a_role_may_not_see_is_refused_before_it_is_read(worked: Worked, asked: Asked, call: Call) -> None:
    for words in (
        ("flags", "--patient", worked.seen),
        ("check", "prescription", "--patient", worked.seen, "--current"),
    ):
        code, out, err = call("cashier", *words)
        assert (code, out) == (3, "")
        assert "role" in err
    assert not [
        what for what in seen_by(asked, worked.seen) if what.startswith(("chart flags", "chart prescribing.check"))
    ]


def test_a_wrong_password_is_refused(worked: Worked, call: Call) -> None:
    (worked.profile.parent / "password").write_text("not the password at all\n")
    assert call("doctor", "counts")[0] == 3


def test_the_check_names_tier_kind_source_and_pack(worked: Worked, asked: Asked) -> None:
    rows = asked(
        "doctor", "check", "prescription", "--patient", worked.seen, "--drug", "ibuprofen", "--dose", "5 g q4h"
    )
    assert all(set(row) == {"tier", "kind", "drug", "with", "source", "pack"} for row in rows)
    dose = next(row for row in rows if row["kind"] == "dose")
    assert dose["drug"] == "ibuprofen"
    assert dose["source"]
    assert dose["pack"]
    usual = asked(
        "doctor", "check", "prescription", "--patient", worked.seen, "--drug", "ibuprofen", "--dose", "200 mg tds"
    )
    assert "dose" not in {row["kind"] for row in usual}


def test_a_stop_is_an_exit_code_of_its_own(worked: Worked, call: Call) -> None:
    for dose, code in (("5 g q4h", 1), ("200 mg tds", 0)):
        words = ("--patient", worked.seen, "--drug", "ibuprofen", "--dose", dose)
        assert call("doctor", "check", "prescription", *words)[0] == code


def test_what_is_not_known_says_not_checked_and_never_nothing(worked: Worked, asked: Asked) -> None:
    for words in (("--drug", "zzunheardof"), ("--drug", "ibuprofen", "--dose", "a little now and then")):
        rows = asked("doctor", "check", "prescription", "--patient", worked.seen, *words)
        assert "not checked" in {row["kind"] for row in rows}


def test_what_is_taken_now_is_checked_against_itself_once(worked: Worked, asked: Asked) -> None:
    rows = asked("doctor", "check", "prescription", "--patient", worked.seen, "--current")
    assert "duplicate" not in {row["kind"] for row in rows}, "nothing is a duplicate of itself"


def test_counts_are_one_document_on_standard_output_and_nothing_else(worked: Worked, call: Call) -> None:
    code, out, _err = call("administrator", "--json", "counts")
    assert code == 0
    assert json.loads(out)["patients"] == 3


def test_a_name_moves_no_cursor_of_the_terminal(worked: Worked, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(worked.profile, None, None, as_json=False)
    terminal.answer([], ["EVIL\x1b[2J\u202egnp.exe\x9b1m, Ada\t1975\nnext"])
    terminal.progress("\x1b]0;owned\x07")
    said = capsys.readouterr()
    assert said.out == "EVIL[U+001B][2J[U+202E]gnp.exe[U+009B]1m, Ada\t1975\nnext\n"
    assert said.err == "[U+001B]]0;owned[U+0007]\n"


def test_where_whoever_reads_has_enough_nothing_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(Path("nowhere"), None, None, as_json=False)
    reading, writing = os.pipe()
    os.close(reading)  # as `| head` does
    with open(writing, "w", encoding="utf-8") as out:  # noqa: PTH123 - a pipe has no path
        monkeypatch.setattr("sys.stdout", out)
        terminal.answer(None, ["a line"] * 20_000)
        terminal.answer(None, ["and once more"])
