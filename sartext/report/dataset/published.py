"""Published sets of SAR images with texts or twins, for comparison: what their authors state, each with where they do."""

from dataclasses import dataclass

from sartext.report.dataset.blocks import NONE


@dataclass(frozen=True, kw_only=True)
class Published:
    """One set, as its line of the table; a dash is what is not stated in the place cited, or what it does not have."""

    name: str
    cited: str
    tiles: str = NONE
    size_px: str = NONE
    gsd_m: str = NONE
    captions: str = NONE
    retrieval: str = NONE
    questions: str = NONE
    pairs: str = NONE


_SAR_TEXT = "He et al., arXiv 2507.18743v3, 2025"

PUBLISHED = (
    Published(name="SAR-TEXT", cited=_SAR_TEXT, tiles="136,584", captions="1 an image", retrieval="yes"),
    Published(name="SAR-VQA", cited=_SAR_TEXT, tiles="22,390", questions="247,000"),
    Published(
        name="SARLANG-1M",
        cited="Wei et al., arXiv 2504.03254, 2025",
        gsd_m="0.1 to 25",
        captions="1.13 M texts in all",
        questions="yes",
    ),
    Published(
        name="QXS-SAROPT",
        cited="Huang et al., arXiv 2103.08259, 2021",
        tiles="20,000",
        size_px="256 x 256",
        gsd_m="1",
        pairs="20,000",
    ),
)
