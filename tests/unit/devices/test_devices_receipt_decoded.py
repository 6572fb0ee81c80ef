"""Receipts as a decoder that we did not write reads them: every command whole, the words, the dots, the code, the cut.

npos (MIT) is looked for where node finds its packages, or in NODE_PATH. Its table of commands is older than symbols of
two dimensions (GS ( k): that one line is added to it, with the length rule that all commands of this form share.
"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clinic_desktop.devices.receipt_printer import protocol
from clinic_desktop.domain import cards
from clinic_desktop.domain.plates import Bits, Words
from tests.unit.reports import label_samples as samples

NODE = shutil.which("node")
DECODER = """
const rules = require('npos/lib/parser/rules');
rules[require('npos/lib/parser/symbols').GS]['(k'] = [0, 'd16'];
const fs = require('fs');
const parser = require('npos').parser(rules);
const told = [];
const one = file => {
  const raw = fs.readFileSync(file);
  return parser.parse(raw).then(read => told.push({
    commands: read.tree.filter(node => node.ascii !== 'STX').map(node => [
      node.ascii + node.fn, raw.slice(node.offset, node.offset + node.length).toString('base64')]),
    words: read.entries.filter(entry => entry.type === 'text').map(entry => entry.data.toString('latin1')),
    pictures: read.entries.filter(entry => entry.type === 'raster').map(entry => {
      const rows = [];
      for (let y = 0; y < entry.data.height; y++) {
        let row = '';
        for (let x = 0; x < entry.data.width; x++) row += entry.data.getPixel(x, y) === 0 ? '1' : '0';
        rows.push(row);
      }
      return rows;
    }),
  }));
};
const files = JSON.parse(process.argv[1]);
files.reduce((before, file) => before.then(() => one(file)), Promise.resolve())
  .then(() => fs.writeFileSync(process.argv[2], JSON.stringify(told)))
  .catch(error => { console.error(error.message); process.exit(1); });
"""


def dots(bits: Bits) -> list[str]:
    """The rows of a picture, a letter a dot."""
    rows = (bits.rows[at : at + bits.stride] for at in range(0, len(bits.rows), bits.stride))
    return ["".join(f"{byte:08b}" for byte in row)[: bits.width] for row in rows]


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Any]:
    """Every sample on both rolls, read in one run."""
    if NODE is None:
        pytest.skip("node is not installed")
    known = [NODE, "-e", "require.resolve('npos')"]
    if subprocess.run(known, capture_output=True, check=False, env={**os.environ}).returncode:
        pytest.skip("the package npos is not installed")
    folder = tmp_path_factory.mktemp("receipts")
    wanted: dict[tuple[str, int], Path] = {}
    for who, name in samples.NAMES.items():
        for roll in protocol.HEADS:
            file = wanted[who, roll] = folder / f"{who}{roll}.bin"
            file.write_bytes(protocol.encode(samples.receipt(name, roll).plates(203), roll, copies=2, drawer=True))
    out = folder / "told.json"
    run = [NODE, "--no-deprecation", "-e", DECODER, json.dumps([str(file) for file in wanted.values()]), str(out)]
    ended = subprocess.run(run, check=False, timeout=120, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return dict(zip(wanted, json.loads(out.read_text(encoding="utf-8")), strict=True))


def test_every_command_of_every_receipt_is_one_that_others_know_and_the_paper_is_cut_once_for_each(
    decoded: dict[tuple[str, int], Any],
) -> None:
    for (who, roll), told in decoded.items():
        names = [name for name, _bytes in told["commands"]]
        assert (names.count("GSV"), names.count("ESCp"), names.count("ESC@")) == (2, 1, 1), (who, roll)
        assert set(names) <= {"ESC@", "ESCp", "ESCJ", "ESC!", "ESCE", "ESCa", "ESCt", "ESCd", "GSv0", "GS(k", "GSV"}


def test_the_words_and_the_code_that_others_read_are_those_of_the_receipt(decoded: dict[tuple[str, int], Any]) -> None:
    for (who, roll), told in decoded.items():
        words = "".join(told["words"])
        for part in (samples.PAYMENT, "USD 125.50", "Change", "74.50"):
            assert words.count(part) >= 2, (who, roll, part)
        assert all(word.isprintable() and word.isascii() for word in words.split("\n"))
        kept = [base64.b64decode(data) for name, data in told["commands"] if name == "GS(k"]
        stored = [data[8:].rstrip(b"\0") for data in kept if data[5:7] == b"1P"]
        assert stored == [cards.write("receipt", samples.PAYMENT).encode()] * 2, (who, roll)


def test_a_name_that_is_drawn_has_the_very_dots_in_the_picture_that_others_read(
    decoded: dict[tuple[str, int], Any],
) -> None:
    for who in ("chinese", "arabic", "hindi", "thai", "amharic"):
        (plate, *_more) = samples.receipt(samples.NAMES[who], 80).plates(203)
        drawn = [
            [row.count("1") for row in dots(part.bits)]
            for part in plate.parts
            if isinstance(part, Words) and not part.text and part.bits.height
        ]
        assert drawn, who
        read = [[row.count("1") for row in picture] for picture in decoded[who, 80]["pictures"]]
        assert all(any(_holds(picture, rows) for picture in read) for rows in drawn), who


def _holds(picture: list[int], rows: list[int]) -> bool:
    """Whether the inked rows stand in a picture one beneath another, dot for dot in number."""
    return any(picture[at : at + len(rows)] == rows for at in range(len(picture) - len(rows) + 1))
