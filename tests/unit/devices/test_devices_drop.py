"""The folder of an analyser: a file is taken once it is whole, and once; what no profile knows is set aside."""

import os
from pathlib import Path

import pytest

from clinic_desktop import paths
from clinic_desktop.devices.drop import simulator
from clinic_desktop.devices.drop.listener import Folder
from clinic_desktop.devices.drop.protocol import LARGEST, UnreadableError, read, tables
from clinic_desktop.domain import devices as rules
from clinic_desktop.services import devices
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.store.tables.devices import device_results
from clinic_desktop.store.tables.laboratory import lab_results, specimens
from tests.unit.devices.device_case import corpus
from tests.unit.services.lab_case import Lab

KNOWN = tables(paths.resources() / "analysers" / "tables")
NAMED = "Specimen,MRN,Name,Birth date,Test,Result,Unit,Flag,Range,Time\n"


def folder(lab: Lab, path: Path) -> Folder:
    def keep(message: ReceivedMessage) -> None:
        devices.file_message(lab.anna, devices.receive_message(lab.anna, message).message_id)

    made = Folder(path, keep, KNOWN, every=60)
    made.start()
    made.stop()
    return made


@pytest.mark.parametrize(
    ("name", "rows", "controls"),
    [
        ("elisa_results_example.csv", 26, 6),
        ("generic_analyzer_example.csv", 16, 0),
        ("matching_elisa_example.csv", 12, 3),
        ("matching_elisa_example2.csv", 3, 0),
        ("multiskan-fc-e2e-results.csv", 5, 2),
        ("wondfo-finecare-e2e-results-demo.csv", 3, 0),
    ],
)
def test_every_row_of_the_shared_files_is_kept_and_none_files_itself_without_a_patient(
    lab: Lab, tmp_path: Path, name: str, rows: int, controls: int
) -> None:
    looking = folder(lab, tmp_path)
    simulator.play_file(tmp_path, corpus("analyzer_files") / name)
    assert (looking.look(), looking.look()) == (0, 1)
    states = [row.state for row in lab.rows(device_results)]
    assert (len(states), states.count("control"), states.count("review")) == (rows, controls, rows - controls)
    assert [one.name.split(".")[0] for one in (tmp_path / "done").iterdir()] == [name.split(".", maxsplit=1)[0]]


def test_a_row_that_names_specimen_and_patient_is_entered_for_its_order(lab: Lab, tmp_path: Path) -> None:
    order = lab.collected("glucose")
    number = lab.rows(specimens)[0].number
    row = f'{number},G-1,"Otieno, Grace",1986-01-05,GLU,98,mg/dL,N,74-106,2026-03-10 08:00:00\n'
    looking = folder(lab, tmp_path)
    simulator.play(tmp_path, "a.csv", NAMED + row)
    looking.look()
    looking.look()
    assert lab.test(order, "glucose").status == "resulted"
    assert lab.rows(lab_results)[0].value == "98"


def test_a_file_that_comes_again_is_taken_once_and_one_that_grows_is_waited_for(lab: Lab, tmp_path: Path) -> None:
    looking = folder(lab, tmp_path)
    text = simulator.SAMPLE.format(order="L1", at="2026-03-10 08:00:00")
    for _time in range(2):
        simulator.play(tmp_path, "a.csv", text)
        looking.look()
        looking.look()
    assert len(lab.rows(device_results)) == 1
    assert len(list((tmp_path / "done").iterdir())) == 2
    (tmp_path / "b.csv").write_text(text)
    looking.look()
    (tmp_path / "b.csv").write_text(text + "A2,L2,5.3,mg/dL,3.5-7.0,Normal,2026-03-10 08:00:01\n")
    assert (looking.look(), looking.look()) == (0, 1)


def test_what_no_profile_knows_is_set_aside_with_the_reason_and_links_are_left(lab: Lab, tmp_path: Path) -> None:
    looking = folder(lab, tmp_path)
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    (tmp_path / "binary.csv").write_bytes(b"\0\1\2" * 100)
    (tmp_path / "secret.csv").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.csv")
    looking.look()
    assert looking.look() == 2
    assert sorted(one.name for one in (tmp_path / "refused").iterdir()) == [
        "binary.refused.csv", "binary.refused.csv.why", "odd.refused.csv", "odd.refused.csv.why",
    ]  # fmt: skip
    assert (tmp_path / "secret.csv").is_symlink()
    assert lab.rows(device_results) == []


def test_a_file_that_could_not_be_kept_stays_and_is_tried_again(lab: Lab, tmp_path: Path) -> None:
    tried: list[ReceivedMessage] = []

    def keep(message: ReceivedMessage) -> None:
        tried.append(message)
        if len(tried) == 1:
            raise OSError("full")

    looking = Folder(tmp_path, keep, KNOWN, every=60)
    looking.start()
    looking.stop()
    simulator.play(tmp_path, "a.csv", simulator.SAMPLE.format(order="L1", at="2026-03-10 08:00:00"))
    looking.look()
    looking.look()
    assert (tmp_path / "a.csv").exists()
    looking.look()
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\0", b"a" * (LARGEST + 1), b"Lab_Number,Test_Result,Units\n", b'"' * 200_000]
)
def test_what_is_no_table_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(content, KNOWN, "file")


def test_a_table_without_a_test_waits_for_somebody_who_knows(lab: Lab, tmp_path: Path) -> None:
    looking = folder(lab, tmp_path)
    simulator.play(tmp_path, "a.csv", simulator.SAMPLE.format(order="L1", at="x"))
    looking.look()
    looking.look()
    (item,) = devices.review_list(lab.anna)
    assert item.why == "the table does not say which test this is"
    assert item.why != rules.NO_PERSON
