"""Damages real logs for a while: ``python -m tests.fuzz --minutes 60``; ``--seed 5``: one round."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import time

from tests.fuzz.campaign import round_of


def main() -> int:
    """0: nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument("--seed", type=int, help="this round alone, with what it writes to the log")
    parser.add_argument("--first", type=int, default=0, help="the seed to begin with (default: 0)")
    asked = parser.parse_args()
    if asked.seed is None:
        logging.disable(logging.ERROR)
    until, wrong, rounds = time.monotonic() + 60.0 * asked.minutes, 0, 0
    for seed in [asked.seed] if asked.seed is not None else itertools.count(asked.first):
        rounds += 1
        for each in round_of(seed):
            wrong += 1
            sys.stdout.write(f"{each}\n")
            sys.stdout.flush()
        if time.monotonic() > until:
            break
    sys.stdout.write(f"{rounds:,} rounds, {wrong:,} failures.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
