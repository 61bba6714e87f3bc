"""Prints what share of each field is right, beside the floor; ``--raise`` writes a higher floor.

python -m tests.judgement [-v] [--raise] [strangers] [cases] [tags]
"""

from __future__ import annotations

import argparse
import sys

from tests.judgement.floor import ROOMS, floor, keep, score_of
from tests.judgement.score import lost, table


def main() -> int:
    """Exit status 1 where a share is below the floor."""
    ask = argparse.ArgumentParser(prog="python -m tests.judgement", description=__doc__)
    ask.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(ROOMS))
    ask.add_argument("-v", action="store_true", help="say what is wrong")
    ask.add_argument("--raise", dest="higher", action="store_true", help="write a higher floor")
    given = ask.parse_args()
    rooms = given.rooms or [*ROOMS]
    score, known = score_of(rooms), floor(rooms)
    shares = score.shares()
    print(*table(shares, known), sep="\n")
    if given.v:
        print("", *sorted(score.faults), sep="\n")
    below = [*lost(shares, known)]
    if below:
        print("\nBelow the floor:", *below, sep="\n")
    elif given.higher:
        keep(shares)
    return bool(below)


if __name__ == "__main__":
    sys.exit(main())
