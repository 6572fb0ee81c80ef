"""Run schedules: `python -m tests.simulation --schedules 10000 [--first 0] [--seed N]`; or a clinic that was offline:
`--offline 20000 --days 90`.
"""

import argparse
import sys
import time

from tests.simulation import offline, offline_checks
from tests.simulation.runner import Report, run_many, run_one

EVERY = 1_000  # schedules, between two lines of progress


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="one schedule, told in full")
    parser.add_argument("--offline", type=int, help="a clinic of so many patients loses the network, and drains")
    parser.add_argument("--days", type=int, default=90, help="for how many days it is offline")
    parser.add_argument("--scale", type=float, default=1.0, help="its daily work: 1 is that of a clinic of 20,000")
    options = parser.parse_args()
    if options.offline is not None:
        away, seconds = offline.played(options.offline, options.days, options.scale)
        wrong = offline_checks.wrong(away)
        sys.stdout.write("\n".join([offline.report(away, seconds), *wrong[:40], f"{len(wrong)} violations"]) + "\n")
        return bool(wrong)
    if options.seed is not None:
        one = run_one(options.seed)
        sys.stdout.write("\n".join(one.wrong or ["nothing is wrong"]) + "\n")
        return bool(one.wrong)
    begun = time.perf_counter()

    def progress(report: Report) -> None:
        if report.schedules % EVERY == 0:
            text = report.text(time.perf_counter() - begun)
            sys.stdout.write(f"{text}\n\n" if report.failed else f"{text.partition(chr(10))[0]}, none is wrong\n")
            sys.stdout.flush()

    report = run_many(range(options.first, options.first + options.schedules), after_each=progress)
    sys.stdout.write(report.text(time.perf_counter() - begun) + "\n")
    return bool(report.failed)


if __name__ == "__main__":
    sys.exit(main())
