"""From the shape of a sentence about shares to what it states: which share belongs to which classes.

What is read (codes as in `lexicon`; C is a share):
- "Water covers 62% of the image, cropland 27% and forest 11%": classes, a verb or nothing, a share; again and again.
- "About half of the image is water and a quarter is forest": a share of the image, a verb, classes; again and again.
- "The image is mostly water", "an image with 62% water and 38% forest": the image, a verb, then shares and classes.
- "Forest and cropland cover 60%": the share of several classes is that of all of them together.
Anything else in the sentence (a place, a negation, a number of objects) leaves it unread.
"""

import re

from sartext.narrate.read.meaning import Statement

SHARE = "C"
_NOUN = "[Ddm]*[kKb]"
_NOUNS = rf"{_NOUN}(?:[,&]+{_NOUN})*"
_VERB = "[XVv1i0WF_D]"
_BEFORE_CLASSES = "[XVv1i0qWF_]"
_APART = "[,&;]+"
_IN_THE_IMAGE = "(?:[qf]?[Ddm]*I[,:]?)?"
_WHOLE = "f?[Ddfm]*I|f?[Dd]+m|fm|"  # "of the image", "of the labelled area"
_CLASSES_FIRST = rf"(?P<nouns>{_NOUNS})[,:]?{_VERB}*(?P<share>C)(?P<whole>{_WHOLE}){_VERB}*,*"
_SHARE_FIRST = rf"(?P<share>C)(?P<whole>{_WHOLE}){_BEFORE_CLASSES}+(?P<nouns>{_NOUNS})"
_IN_ONE = rf"(?P<share>C)(?P<whole>){_BEFORE_CLASSES}*(?P<nouns>{_NOUNS})"
_AGAIN = rf"(?P<share>C)(?P<whole>{_WHOLE}){_BEFORE_CLASSES}*(?P<nouns>{_NOUNS})"


def _plain(pattern: str) -> str:
    """The pattern with its groups unnamed, so that it can be repeated."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


def _form(lead: str, first: str, again: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a whole sentence of this form is, and one of its parts."""
    parts = f"{_plain(first)}(?:{_APART}{_plain(again)})*"
    return re.compile(f"{lead}(?P<parts>{parts}),*"), re.compile(again)


_FORMS = (
    _form(_IN_THE_IMAGE, _CLASSES_FIRST, _CLASSES_FIRST),
    _form(_IN_THE_IMAGE, _SHARE_FIRST, _AGAIN),
    _form("[Dd]*I[XVv1i0qWF_Df]*", _IN_ONE, _IN_ONE),
    _form("", "(?P<share>C)(?P<whole>)(?P<nouns>m?[kKb])(?:[vV]i)?", _IN_ONE),
)


def shares_stated(shape: str) -> list[Statement] | None:
    """One statement a share, or None where the sentence is not read as one about shares.

    A statement's tokens are the share and its classes; its scope has "l" where the share is of the labelled area, and "a"
    where it is of what is annotated.
    """
    for whole, part in _FORMS:
        found = whole.fullmatch(shape)
        if found is None:
            continue
        start, statements = found.start("parts"), []
        matches = list(part.finditer(shape, start))
        of_labelled = any("m" in one["whole"] for one in matches)
        for one in matches:
            nouns = [at for at in range(*one.span("nouns")) if shape[at] in "kKb"]
            scope = ("l" if of_labelled else "") + ("a" if "m" in one["nouns"] else "")
            statements.append(Statement("cover", scope=scope, tokens=(one.start("share"), *nouns), span=one.span()))
        return statements
    return None
