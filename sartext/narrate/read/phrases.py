"""Noun phrases and properties in the shape of a sentence: every way to read the codes from a place on, and where it ends.

The codes are those of `lexicon`. A rule gives each reading as (meaning, end), the longest first, and none where there is
none: what no rule takes up, nobody has read, and then nobody has read its sentence.
"""

from collections.abc import Iterator

from sartext.narrate.read.meaning import CONTEXT, Phrase, Property
from sartext.narrate.read.readings import Reads, Ruled, rule

_NOUNS = "kKbG"
_PLURAL = "KbG"
_COMPARING = frozenset("+-=2>")
_ADJECTIVES = "lLySpmxgiOc"
_PLACES = "qDpc"  # with what a place begins
_UNITS = f"{_PLACES}rlyxOmgdWfLISit"


class Phrases(Ruled):
    """The noun phrases of one shape."""

    def __init__(self, shape: str) -> None:
        super().__init__(shape)
        self.compares = not _COMPARING.isdisjoint(shape)

    def skip(self, at: int, codes: str) -> int:
        """What follows one of the codes, where it is there."""
        return at + (self.code(at) in codes)

    # Images and places

    @rule("Dd*I")
    def image(self, at: int) -> Reads:
        """ "this SAR image"."""
        end = at
        while self.code(end) in "Dd*":
            end += 1
        if self.code(end) == "I":
            if self.code(end + 1) == "f":
                yield from self.image(end + 2)  # "a radar view of a scene"
            yield None, end + 1

    def of_image(self, at: int) -> Iterator[int]:
        """What may follow a place: "of the image"; or nothing."""
        if self.code(at) in "fq":
            for _, end in self.image(at + 1):
                yield end
        for _, end in self.image(at):
            yield end  # "on the left side of" the image, whose "of" is part of the place
        yield at

    @rule(_PLACES)
    def place(self, at: int) -> Reads:
        """ "in the upper left of the image"."""
        token = self.skip(self.skip(at, "q"), "D")
        if self.code(token) in "pc":
            for end in self.of_image(token + 1):
                yield Property(self.code(token), (token,)), end

    @rule(_PLACES)
    def places(self, at: int) -> Reads:
        """One place, or several, each of which has something."""
        for one, end in self.place(at):
            after = self.joint(end)
            if after > end and self.code(after) != "t":
                for more, last in self.places(after):
                    yield Property("any", (*one.tokens, *more.tokens)), last
            yield one, end

    def joint(self, at: int) -> int:
        """What follows a comma, "and", or both."""
        return self.skip(self.skip(at, ","), "&")

    # Properties

    @rule(_UNITS)
    def unit(self, at: int) -> Reads:
        """One property, or several said in one breath ("located in the center"), as a tuple."""
        code = self.code(at)
        yield from (((one,), end) for one, end in self.places(at))
        if code == "r" and self.code(token := self.skip(at + 1, "D")) in "pc":
            for end in self.of_image(token + 1):
                yield (Property("beyond", (at, token)),), end  # "above the center"
        if code in "rq":
            yield from (((Property("relation", (at,), False, target),), end) for target, end in self.phrase(at + 1))
        if code in "lyxOm":
            yield (Property(code, (at,)),), at + 1
        if code in "gd" and self.code(token := self.skip(at, "d")) == "g":
            for end in self.of_image(token + 1):
                yield (Property("g", (token,)),), end
        length = self.skip(self.skip(self.skip(at, "W"), "d"), "f")  # "with a length of 60 m"
        if self.code(length) == "L":
            yield (Property("L", (length,)),), self.skip(length + 1, "A")  # "60 m each"
        span = self.skip(self.skip(at, "D"), "I")
        if self.code(span) == "S":
            yield (Property("S", (span,)),), span + 1
        if code == "t" and self.code(at + 1) != "t":  # "a ship not far from the harbor"
            for more, end in self.unit(at + 1):
                if more and all(one.form in ("p", "c", "relation") for one in more):
                    yield tuple([one._replace(negated=True) for one in more]), end
        if code == "i":
            for more, end in self.unit(at + 1):
                yield more, end
            for _, end in self.in_image(at + 1):
                yield (), end
            yield (), at + 1

    @rule("qf")
    def in_image(self, at: int) -> Reads:
        """ "in this image"."""
        if self.code(at) in "qf":
            yield from self.image(at + 1)

    @rule(_UNITS)
    def units(self, at: int) -> Reads:
        """Properties one after the other, joined by commas and "and", some of them by "not"."""
        negated = self.code(at) == "t"
        for some, end in self.unit(at + negated):
            said = tuple(one._replace(negated=one.negated != negated) for one in some)
            for image in (*(last for _, last in self.in_image(end)), end):
                joint = self.joint(image)
                beside = bool(some) and some[-1].form in "glLySxm" and image == end  # "clustered in the upper right"
                if negated and self.code(image) == ";":
                    joint = image + 1  # "not in the center but on the left"
                for more, last in self.units(joint) if joint > image or beside else ():
                    yield said + more, last
                yield said, image

    @rule()
    def after_noun(self, at: int) -> Reads:
        """What narrows a noun down behind it: properties, or a relative clause."""
        start = self.skip(at, ",")
        for some, end in self.unit(start):
            if start > at and self.code(end) == ":":
                continue  # ", lower left: two ships": of what comes
            for more, last in self.after_noun(end):
                yield some + more, last
        if self.code(start) == "R" and self.code(start + 1) in "vVX1":
            verb = start + 2
            for some, end in self.units(verb):
                yield some, self.skip(end, ",") if start > at else end
            if self.code(start + 1) in "vV":
                for some, end in self.kind(verb):  # "vessels which are freighters"
                    yield some, self.skip(end, ",") if start > at else end
        for _, end in self.in_image(at):
            yield (), end
        yield (), at

    @rule(_ADJECTIVES + _NOUNS + "td")
    def kind(self, at: int) -> Reads:
        """ "(are) tankers", "(is) a tanker", "(are) not tankers"."""
        negated = self.code(at) == "t"
        start = self.skip(at + negated, "d")
        for one, end in self.noun(start):
            if not one.loose and not any(more.form == "g" for more in one.narrowed):
                yield (Property("class", (one.noun,), negated), *one.narrowed), end

    # Noun phrases

    @rule()
    def phrase(self, at: int) -> Reads:
        """A noun phrase with all that narrows it down."""
        for bare, end in self.bare(at):
            for more, last in self.after_noun(end):
                yield bare._replace(narrowed=bare.narrowed + more, span=(at, last)), last

    @rule(_ADJECTIVES + _NOUNS)
    def noun(self, at: int) -> Reads:
        """Adjectives and a noun, as a phrase without an amount."""
        narrowed, annotated, loose, end = [], False, [], at
        while self.code(end) in _ADJECTIVES:
            code = self.code(end)
            if code == "m":
                annotated = True
            elif code in "xO":
                loose.append(end)
            elif code != "i":
                narrowed.append(Property(code, (end,)))
            end += 1
        if self.code(end) in _NOUNS and self.code(end + 1) != "j":
            amount = "plural" if self.code(end) in _PLURAL else "some"
            yield Phrase(end, amount, narrowed=tuple(narrowed), annotated=annotated, loose=tuple(loose)), end + 1

    @rule()
    def bare(self, at: int) -> Reads:
        """A noun phrase without what follows its noun."""
        code, after = self.code(at), at + 1
        if code == "h":
            yield Phrase(CONTEXT, "these", refers="they"), after
        elif code == "n":
            yield from self.numbered(at)
        elif code == "t" and self.shape[at + 1 : at + 4] == "n;n":
            yield from self.numbered(at + 3)  # "not one but seven ships": the number is what is said
        elif code == "N":
            yield from self.no(after)
        elif code == "Q":
            yield from self.amount(after, "any")
        elif code == "d" and self.shape[after : after + 2] == "gf":  # "a cluster of six tanks"
            for one, end in self.bare(after + 2):
                if one.amount in ("number", "plural") and not one.refers:
                    yield one._replace(narrowed=(*one.narrowed, Property("g", (after,)))), end
        elif code == "d":
            yield from self.amount(after, "some")
            if self.code(after) == "s":
                yield from self.extreme(after)
            if self.code(after) == "E":
                yield from self.definite(after)
        elif code == "D":
            yield from self.definite(after)
        elif code in "AB":
            yield from self.of_these(self.skip(after, "f"), "all" if code == "A" else "both")
            yield Phrase(CONTEXT, "all" if code == "A" else "both", refers="they"), after
        elif code == "t" and self.code(after) == "A":  # "not all ships"
            for these, end in self.of_these(self.skip(after + 1, "f"), "not all"):
                yield these, end
        elif code == "8" and self.code(after) == "n":  # "all but four of the thirty ships"
            for these, end in self.of_these(self.skip(after + 1, "f"), "all but"):
                yield these._replace(number=after), end
        elif code in "YZ":
            yield from self.of_these(self.skip(after, "f"), "most" if code == "Y" else "none of")
            if code == "Z":
                yield Phrase(CONTEXT, "none of", refers="they"), after
        elif code == "C":
            for these, end in self.of_these(self.skip(after, "f"), "share"):
                yield these._replace(number=at), end
        elif code in "Ee":
            yield from self.another(at)
        elif code == "J":
            if self.code(after) == "n":
                yield from self.numbered(after)
            for one, end in self.noun(after):
                yield one._replace(amount="only"), end
            for one, end in self.phrase(after):
                if one.amount in ("the", "these", "either", "some"):
                    yield one._replace(refers="only"), end
        else:
            yield from self.noun(at)

    def amount(self, at: int, amount: str) -> Reads:
        """A noun with the amount."""
        for one, end in self.noun(at):
            yield one._replace(amount=amount), end

    def no(self, at: int) -> Reads:
        """What follows "no"."""
        start = self.skip(at, "Q")
        yield from self.amount(start, "none")
        if self.code(start) == "e":
            for one, end in self.noun(start + 1):
                yield one._replace(amount="none", refers="another"), end
        if self.code(start) == "n":
            for one, end in self.noun(start + 1):
                yield one._replace(amount="not number", number=start), end

    def numbered(self, at: int) -> Reads:
        """A number and what it counts: "two ships", "two of the three ships", "two others", "two"."""
        after = at + 1
        for one, end in self.noun(after):
            yield one._replace(amount="number", number=at), end
        if self.code(after) == "e":
            for one, end in self.noun(after + 1):
                yield one._replace(amount="number", number=at, refers="another"), end
            yield Phrase(CONTEXT, "number", at, refers="another"), after + 1
        if self.code(after) == "f":
            for these, end in self.of_these(after + 1, "number"):
                yield these._replace(number=at, refers=these.refers or "of"), end
        yield Phrase(CONTEXT, "number", at, refers="class"), after

    @rule()
    def these_(self, at: int) -> Reads:
        """ "the three ships", "them", "which", "the others": what a part can be of."""
        start = self.skip(at, "D")
        if self.code(at) in "hR":
            yield Phrase(CONTEXT, "these", refers="they"), at + 1
        number = start if self.code(start) == "n" else -1
        for one, end in self.noun(start + (number >= 0)):
            yield one._replace(amount="these", number=number), end

    def of_these(self, at: int, amount: str) -> Reads:
        """The amount of what is referred to."""
        for these, end in self.these_(at):
            refers = "of" if amount == "number" and these.refers == "they" else these.refers
            if amount not in ("all", "both"):  # whose number is that of the whole
                these = these._replace(number=-1, whole=these.number)
            yield these._replace(amount=amount, refers=refers), end

    def definite(self, at: int) -> Reads:
        """What follows "the"."""
        code, after = self.code(at), at + 1
        if code == "s":
            yield from self.extreme(at)
        elif code == "n":
            for one, end in self.noun(after):
                yield one._replace(amount="these", number=at), end
            yield Phrase(CONTEXT, "these", at, refers="they"), self.skip(after, "m")
        elif code in "34":  # "the former", "the latter"
            yield Phrase(CONTEXT, "the", refers="former" if code == "3" else "latter"), after
        elif code == "e":
            number = after if self.code(after) == "n" else -1
            start = after + (number >= 0)
            for one, end in self.noun(start):
                yield one._replace(amount=self._of_noun(one), number=number, whole=at, refers="rest"), end
            yield Phrase(CONTEXT, "either", number, at, refers="rest"), start
        elif code == "E":
            for one, end in self.noun(after):
                yield one._replace(amount="some", whole=at), end
            yield Phrase(CONTEXT, "some", whole=at, refers="class"), after
        elif code == "J":
            for one, end in self.noun(after):
                yield one._replace(amount="sole"), end
        else:
            for one, end in self.noun(at):
                yield one._replace(amount=self._of_noun(one)), end

    def _of_noun(self, phrase: Phrase) -> str:
        """Whether "the" is of one or several: "the ship", "the ships", "the aircraft"."""
        kind = self.code(phrase.noun)
        return "the" if kind == "k" else "either" if kind == "b" else "these"

    def another(self, at: int) -> Reads:
        """ "another ship", "other ships", "another"."""
        code, after = self.code(at), at + 1
        number = after if self.code(after) == "n" else -1  # "another six aircraft"
        start = after + (number >= 0)
        for one, end in self.noun(start):
            amount = "number" if number >= 0 else "some" if code == "E" else one.amount
            yield one._replace(amount=amount, number=number, refers="another"), end
        if code == "E":
            yield Phrase(CONTEXT, "number" if number >= 0 else "some", number, refers="another"), start

    def extreme(self, at: int) -> Reads:
        """ "largest ship", "longest of the ships"."""
        if self.code(at + 1) == "f":
            yield from self._largest_of(at)
        for one, end in self.noun(at + 1):
            if self.code(one.noun) in "kb":
                yield one._replace(amount="extreme", extreme=at), end

    def _largest_of(self, at: int) -> Reads:
        for these, end in self.these_(at + 2):
            yield these._replace(amount="extreme", extreme=at, number=-1, whole=these.number), end
