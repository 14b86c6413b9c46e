"""Why tiles with texts are nothing to learn from, counted and said in words."""

MAY_TRAIN, NARRATED = "may_train", "narrator_captions"  # the reasons
_WHY = {
    MAY_TRAIN: "are of an origin that says may_train false",
    NARRATED: "have captions of a trained model alone, which --narrator-captions takes",
}


def may_not_train(*rights: bool | None) -> bool:
    """Whether the rights of a tile's pixels, annotations or texts forbid it; what is unknown (None) forbids nothing."""
    return False in rights


def none_left_out() -> dict[str, int]:
    """How many tiles are left out by reason, before any is."""
    return dict.fromkeys(_WHY, 0)


def said_of(left_out: dict[str, int]) -> str:
    """How many tiles are left out and why, as the end of a sentence; "" where none is."""
    return ", ".join(f"{count:,} {_WHY[reason]}" for reason, count in left_out.items() if count)
