"""`reference` as a script calls it: listed, described, replaced whole or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_desktop.paths import resources
from clinic_desktop.services.reference import KINDS
from tests.unit.cli.conftest import Call

Asked = Callable[..., list[dict[str, object]]]


def in_force(asked: Asked, kind: str) -> dict[str, object]:
    return next(pack for pack in asked("administrator", "reference", "list") if pack["kind"] == kind)


def test_every_kind_is_listed_with_its_pack_and_described(asked: Asked) -> None:
    assert [pack["kind"] for pack in asked("doctor", "reference", "list")] == list(KINDS)
    for kind in KINDS:
        fields = asked("nobody", "reference", "columns", kind)
        assert all({"name", "type", "required", "choices"} <= set(field) for field in fields)


def test_a_kind_is_replaced_and_says_what_that_did(asked: Asked, call: Call) -> None:
    file = resources() / "reference" / "interactions.csv"
    words = ("reference", "import", "interactions", str(file), "--name", "Licensed", "--version", "7", "--json")
    code, out, err = call("administrator", *words)
    assert code == 0, err
    done = json.loads(out)
    assert done["rows"] > 100
    assert done["problems"] == []
    assert (in_force(asked, "interactions")["name"], in_force(asked, "interactions")["version"]) == ("Licensed", "7")


def test_with_one_bad_cell_nothing_is_imported_and_the_cell_is_named(asked: Asked, call: Call, tmp_path: Path) -> None:
    before = in_force(asked, "prices")
    file = tmp_path / "prices.csv"
    file.write_text("code,name,kind,amount_minor,currency,source\nvisit,Visit,consultation,100,USD,us\n"
                    "x,X,consultation,ten,USD,us\n")  # fmt: skip
    code, out, _err = call("administrator", "reference", "import", "prices", str(file), "--json")
    assert code == 1
    (problem,) = json.loads(out)["problems"]
    assert (problem["line"], problem["cell"]) == (3, "amount_minor")
    assert in_force(asked, "prices") == before


def test_a_row_that_speaks_of_what_is_not_there_is_a_problem_too(asked: Asked, call: Call, tmp_path: Path) -> None:
    before = in_force(asked, "ranges")
    file = tmp_path / "ranges.csv"
    file.write_text("test,low,high,source\nno_such_test,1,2,us\n")
    code, out, _err = call("administrator", "reference", "import", "ranges", str(file), "--json")
    assert code == 1
    assert "no_such_test" in out
    assert in_force(asked, "ranges") == before


def test_only_an_administrator_imports(call: Call, tmp_path: Path) -> None:
    code, out, _err = call("doctor", "reference", "import", "prices", str(tmp_path / "none.csv"))
    assert (code, out) == (3, "")


def test_a_file_that_is_not_there_is_an_environment_error(call: Call, tmp_path: Path) -> None:
    assert call("administrator", "reference", "import", "prices", str(tmp_path / "none.csv"))[0] == 4


def test_a_kind_that_does_not_exist_is_wrong_use(call: Call) -> None:
    with pytest.raises(SystemExit) as ended:
        call("administrator", "reference", "columns", "poems")
    assert ended.value.code == 2
