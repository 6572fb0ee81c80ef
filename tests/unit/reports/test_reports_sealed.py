"""A sealed paper opens with its password alone, in readers that are not ours."""

import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.constants import UserAccessPermissions

from clinic_desktop.reports.page import A4, ClinicHead, Paper, Printed
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.services.sharing import new_password

WORDS = "Allergic to penicillin: Łukasz, محمد, 王"


def paper(seal: Seal | None) -> bytes:
    made = Paper(A4, ClinicHead("Clinic"), Printed(datetime(2026, 3, 10, tzinfo=UTC), "Dr One"), "Health summary")
    for n in range(120):
        made.say(f"{n} {WORDS}")
    return made.finish(seal=seal)


def test_the_password_opens_it_and_gives_every_word_back() -> None:
    password = new_password()
    sealed = paper(Seal(password))
    reader = PdfReader(io.BytesIO(sealed))
    assert reader.is_encrypted
    assert reader.decrypt(password)
    plain = PdfReader(io.BytesIO(paper(None)))
    assert [page.extract_text() for page in reader.pages] == [page.extract_text() for page in plain.pages]
    assert reader.metadata is not None
    assert reader.metadata.title == "Health summary"
    document = pypdfium2.PdfDocument(sealed, password=password)
    assert "Allergic to penicillin" in document[0].get_textpage().get_text_range()


@pytest.mark.parametrize("wrong", ["", "0000-0000-0000-0000-0000-0000", "lower"])
def test_another_password_opens_nothing(wrong: str) -> None:
    password = new_password()
    sealed = paper(Seal(password))
    assert not PdfReader(io.BytesIO(sealed)).decrypt(wrong if wrong != "lower" else password.lower())
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(sealed, password=wrong or None)


def test_nothing_of_it_stands_in_clear() -> None:
    sealed = paper(Seal(new_password()))
    for words in (b"Health", b"penicillin", b"Clinic Desktop", b"Adobe", b"Identity)"):
        assert words not in sealed
    assert sealed.startswith(b"%PDF-2.0")
    assert re.search(rb"/R 6\b", sealed)
    assert re.search(rb"/V 5\b", sealed)


def test_two_of_the_same_paper_share_no_block() -> None:
    seal = Seal(new_password())
    one, other = paper(seal), paper(seal)
    streams = [set(re.findall(rb"(?<!end)stream\n(.{64})", each, re.DOTALL)) for each in (one, other)]
    assert streams[0]
    assert not streams[0] & streams[1]


@pytest.mark.parametrize(("may_print", "may_copy"), [(False, False), (True, False), (False, True), (True, True)])
def test_what_the_reader_is_asked_to_allow(may_print: bool, may_copy: bool) -> None:
    password = new_password()
    reader = PdfReader(io.BytesIO(paper(Seal(password, may_print=may_print, may_copy=may_copy))))
    reader.decrypt(password)
    allowed = reader.user_access_permissions
    assert allowed is not None
    assert (UserAccessPermissions.PRINT in allowed) == may_print
    assert (UserAccessPermissions.EXTRACT in allowed) == may_copy
    assert UserAccessPermissions.MODIFY not in allowed


def test_a_third_reader_opens_it(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    password = new_password()
    file = tmp_path / "sealed.pdf"
    file.write_bytes(paper(Seal(password)))
    told = subprocess.run(["pdftotext", "-upw", password, str(file), "-"], capture_output=True, check=True)
    assert b"Allergic to penicillin" in told.stdout
    assert subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=False).returncode != 0


def test_passwords_are_long_and_never_the_same() -> None:
    drawn = {new_password() for _ in range(500)}
    assert len(drawn) == 500
    assert all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", one) for one in drawn)
