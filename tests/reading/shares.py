"""Shares of regions as captions say them, read by plain patterns and counted by pycocotools: another path than the code's."""

import re

import numpy as np
from pycocotools import mask as coco

from sartext.tile import Tile

NOUNS = {
    "water": "water",
    "vegetation": "vegetation",
    "tree cover": "tree cover",
    "forest": "forest",
    "cropland": "cropland",
    "grassland": "grassland",
    "shrubland": "shrubland",
    "urban": "urban land",
    "road": "roads",
    "bare soil": "bare soil",
    "wetland": "wetland",
    "snow": "snow",
    "ice": "ice",
    "ship": "ships",
    "building": "buildings",
    "tank": "storage tanks",
}
COVERS = set(NOUNS) - {"ship", "building", "tank"}
FRACTIONS = {
    "three quarters": (0.7, 0.8),
    "two thirds": (0.6166, 0.7167),
    "half": (0.45, 0.55),
    "one third": (0.2933, 0.3734),
    "a quarter": (0.21, 0.29),
    "one fifth": (0.17, 0.23),
    "one tenth": (0.08, 0.12),
}
_SHARE = re.compile(
    r"less than 0\.1%|more than 99%|(?:about )?\d+(?:\.\d)?%|more than half|about (?:"
    + "|".join(FRACTIONS)
    + r")|almost entirely|entirely|nearly all of|all of|mostly|mainly|most of|dominate[sd]?"
)
_NOUN = re.compile("|".join(sorted((rf"\b{noun}\b" for noun in NOUNS.values()), key=len, reverse=True)))


def first_sentence(text: str) -> str:
    """The sentence about shares; the dots of figures end none."""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0].lower()


def shares_said(text: str) -> list[tuple[str, str]] | None:
    """(class, share in words) of the first sentence, in turn; None where their numbers differ."""
    sentence = first_sentence(text)
    names = {noun: name for name, noun in NOUNS.items()}
    nouns = [names[found] for found in _NOUN.findall(sentence)]
    shares = _SHARE.findall(sentence)
    return list(zip(nouns, shares, strict=True)) if len(nouns) == len(shares) > 0 else None


def areas(tile: Tile) -> dict[str, float]:
    """The share of each class of the pixels that count: those of the image, without unlabelled and nodata ones."""
    height, width = tile.height_px, tile.width_px
    counted = round(height * width * (1 - (tile.unlabelled_share or 0) - (tile.nodata_share or 0)))
    found: dict[str, float] = {}
    for region in tile.regions:
        packed = coco.frPyObjects({"counts": list(region.rle), "size": [height, width]}, height, width)
        found[region.label] = found.get(region.label, 0.0) + int(coco.area(packed)) / counted
    return found


def masks(tile: Tile) -> dict[str, np.ndarray]:
    """The pixels of the regions, (height, width), by their labels: runs go down the columns, one outside first."""
    sides = tile.height_px, tile.width_px
    found: dict[str, np.ndarray] = {}
    for region in tile.regions:
        inside = np.repeat(np.arange(len(region.rle)) % 2 == 1, region.rle).reshape(sides[::-1]).T
        found[region.label] = found.get(region.label, np.zeros(sides, dtype=bool)) | inside
    return found


def fault(said: str, share: float, others: list[float]) -> str | None:
    """What is wrong with a share in words; `others` are those of the other classes."""
    if said == "less than 0.1%":
        return None if 0 < share < 0.001 else "not below 0.1%"
    if said == "more than 99%":
        return None if 0.99 < share < 1 else "not between 99% and all"
    if said == "100%" and share < 1 - 1e-9:
        return "not all of it"
    if said.endswith("%"):
        figure = said.removeprefix("about ").removesuffix("%")
        allowed = 2.5 if said.startswith("about") else 0.5 * 10 ** -len(figure.partition(".")[2])
        return None if abs(100 * share - float(figure)) <= allowed + 1e-9 else f"{100 * share:.3f}% is not {said}"
    if said.startswith("about "):
        low, high = FRACTIONS[said.removeprefix("about ")]
        return None if low <= share <= high else f"{share:.4f} is not {said}"
    if said in ("entirely", "all of"):
        return None if share >= 1 - 1e-9 else f"{share:.4f} is not {said}"
    if said in ("almost entirely", "nearly all of"):
        return None if 0.9 <= share < 1 else f"{share:.4f} is not {said}"
    if said.startswith("dominate"):
        return None if share >= 0.5 and share > 0.2 + max(others, default=0.0) else f"{share:.3f} does not dominate {others}"
    return None if 0.6 <= share < 0.93 else f"{share:.4f} is not {said}"


def faults(tile: Tile) -> list[str]:
    """What is wrong with the shares in the tile's SA2C captions."""
    known, found = areas(tile), []
    for caption in tile.captions:
        if caption.route != "sa2c":
            continue
        said = shares_said(caption.text)
        if said is None:
            found.append(f"not read: {caption.text}")
            continue
        for name, words in said:
            of_annotated = f"annotated {NOUNS[name]}" in caption.text.lower()
            share = known.get(name, 0.0)
            if "labelled area" not in caption.text:  # of the image
                share *= 1 - (tile.unlabelled_share or 0) - (tile.nodata_share or 0)
            elif share > 1 - 1e-9 or (not any(label in COVERS for label in known) and sum(known.values()) > 1 - 1e-9):
                found.append(f"a share of what is no more than the classes themselves: {caption.text}")
            if not of_annotated and "labelled area" not in caption.text and (tile.unlabelled_share or tile.nodata_share):
                found.append(f"a share of the image where not all is labelled: {caption.text}")
            wrong = fault(words, share, [other for label, other in known.items() if label != name])
            if wrong:
                found.append(f"{name}: {wrong}: {caption.text}")
    return found
