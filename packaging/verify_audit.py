#!/usr/bin/env python3
"""Check an audit export of Clinic Desktop. Needs no key, no database and nothing but Python.

    python3 verify_audit.py EXPORT.jsonl [--head "journal A7=1234:HASH" ...]

Each link is hash = SHA-256(canonical([fields..., content_mac, previous hash])), where canonical is JSON in UTF-8 with
sorted keys and no spaces, and the hash before the first link is 32 zero bytes. A head noted earlier, on paper or in a
backup's manifest, shows that nothing was cut off the end. Exit code 0 when everything fits, 1 when not, 2 for wrong
use. Without a noted head it can only say that the export fits together: who writes all of it anew, or cuts its end off
and says so, is found out by a head alone. `clinic-desktop audit verify` and `audit export` print the heads to note.
"""

import argparse
import hashlib
import json
import sys

ZERO = "00" * 32
LABELS = {"journal": ("clinic-journal-1", 11), "access": ("clinic-access-1", 8)}  # first field, and how many there are


def is_link(line):
    """Whether a line is a link of the chain that it names."""
    label, length = LABELS.get(line.get("chain"), (None, 0))
    return length > 0 and len(line.get("fields", ())) == length and line["fields"][0] == label


def check(lines, noted):
    """Yield every fault of an export, as words."""
    first = json.loads(next(lines, "{}"))
    if first.get("format") != "clinic-audit-1":
        yield "this is not an audit export of Clinic Desktop"
        return
    last, count, end = {}, 0, None
    for number, text in enumerate(lines, 2):
        link = json.loads(text)
        if end is not None or not (link.get("end") or is_link(link)):
            yield f"line {number}: this is no link of the journal or the access log, or it follows the end"
            return
        if link.get("end"):
            end = link
            continue
        count += 1
        chain = f"{link['chain']} {link['workstation']}"
        n, previous = last.get(chain, (0, ZERO))
        if link["n"] != n + 1 or link["fields"][2] != link["n"] or link["fields"][1] != link["workstation"]:
            yield f"line {number}: {chain} {link['n']} follows {n}"
        body = json.dumps(
            [*link["fields"], link["content_mac"], previous], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        if hashlib.sha256(body.encode()).hexdigest() != link["hash"]:
            yield f"line {number}: {chain} {link['n']} was changed, or is not what followed"
        last[chain] = (link["n"], link["hash"])
        if chain in noted and noted[chain][0] == link["n"]:
            if noted[chain][1] != link["hash"]:
                yield f"line {number}: {chain} {link['n']} is not the head that was noted"
            del noted[chain]
    for name in LABELS.keys() - {chain.split()[0] for chain in last}:
        yield f"there is no link of the {name}"
    if end is None:
        yield "the end is missing: the export was cut off"
    elif end["links"] != count or {name: tuple(head) for name, head in end["heads"].items()} != last:
        yield "the end does not fit what stands before it"
    for chain, (n, _) in noted.items():
        yield f"{chain}: the link {n} that was noted is not there"


def main():
    """Read the arguments, print the faults."""
    parser = argparse.ArgumentParser(description="Check an audit export.")
    parser.add_argument("export")
    parser.add_argument("--head", action="append", default=[], metavar="CHAIN=N:HASH")
    arguments = parser.parse_args()
    noted = {}
    for head in arguments.head:
        chain, _, rest = head.partition("=")
        n, _, digest = rest.partition(":")
        noted[chain] = (int(n), digest)
    with open(arguments.export, encoding="utf-8") as lines:
        faults = list(check(lines, noted))
    for fault in faults:
        print(fault)
    compared = f"compared with {len(arguments.head)} noted heads" if arguments.head else "compared with no noted head"
    print(f"it fits together, {compared}" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
