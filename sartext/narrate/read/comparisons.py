"""Comparisons in the shape of a sentence: of two classes, or of one class in two places."""

from sartext.narrate.read.meaning import Phrase, Property, Statement
from sartext.narrate.read.phrases import Phrases
from sartext.narrate.read.readings import Reads


class Comparisons(Phrases):
    """The comparisons of one shape."""

    def compared(self, at: int) -> Reads:
        """ "more ships than bridges", "ships outnumber bridges"."""
        start = self.skip(self.skip(at, "H"), "vV")
        for one, end in self.noun(at):
            if self.code(end) == ">":  # "ships outnumber bridges five to one"
                for other, last in self.noun(end + 1):
                    if self.code(last) == "n":
                        stated = Statement("compare", scope=">", tokens=(end, last), span=(at, last + 1), pair=(one, other))
                        yield (stated,), last + 1
        if self.code(start) in "+-=2":
            for one, end in self.noun(start + 1):
                if self.code(end) == "T":
                    for other, last in self.noun(end + 1):
                        stated = Statement(
                            "compare", scope=self.code(start), tokens=(start,), span=(at, last), pair=(one, other)
                        )
                        yield (stated,), last
        yield from self._more_here(at)
        for one, end in self.noun(self.skip(at, "D")):
            verb = self.skip(end, "vV")
            if self.code(verb) in "+->" and (self.code(verb) == ">" or verb > end):
                after = self.skip(self.skip(verb + 1, "T"), "D")
                for other, last in self.noun(after):
                    stated = Statement("compare", scope=self.code(verb), tokens=(verb,), span=(at, last), pair=(one, other))
                    yield (stated,), last

    def _more_here(self, at: int) -> Reads:
        """ "the right half holds more ships than the left half", "more ships are in the center than on the left"."""
        for place, end in self.place(at):
            if self.code(end) in "WF" and self.code(end + 1) in "+-=2":
                for one, stop in self.noun(end + 2):
                    yield from self._than(one, (place,), end + 1, stop, at)
        start = self.skip(self.skip(at, "H"), "vV")
        if self.code(start) in "+-=2":
            for one, end in self.noun(start + 1):
                verb = self.skip(self.skip(end, "vVX1"), "i")
                for place, stop in self.place(verb):
                    yield from self._than(one, (place,), start, stop, at)

    def _than(self, one: Phrase, here: tuple[Property, ...], op: int, at: int, start: int) -> Reads:
        if self.code(at) == "T":
            for there, last in self.place(at + 1):
                pair = (one._replace(narrowed=here), one._replace(narrowed=(there,)))
                yield (Statement("compare", scope=self.code(op), tokens=(op,), span=(start, last), pair=pair),), last
