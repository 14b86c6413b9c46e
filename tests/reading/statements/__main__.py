"""Judges random statements and prints where the verifier and brute force disagree, and what share is decided.

Ends with status 1 where any statement is judged other than brute force allows, or too little of what it decides is decided:
less than 95% of all, or less than 85% of those of one line of the table.

python -m tests.reading.statements --number 100000 --seed 0
"""

import argparse
import sys
from collections import Counter, defaultdict

from tests.reading.statements.judged import EXAMPLES, OVERALL, SINGLE, Statement, Tallies, statements


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000, help="statements in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the tiles and the statements (default: %(default)s)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="examples of each kind of disagreement")
    parser.add_argument("--undecided", type=int, default=0, help="examples of what is not decided, for each line of the table")
    args = parser.parse_args()
    tallies = Tallies()
    wrong: defaultdict[tuple[str, ...], list[Statement]] = defaultdict(list)
    undecided: defaultdict[str, list[Statement]] = defaultdict(list)
    for one in statements(args.number, args.seed):
        tallies.add(one)
        if one.disagrees:
            wrong[one.label, one.verdict, *one.kinds].append(one)
        elif one.undecided:
            for kind in one.kinds:
                undecided[kind].append(one)
    print(tallies.table())
    groups = Counter({key: len(found) for key, found in wrong.items()})
    for key, number in groups.most_common():
        print(f"\n{number} x {key[0]}, called {key[1]}: {', '.join(key[2:])}")
        for one in sorted(wrong[key], key=lambda one: len(one.text))[: args.examples]:
            print(one)
    for kind, found in sorted(undecided.items()):
        for one in sorted(found, key=lambda one: len(one.text))[: args.undecided]:
            print(f"\nundecided, {kind}:\n{one}")
    good = not wrong and tallies.decided() >= OVERALL and not tallies.low()
    low = ", ".join(tallies.low()) or "none"
    print(f"\n{sum(groups.values())} disagreements; decided {tallies.decided():.1%}; below {SINGLE:.0%}: {low}")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
