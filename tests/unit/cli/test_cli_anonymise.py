"""Records for research by the command line."""

from pathlib import Path

from tests.unit.cli.conftest import Call, Worked


def test_without_consents_nothing_leaves_and_it_is_said_how_many_are_needed(
    call: Call, worked: Worked, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    words = ("anonymise", "--out", str(out), "--approval", "IRB-1", "--level", "full")
    code, _out, err = call("administrator", *words)
    assert (code, "0 people can be in this export" in err) == (3, True)
    assert call("nurse", *words)[0] == 3
    assert call("administrator", *words[:-1], "some")[0] == 3
    assert not out.exists()
