"""Clauses and sentences in the shape of a sentence: what they state of which phrases."""

from collections.abc import Callable, Iterator

from sartext.narrate.read.comparisons import Comparisons
from sartext.narrate.read.meaning import CONTEXT, Phrase, Property, Statement
from sartext.narrate.read.readings import Reads, rule
from sartext.narrate.read.statements import INTRODUCED, Members, deny, exist, respectively, said_before, state

_FINITE = "vVX1"


class Clauses(Comparisons):
    """The clauses of one shape."""

    @rule()
    def sentence(self, at: int) -> Reads:
        """Clauses up to the end."""
        for stated, end in self.clause(at):
            rest = self.skip(end, ",:;")
            if rest >= len(self.shape):
                yield stated, len(self.shape)
                return
            for after in self.parted(end):
                for more, last in self.sentence(after):
                    yield stated + more, last
                    return

    def parted(self, at: int) -> Iterator[int]:
        """What follows what parts two clauses."""
        nor = self.skip(at, ",")
        if self.shape[nor : nor + 3] in ("/vH", "/VH"):
            yield nor
        if self.shape[at - 4 : at] == "nnnn" and self.code(at) in "kKb":
            yield at  # one box after the other
        if self.shape[at : at + 3] == "nfh":
            yield at  # "there are ships in it seven of them"
        after = self.skip(self.skip(at, ",:"), "&;W")
        if self.shape[0] == "N" and self.shape[at : at + 3] == ";Dn":
            return  # "no ship but the one in the center"
        if after > at:
            yield after
            if self.code(at) == "," and after > at + 1:
                yield at + 1

    # Lists of phrases

    @rule()
    def members(self, at: int) -> Reads:
        """Phrases joined by commas, "and", "with" or a colon; "no" is of all that follow it without a number of their own."""
        for one, end in self.phrase(at):
            for more, last in self._more(end, one.amount in ("none", "any")):
                yield (one, *more), last

    def _more(self, at: int, none: bool) -> Iterator[tuple[Members, int]]:
        for after in self._joints(at, none):
            if "fR" in self.shape[after : after + 4]:
                continue  # "two of which": a clause of its own
            for one, end in self.phrase(after):
                bare = none and one.amount == "plural" and not one.refers
                if self.code(after - 1) == "/" and not bare:
                    continue  # one of two things is said: neither is
                member = one._replace(amount="none") if bare else one  # "any" is denied as well
                for more, last in self._more(end, member.amount in ("none", "any")):
                    yield (member, *more), last
        yield (), at

    def _joints(self, at: int, none: bool) -> Iterator[int]:
        after = self.skip(self.skip(at, ",:"), "&/W" if none else "&W")
        if after > at:
            yield after
        if self.code(at) == "," and self.code(at + 1) == "/":
            yield at + 2

    # Clauses

    @rule()
    def clause(self, at: int) -> Reads:
        """One clause; the readings that say most of it first."""
        if self.code(at) == "¬":
            for stated, end in self.clause(at + 1):
                if len(stated) == 1 and not stated[0].scope and end == len(self.shape):  # of several: that one is not so
                    yield (stated[0]._replace(scope="denied"),), end
            return
        for rule_ in self._rules(at):
            for stated, end in rule_(at):
                for last in self._tail(end):
                    yield stated, last

    def _rules(self, at: int) -> list[Callable[[int], Reads]]:
        """The ways to read a clause that can begin with this code."""
        code = self.code(at)
        found: list[Callable[[int], Reads]] = []
        if code in "qDpc7":
            found.append(self._labelled)
        if self.compares:
            found.append(self.compared)
        if code not in "nNhkKbGABYZCEeJQtH":
            found.append(self._fronted)
        if code in "HvV/":
            found.append(self._there)
        if code in "DdI*hf":
            found.append(self._shown)
        found.append(self._said)
        if code in "iL":
            found.append(self._inverted)
        found.append(self._named)
        return found

    def _labelled(self, at: int) -> Reads:
        """ "upper left: two ships"; "the number of ships is three"."""
        for place, end in self.place(at):
            if self.code(end) == ":":
                for one, last in self.bare(end + 1):
                    if one.amount in INTRODUCED:
                        yield exist((one,), (place,), (at, last)), last
        if self.code(at) == "D" and self.code(at + 1) == "V":
            for _, end in self.image(at + 2):
                yield (), end  # "this is a radar image"
        if self.code(at) == "7":
            for one, end in self.noun(at + 1):
                number = self.skip(end, "vV")
                if number > end and self.code(number) == "n":
                    yield (Statement("count", one._replace(amount="number", number=number), span=(at, number + 1)),), number + 1

    def _tail(self, at: int) -> Iterator[int]:
        """ "..., seen in a radar image"."""
        start = self.skip(self.skip(at, ","), "i")
        for _, end in self.in_image(start):
            yield end
        if start > at and self.code(start - 1) == "i":
            yield start
        yield at

    def _there(self, at: int) -> Reads:
        """ "there are two ships", after a place also "are two ships"."""
        if self.code(at) == "/":  # "nor are there any cars"
            for members, end in self.members(at + 3):
                if denied := deny(members):
                    yield exist(denied, (), (at, end)), end
            return
        verb = self.skip(at, "H")
        after = self.skip(verb, "vV")
        if after > at:
            also = self.code(after) == "$"
            negated = self.code(after + also) == "t"
            start = self.skip(after + also + negated, "i" if verb == at else "")
            if negated and ";" in self.shape[after : after + 4]:
                for members, end in self.members(after + also):  # "there are not two but three ships"
                    yield exist(members, (), (at, end)), end
            for members, end in self.members(start):
                if denied := deny(members) if negated else members:
                    yield exist(denied, (), (at, end), "also" if also else ""), end
                if self.code(end) == "a" and not negated:  # "there are two tankers among the ships"
                    for these, last in self.phrase(end + 1):
                        yield (*exist((these,), (), (end, last)), *exist(members, (), (at, end), "part")), last

    def _shown(self, at: int) -> Reads:
        """ "the image shows two ships", "a radar image of two ships", "it contains no ships"."""
        ends = [end for _, end in self.image(at)]
        if self.code(at) == "h" or (self.code(at) == "D" and self.code(at + 1) == "W"):
            ends.append(at + 1)  # "it shows", "the radar has imaged"
        if self.code(at) in "f" and at == 0:
            ends += [end for _, end in self.image(at + 1)]  # "content of the image:"
        if self.code(at) == "d" and self.code(at + 1) == "@" and self.code(at + 2) == "q":
            ends += [end for _, end in self.image(at + 3)]  # "a look at this image"
        for end in ends:
            yield from self._shows(self._past(end), (at, end))
        for _, end in self.image(at):
            if self.code(end) in "qR" and self.code(self.skip(end, "q")) == "R":
                yield from self.clause(self.skip(end, "q") + 1)  # "in which two ships lie"

    def _past(self, at: int) -> int:
        """What follows ", imaged by SAR,"."""
        if self.code(at) == "," and self.code(at + 1) in "i,":
            return self.skip(at + 2, ",") if self.code(at + 1) == "i" else at + 2
        return at

    def _shows(self, at: int, span: tuple[int, int], front: tuple[Property, ...] = ()) -> Reads:
        """What follows the image: "shows two ships", "is free of ships"."""
        code = self.code(at)
        start = self.skip(at, "R")
        negated = self.code(start) == "t"
        verb = self.code(start + negated)
        after = start + negated + 1
        starts = []
        if verb in "WF":
            starts.append(self.skip(after, ":"))
        elif code in "f:,;" and not negated:
            starts.append(self.skip(at + 1, ";"))
        if verb in "vV" and self.code(after) in "NW":
            starts.append(after + (self.code(after) == "W"))
        if code == "N":
            starts.append(at)
        if code == "0" and verb == "0":
            for members, end in self.members(after):
                if len(members) == 1 and members[0].amount in ("some", "number"):  # "the image consists of a bridge"
                    yield exist((members[0]._replace(refers="only"),), (), (span[0], end)), end
        for where in starts:
            for members, end in self.members(where):
                denied = deny(members) if negated else members
                if denied:
                    yield exist(denied, front, (span[0], end)), end

    def _fronted(self, at: int) -> Reads:
        """ "in the upper left, two ships are visible"; "among the ships, two ..."; "in this image, ..."."""
        for _, end in self.in_image(at):
            yield from self.clause(self.skip(end, ",:"))
        if self.code(at) in ",:i":
            yield from self.clause(self.skip(at + 1, ":,"))
        if self.code(at) in "fa":
            for these, end in self.members(at + 1):
                if all(one.amount in ("these", "the", "either") for one in these) and len(these) == 1:
                    again = exist(these, (), (at, end))
                    if self.code(end) in "vV":  # "among the ships are two tankers"
                        for members, last in self.members(end + 1):
                            yield (*again, *exist(members, (), (at, last), "part")), last
                    start = self.skip(self.skip(end, ","), "X1F")
                    for stated, last in self.clause(start):
                        yield again + stated, last
        for front, end in self.unit(self.skip(at, "@")):
            if not front or not all(one.form in ("p", "c", "any", "relation", "L") for one in front):
                continue
            if front[0].form == "L" and self.code(end) != ",":
                continue  # "a 60 m long ship"
            start = self.skip(end, ",:")
            for stated, last in (*self._there(start), *self._said(start), *self._named(start)):
                fronted = tuple(said_before(one, front) for one in stated)
                yield (fronted[0]._replace(span=(at, last)),) if len(fronted) == 1 else fronted, last
            yield from self._shows(start, (at, end), front)
            if self.code(start) in "vV" and self.shape[start + 1 : start + 3] == "0q":
                for members, last in self.members(start + 3):  # "the left third is covered by forest"
                    if len(members) == 1:
                        yield exist(members, front, (at, last), "covers"), last
            for _, image in self.image(start):
                yield from self._shows(image, (at, image), front)
            if self.code(end) in "X1":
                for members, last in self.members(end + 1):
                    yield exist(members, front, (at, last)), last
            if self.code(start) == "V" and self.code(start + 1) == "R":  # "... is where it lies"
                for these, last in self.phrase(start + 2):
                    if self.code(last) in "X1":
                        yield exist((these,), front, (at, last + 1)), last + 1

    def _inverted(self, at: int) -> Reads:
        """ "visible in the center are two ships"."""
        if self.code(at) == "i":
            for front, end in self.unit(at):
                if self.code(end) in "vV":
                    for members, last in self.members(end + 1):
                        yield exist(members, front, (at, last)), last
        if self.code(at) == "L" and self.code(at + 1) == "V":  # "60 m is its length"
            for these, end in self.phrase(at + 2):
                yield exist((these,), (Property("L", (at,)),), (at, end)), end

    def _named(self, at: int) -> Reads:
        """ "two ships and a bridge", "ships: 3", "upper left: two ships"."""
        for one, end in self.noun(at):
            if self.code(end) in ":," and self.code(end + 1) == "n":
                stop = self.skip(end + 2, "," if self.code(end) == "," else "")
                yield (Statement("count", one._replace(amount="number", number=end + 1), span=(at, stop)),), stop
        for one, end in self.noun(at):
            if self.shape[end : end + 4] == "nnnn":  # "ship 98 14 134 34": a box, as some data sets write it
                yield (Statement("box", one, tokens=tuple(range(end, end + 4)), span=(at, end + 4)),), end + 4
        for members, end in self.members(at):
            if all(one.amount in INTRODUCED for one in members):
                yield exist(members, (), (at, end)), end
        for one, end in self.phrase(at):
            if one.amount not in INTRODUCED and one.narrowed:  # "all of them in the center"
                yield exist((one._replace(narrowed=()),), one.narrowed, (at, end)), end

    def _said(self, at: int) -> Reads:
        """Phrases and what a verb says of them."""
        for phrases, end in self._subject(at):
            subject = self._agreed(phrases, end)
            for said, scope, last in self._verbs(end):
                if self.code(self.skip(last, ",")) == "9" and not scope:
                    if (paired := respectively(subject, said)) is not None:
                        yield paired, self.skip(last, ",") + 1
                    continue
                if len(subject) == 1 and subject[0].amount == "none" and not subject[0].narrowed and not scope:
                    for other, stop in self._except(subject[0], last):
                        none = subject[0]._replace(refers="another")
                        yield (*exist((other,), said, (at, stop)), *exist((none,), said, (at, last))), stop
                if (stated := state(subject, said, scope, (at, last))) is not None:
                    yield stated, last
            if self.code(end) == "," and "fR" in self.shape[end : end + 6]:  # "ships, two of which are tankers, are visible"
                for part, last in self._said(end + 1):
                    if self.code(last) == ",":
                        for said, scope, stop in self._verb(last + 1):
                            if (stated := state(subject, said, scope, (at, stop))) is not None:
                                yield stated + part, stop
            if self.code(end) == "F" and len(subject) == 1:
                for members, last in self.members(self.skip(end + 1, ":")):
                    yield (*exist(subject, (), (at, end)), *exist(members, (), (at, last), "part")), last
            if self.code(end) in "vV" and self.code(end + 1) == "N" and len(subject) == 1:
                within = Property("relation", (CONTEXT,), False, subject[0])  # "the harbor is free of ships"
                for members, last in self.members(end + 1):
                    yield exist(members, (within,), (at, last)), last
            if self.code(end) == "0" and len(subject) == 1:
                for _, last in self.image(end + 1):
                    yield exist(subject, (), (at, last), "covers"), last
                for place, last in self.places(end + 1):
                    yield exist(subject, (place,), (at, last), "covers"), last

    def _agreed(self, subject: tuple[Phrase, ...], at: int) -> tuple[Phrase, ...]:
        """The subject as its verb has it: "the aircraft is" one, "the aircraft are" several."""
        if len(subject) != 1 or subject[0].amount != "either" or self.code(at) not in _FINITE:
            return subject
        return (subject[0]._replace(amount="these" if self.code(at) in "vX" else "the"),)

    def _subject(self, at: int) -> Reads:
        yield from self.members(at)
        if self.code(at) == "N":
            for one, end in self.noun(at + 1):
                for other, last in self._except(one, end):
                    yield (other, one._replace(amount="none", refers="another")), last
        for one, end in self.phrase(at):  # "the harbor, not the bridge, is ..."
            if self.shape[end : end + 2] == ",t":
                for other, last in self.phrase(end + 2):
                    if self.code(last) == ",":
                        yield (one, other._replace(refers="denied")), last + 1

    def _except(self, one: Phrase, at: int) -> Reads:
        """ "(no ship) apart from the one in the center"."""
        if self.code(at) == "6":
            for other, end in self.phrase(at + 1):
                if other.refers == "they" and other.number >= 0:
                    yield other._replace(noun=one.noun, amount="number", refers=""), end
                elif other.noun != CONTEXT:
                    yield other, end

    def _verbs(self, at: int) -> Iterator[tuple[tuple[Property, ...], str, int]]:
        """One verb after the other: "is about 60 m long and lies in the center"."""
        for said, scope, end in self._verb(at):
            after = self.joint(end)
            if after > end and not scope and self.code(after) in _FINITE:
                for more, other, last in self._verbs(after):
                    if not other:
                        yield said + more, scope, last
            yield said, scope, end

    def _verb(self, at: int) -> Iterator[tuple[tuple[Property, ...], str, int]]:
        """A verb and what follows it: the properties, the scope (all, absent), and the end."""
        code, start = self.code(at), at
        scope = ""
        if code in "AB":
            scope, start = "all", at + 1
        code = self.code(start)
        if code == "i" and scope == "" and self.code(start + 1) in " ,;":
            yield (), "", start + 1
        if code == "t" and self.code(start + 1) in "X1i":
            yield (), "absent", start + 2
            return
        length = [found for found in self.unit(start) if found[0] and found[0][0].form == "L"]
        for said, end in length:
            yield said, scope, end  # "the ship has a length of", "measures about 60 m"
        if code not in _FINITE:
            return
        start = self.skip(start + 1, "$")
        if self.code(start) in "AB":
            scope, start = "all", start + 1
        if self.code(start) == "z" or self.shape[start : start + 2] in ("ti", "tz"):
            end = start + (1 if self.code(start) == "z" else 2)
            yield (), "absent", next((last for _, last in (*self.in_image(end), *self.image(end))), end)
        start = self.skip(start, "X" if code in "vV" else "")
        for said, end in self.units(start):
            yield said, scope, end
        if code in "vV" and self.code(start) == "D" and self.code(start + 1) == "n":
            for said, end in self.places(start + 2):  # "(is) the one in the center"
                yield (said,), scope, end
        if code in "vV":
            for said, end in self.kind(start):
                yield said, scope, end
        for _, end in self.in_image(start):
            yield (), scope, end
        if code in "X1":
            yield (), scope, start
