#!/usr/bin/env python3
"""Check an audit export of Clinic Desktop. Needs no key, no database and nothing but Python.

    python3 verify_audit.py EXPORT.jsonl [--head "journal A7=1234:HASH" ...]

Each link is hash = SHA-256(canonical([fields..., content_mac, previous hash])), where canonical is JSON in UTF-8 with
sorted keys and no spaces, and the hash before the first link is 32 zero bytes. A head noted earlier, on paper or in a
backup's manifest, shows that nothing was cut off the end. Exit code 0 when everything fits, 1 when not, 2 for wrong
use.
"""

import argparse
import hashlib
import json
import sys

ZERO = "00" * 32


def check(lines, noted):
    """Yield every fault of an export, as words."""
    first = json.loads(next(lines, "{}"))
    if first.get("format") != "clinic-audit-1":
        yield "this is not an audit export of Clinic Desktop"
        return
    last, count, end = {}, 0, None
    for number, text in enumerate(lines, 2):
        link = json.loads(text)
        if end is not None:
            yield f"line {number}: something follows the end"
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
    print("sound" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
