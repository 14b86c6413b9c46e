"""Texts in plain English for clauses, each in several wordings."""

import random

from tests.reading.statements.meanings import (
    Again,
    AnyClause,
    Clause,
    Compared,
    Denied,
    Members,
    Noun,
    Only,
    Rest,
    Shared,
    Target,
)
from tests.reading.statements.properties import EVERY, Property

NOUNS: dict[str, tuple[tuple[str, str], ...]] = {
    "ship": (("ship", "ships"), ("ship", "ships"), ("vessel", "vessels"), ("boat", "boats")),
    "tanker": (("tanker", "tankers"),),
    "cargo ship": (("cargo ship", "cargo ships"), ("freighter", "freighters")),
    "container ship": (("container ship", "container ships"),),
    "fishing vessel": (("fishing vessel", "fishing vessels"), ("fishing boat", "fishing boats")),
    "aircraft": (("aircraft", "aircraft"), ("airplane", "airplanes"), ("plane", "planes")),
    "airliner": (("airliner", "airliners"),),
    "helicopter": (("helicopter", "helicopters"),),
    "bridge": (("bridge", "bridges"),),
    "harbor": (("harbor", "harbors"), ("harbour", "harbours")),
    "tank": (("storage tank", "storage tanks"), ("tank", "tanks")),
    "vehicle": (("vehicle", "vehicles"),),
    "car": (("car", "cars"),),
}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROWS = {1: ("upper", "top"), 2: ("middle", "center"), 4: ("lower", "bottom")}
_COLUMNS = {1: "left", 2: "center", 4: "right"}
_SIDE = {(1, EVERY): "top", (4, EVERY): "bottom", (EVERY, 1): "left", (EVERY, 4): "right"}
_RELATIONS = {
    "left of": ("to the left of", "left of"),
    "right of": ("to the right of", "right of"),
    "above": ("above",),
    "below": ("below", "beneath"),
    "near": ("near", "close to"),
    "far from": ("far from", "far away from"),
    "next to": ("next to", "beside", "adjacent to"),
}


class Wording:
    """Draws the words of one text. A class has the same noun in all of it."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self._nouns: dict[str, tuple[str, str]] = {}

    def text(self, clauses: tuple[AnyClause, ...]) -> str:
        """The text of the clauses."""
        text = self.clause(clauses[0])
        for clause in clauses[1:]:
            colon = isinstance(clause, Shared) and not clause.rest
            joint = self.draw.choice((": ", ". ") if colon else (". ", ". ", "; ", ", and "))
            more = self.clause(clause)
            text += joint + (more[0].upper() + more[1:] if joint == ". " else more)
        return f"{text[0].upper()}{text[1:]}."

    def clause(self, clause: AnyClause) -> str:
        match clause:
            case Clause():
                return self._clause(clause)
            case Again():
                return self._again(clause)
            case Rest():
                return self._rest(clause)
            case Shared():
                return self._shared(clause)
            case Members():
                return self._members(clause)
            case Only():
                return f"only {self.noun(clause.name, True)} {self.verbs(clause.said, True)}"
            case Compared():
                return self._compared(clause)
            case Denied():
                denied = self.draw.choice(("it is not the case that", "it is not true that"))
                return f"{denied} {self._clause(clause.clause)}"

    # Nouns

    def noun(self, name: str, plural: bool) -> str:
        if name not in self._nouns:
            self._nouns[name] = self.draw.choice(NOUNS[name])
        return self._nouns[name][plural]

    def phrase(self, noun: Noun, plural: bool) -> str:
        words = [*(self._adjective(one) for one in noun.before), self.noun(noun.name, plural)]
        words += [self._behind(one) for one in noun.after]
        if noun.relative:
            words.append(f"{self.draw.choice(('that', 'which'))} {self.verbs(noun.relative, plural)}")
        return " ".join(words)

    def _adjective(self, one: Property) -> str:
        return one.word if one.kind == "orientation" else f"{one.length_m:g} m long"

    def _behind(self, one: Property) -> str:
        return self.relation(one) if one.target else self.place(one)

    def relation(self, one: Property) -> str:
        assert one.target is not None
        return f"{self.draw.choice(_RELATIONS[one.kind])} {self._target(one.target)}"

    def _target(self, target: Target) -> str:
        phrase = self.phrase(target.noun, False)
        return f"the {phrase}" if target.definite else article(phrase)

    def place(self, one: Property) -> str:
        """ "in the upper left", "along the top edge"."""
        choice, side = self.draw.choice, _SIDE.get((one.rows, one.columns), "")
        image = choice(("", "", " of the image"))
        if one.kind == "cell":
            if one.rows == one.columns == 2:
                return choice(("in the center", "at the center", "in the middle of the image", "in the center of the image"))
            name = f"{choice(_ROWS[one.rows])} {_COLUMNS[one.columns]}"
            return f"{choice(('in the', 'in the', 'at the'))} {name}{choice(('', '', ' part'))}{image}"
        if one.kind == "side":
            if one.columns == EVERY:
                return f"at the {side}{image}" if choice((0, 1)) else f"in the {choice(_ROWS[one.rows])} part{image}"
            return f"{choice((f'on the {side}', f'on the {side} side'))}{image}"
        if one.kind == "half":
            words = _ROWS[one.rows] if one.columns == EVERY else (side,)
            return f"in the {choice(words)} half{image}"
        return f"{choice(('along', 'at'))} the {side} edge{image}"

    # What is said

    def verbs(self, said: tuple[Property, ...], plural: bool) -> str:
        """ "is horizontal and lies in the center", "lies in the upper left, not in the center"."""
        if len(said) == 2 and {one.kind for one in said} <= {"cell", "side"} and said[0].negated != said[1].negated:
            first, second = said
            be = "are" if plural else "is"
            if second.negated:
                return f"{self._verb(plural)} {self.place(first)}, {self.draw.choice(('not', 'and not'))} {self.place(second)}"
            return f"{be} not {self.place(first)} but {self.place(second)}"
        return " and ".join(self._said(one, plural) for one in said)

    def _verb(self, plural: bool) -> str:
        return self.draw.choice(("are", "are", "are located", "lie") if plural else ("is", "is", "is located", "lies"))

    def _said(self, one: Property, plural: bool) -> str:
        be = ("are" if plural else "is") + (" not" if one.negated else "")
        choice = self.draw.choice
        if one.kind == "orientation":
            return choice((f"{be} {one.word}", f"{be} oriented {one.word}ly"))
        if one.kind == "length":
            about = choice(("", "about "))
            return f"{be} {about}{one.length_m:g} m long"
        if one.kind == "class":
            return f"{be} {self.noun(one.word, True) if plural else article(self.noun(one.word, False))}"
        words = self.relation(one) if one.target else self.place(one)
        return f"{be if one.negated else self._verb(plural)} {words}"

    # Clauses

    def number(self, number: int) -> str:
        return str(number) if self.draw.random() < 0.2 else NUMBERS[number]

    def _clause(self, clause: Clause) -> str:
        subject, plural = self.subject(clause)
        if clause.said:
            return f"{subject} {self.verbs(clause.said, plural)}"
        return self._exist(subject, plural, clause)

    def _exist(self, subject: str, plural: bool, clause: Clause) -> str:
        be = "are" if plural else "is"
        front = clause.noun.after and not clause.noun.relative and not clause.noun.after[0].target
        if front and self.draw.random() < 0.4:
            bare = self.subject(Clause(clause.amount, Noun(clause.noun.name, clause.noun.before)))[0]
            return f"{self.place(clause.noun.after[0])}, there {be} {bare}"
        frames = (
            *(f"there {be} {subject}",) * 3,
            f"{subject} {be} visible",
            f"{subject} can be seen",
            f"the image shows {subject}",
            f"the image contains {subject}",
        )
        return self.draw.choice(frames)

    def subject(self, clause: Clause) -> tuple[str, bool]:
        """The noun phrase, and whether its verb is plural."""
        amount, n, choice = clause.amount, clause.amount.number, self.draw.choice
        word = amount.word

        def phrase(plural: bool) -> str:
            return self.phrase(clause.noun, plural)

        if word == "a":
            return article(phrase(False)), False
        if word in ("number", "exactly", "at least", "more", "at most", "fewer"):
            return f"{self._amount(word, n)} {phrase(n != 1)}", n != 1
        if word == "plural":
            return phrase(True), True
        if word == "no":
            plural = choice((True, False))
            return f"no {phrase(plural)}", plural
        if word == "all":
            return f"{choice(('all', 'all the', 'all of the'))} {phrase(True)}", True
        if word == "each":
            return f"{choice(('every', 'each'))} {phrase(False)}", False
        if word == "both":
            return f"{choice(('both', 'both of the'))} {phrase(True)}", True
        if word == "most":
            return f"{choice(('most', 'most of the'))} {phrase(True)}", True
        if word == "none":
            plural = choice((True, False))
            return f"none of the {phrase(True)}", plural
        if word == "not all":
            return f"{choice(('not all', 'not all of the'))} {phrase(True)}", True
        if word == "part":
            return f"{self.number(n)} of the {self.number(amount.whole) + ' ' if amount.whole else ''}{phrase(True)}", n != 1
        if word == "the number":
            return f"the {self.number(n)} {phrase(True)}", True
        if word == "the plural":
            return f"the {phrase(True)}", True
        if word == "not but":
            return f"not {self.number(amount.whole)} but {self.number(n)} {phrase(n != 1)}", n != 1
        return f"{word} {phrase(False)}", False

    def _amount(self, word: str, n: int) -> str:
        number = self.number(n)
        words = {
            "number": (number,),
            "exactly": (f"exactly {number}", f"only {number}", f"just {number}"),
            "at least": (f"at least {number}", f"no fewer than {number}"),
            "more": (f"more than {number}",),
            "at most": (f"at most {number}", f"no more than {number}"),
            "fewer": (f"fewer than {number}", f"less than {number}"),
        }
        return self.draw.choice(words[word])

    def _again(self, clause: Again) -> str:
        word, n, choice = clause.amount.word, clause.amount.number, self.draw.choice
        if word == "it":
            if n == 1:
                subject = f"the {self.noun(clause.noun, False)}" if clause.noun else "it"
            elif clause.noun:
                subject = f"the {self.number(n)} {self.noun(clause.noun, True)}"
            else:
                subject = choice(("they", "all of them", *(("both", "both of them") if n == 2 else ())))
            return f"{subject} {self.verbs(clause.said, n != 1)}"
        if word == "part":
            return f"{self.number(n)} of them {self.verbs(clause.said, n != 1)}"
        subject = {"none": "none of them", "most": "most of them", "not all": "not all of them"}[word]
        return f"{subject} {self.verbs(clause.said, True)}"

    def _rest(self, clause: Rest) -> str:
        word, n = clause.amount.word, clause.amount.number
        one, many = (f" {self.noun(clause.noun, plural)}" if clause.noun else "" for plural in (False, True))
        if word == "a":
            return f"another{one} {self.verbs(clause.said, False)}"
        if word == "number":
            if n == 1:
                return f"one other{one} {self.verbs(clause.said, False)}"
            return f"{self.number(n)} {f'other{many}' if many else 'others'} {self.verbs(clause.said, True)}"
        if word == "no":
            return f"no other {self.noun(clause.noun, False)} {self.verbs(clause.said, False)}"
        if word == "the":
            return f"the other{one} {self.verbs(clause.said, False)}"
        return f"{f'the other{many}' if many else 'the others'} {self.verbs(clause.said, True)}"

    def _shared(self, clause: Shared) -> str:
        if not clause.rest:
            parts = [f"{NUMBERS[number]} {self.place(said[0])}" for number, said in clause.parts]
            return ", ".join(parts[:-1]) + f" and {parts[-1]}"
        (number, said), (left, other) = clause.parts
        joint = self.draw.choice((" and ", ", ", "; "))
        first = f"{NUMBERS[number]}{self.draw.choice(('', ' of them'))} {self.verbs(said, number != 1)}"
        return f"{first}{joint}the {'other' if left == 1 else 'others'} {self.verbs(other, left != 1)}"

    def _members(self, clause: Members) -> str:
        subjects = [self.subject(one)[0] for one in clause.clauses]
        listed = ", ".join(subjects[:-1]) + f" and {subjects[-1]}"
        first = clause.clauses[0].amount
        be = "is" if first.word == "a" or first.number == 1 else "are"
        places = [self.place(one) for one in clause.said]
        if clause.front:
            return f"{places[0]}, there {be} {listed}"
        frames = (f"there {be} {listed}", f"the image shows {listed}", *(() if places else (f"{listed} are visible",)))
        return " ".join((self.draw.choice(frames), *places))

    def _compared(self, clause: Compared) -> str:
        one, other = self.noun(clause.one, True), self.noun(clause.other, True)
        if clause.word == "as many":
            return f"there are as many {one} as {other}"
        frames = [f"there are {clause.word} {one} than {other}"]
        if clause.word == "more":
            frames.append(f"{one} outnumber {other}")
        return self.draw.choice(frames)


def article(phrase: str) -> str:
    """ "a ship", "an aircraft"."""
    eight = phrase.split()[0] in ("8", "11", "18") or (phrase[0] == "8" and phrase.split()[0].isdigit())
    return f"{'an' if phrase[0] in 'aeiou' or eight else 'a'} {phrase}"
