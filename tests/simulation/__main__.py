"""Run schedules: `python -m tests.simulation --schedules 10000 [--first 0] [--seed N]`."""

import argparse
import sys
import time

from tests.simulation.runner import Report, run_many, run_one

EVERY = 1_000  # schedules, between two lines of progress


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="one schedule, told in full")
    options = parser.parse_args()
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
