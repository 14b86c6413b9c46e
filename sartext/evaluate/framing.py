"""What an answer says first, without the words that lead up to it ("The answer is", "I think", "In this image,"), and doubt.

Texts are in lower case and on one line. Leaning ("I think", "probably") leads up to what is leant to; doubt that leans nowhere
("maybe", "cannot tell", "no idea") is an answer to nothing.
"""

import re

_ANSWER = (
    r"(?:(?:the|my|our|your|a) )?(?:(?:short|simple|correct|right|final|best|probable|likely|most) ){0,2}"
    r"(?:answer|response|reply|result|verdict|conclusion)(?: (?:to|for) (?:the|this|that|your) (?:\w+ )?(?:question|image))?"
    r"(?: here)?(?: (?:is|was|would be|should be|must be|will be|has to be|would have to be))?(?: that)?"
)
_OPINION = (
    r"(?:i|we)(?: do| would|'d| can| must| will|'ll)? "
    r"(?:think|believe|guess|suppose|assume|feel|say|answer|conclude|confirm)(?: that)?"
    r"|(?:in )?my (?:best )?(?:opinion|view|guess|impression)(?: is)?(?: that)?|to me"
)
_SCENE = (
    r"(?:in|from|on|within|for|given|based on|looking at|judging (?:by|from)|according to|as seen in|considering) "
    r"(?:this|the|that|your|these|those) "
    r"(?:[\w-]+ ){0,3}?(?:image|picture|scene|photo|photograph|tile|frame|patch|view|question|data)s?"
)
_IT = r"(?:it|that|this|the (?:statement|claim|assertion|assumption))(?: is|'s| was| would be)(?: (?:an?|the))?"
_STRESS = (
    r"so|well|ok|okay|then|therefore|thus|hence|overall|simply|clearly|definitely|certainly|absolutely|surely|obviously"
    r"|of course|indeed|just|(?:most |very )?(?:likely|probably)|(?:there is |there's )?(?:no|without(?: any| a)?)"
    r" (?:doubt|question)(?: that)?|undoubtedly|an?|clear|resounding|definite|firm"
)
# The dashes and signs behind may belong to what follows.
_FRAME = re.compile(rf"\W*(?:{_ANSWER}|a(?= ?:)|{_OPINION}|{_SCENE}|{_IT}|{_STRESS})(?!\w)[^\w+<>~-]*")

_DECIDE = (
    r"(?:(?:really|reliably|clearly|definitively|confidently) )?(?:tell|say|determine|answer|decide|know|judge|confirm|verify"
    r"|conclude|assess|be (?:sure|certain|told|said|determined|answered|decided|known|judged|confirmed|verified|assessed))"
)
_DOUBT_WORDS = (
    r"maybe|perhaps|possible|possibly|possibility|a chance|might|may (?:not )?(?:be|have|contain|show)|could be|unsure"
    r"|uncertain|unclear|unknown|ambiguous|inconclusive|indeterminate|undetermined|undecided|doubtful|questionable"
    r"|not (?:\w+ )?(?:sure|certain|clear)|not enough|insufficient|no (?:idea|clue|information|way (?:to|of))"
    rf"|(?:cannot|can't|can not|could not|couldn't|(?:not possible|impossible|unable|not able|hard|difficult) to) {_DECIDE}"
    r"|(?:do not|don't) know"
)
DOUBT = re.compile(rf"\b(?:{_DOUBT_WORDS})\b")
_ONLY_DOUBT = re.compile(rf"\W*(?:but )?(?:(?:i|i am|i'm|it is|it's|that is|that's) )?(?:{_DOUBT_WORDS})\W*")
CLAUSE = re.compile(r"[:;()!?,]|\.(?!\d)")


def lead(text: str) -> str:
    """The text from where the answer begins."""
    while found := _FRAME.match(text):
        text = text[found.end() :]
    return text


def doubted(text: str) -> bool:
    """Whether what stands at the start of the text is in doubt: by its own clause, or by all of the next one."""
    first, *rest = (clause for clause in CLAUSE.split(text) if clause.strip())
    return bool(DOUBT.search(first) or (rest and _ONLY_DOUBT.fullmatch(rest[0])))
