"""What licences allow, and what of three decides."""

import pytest

from sartext.rights import COMMERCE, PASS_ON, TRAIN, LicenceTerms, declared_rights, forbidden_by, rights_of, terms_of
from sartext.tile import Origin, Rights, to_row

BY = ("attribution",)


@pytest.mark.parametrize(
    ("licence", "train", "pass_on", "asks"),
    [
        ("CC0-1.0", True, True, ()),
        ("cc-by-4.0", True, True, BY),
        ("CC BY 4.0", True, True, BY),
        ("CC-BY-SA-4.0", True, True, (*BY, "share-alike")),
        ("CC-BY-NC-4.0", True, True, (*BY, "non-commercial")),
        ("CC-BY-NC-SA-3.0-IGO", True, True, (*BY, "share-alike", "non-commercial")),
        ("CC-BY-ND-4.0", False, False, BY),
        ("CC-BY-NC-ND-4.0", False, False, (*BY, "non-commercial")),
        ("MIT", True, True, BY),
        ("Apache-2.0", True, True, BY),
        ("GPL-3.0-only", True, True, (*BY, "share-alike")),
        ("LGPL-2.1-or-later", True, True, (*BY, "share-alike")),
        ("ODbL-1.0", True, True, (*BY, "share-alike")),
        ("Copernicus", True, True, BY),
        ("LicenseRef-Copernicus-Sentinel", True, True, BY),
        ("academic only", True, False, (*BY, "non-commercial")),
        ("Research use only", True, False, (*BY, "non-commercial")),
        ("proprietary", False, False, ()),
        ("All rights reserved", False, False, ()),
        ("unknown", None, None, ()),
        ("LicenseRef-mine", None, None, ()),
        ("", None, None, ()),
        (None, None, None, ()),
        ("MIT AND CC-BY-NC-4.0", True, True, (*BY, "non-commercial")),
        ("MIT AND CC-BY-ND-4.0", False, False, BY),
        ("MIT AND LicenseRef-mine", None, None, BY),
        ("(CC-BY-NC-ND-4.0 OR MIT)", True, True, BY),
        ("proprietary OR LicenseRef-mine", None, None, ()),
        ("(MIT OR Apache-2.0) AND CC-BY-NC-4.0", True, True, (*BY, "non-commercial")),
        ("MIT OR (Apache-2.0 AND CC-BY-NC-4.0)", True, True, BY),
        ("mit and cc-by-nc-4.0", True, True, (*BY, "non-commercial")),
        ("LicenseRef-mine OR CC-BY-NC-4.0", True, True, (*BY, "non-commercial")),
        ("GPL-2.0-only WITH Classpath-exception-2.0", True, True, (*BY, "share-alike")),
        ("CC BY-NC-SA 4.0 International", True, True, (*BY, "share-alike", "non-commercial")),
        (
            "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International License",
            False,
            False,
            (*BY, "non-commercial"),
        ),
        ("https://creativecommons.org/licenses/by-nc/4.0/", True, True, (*BY, "non-commercial")),
        ("https://creativecommons.org/licenses/by-nd/4.0/legalcode", False, False, BY),
        ("The MIT License", True, True, BY),
        ("Apache License, Version 2.0", True, True, BY),
        ("for non-commercial use only", True, True, (*BY, "non-commercial")),
        *((text, None, None, ()) for text in ("(", ")", "AND", "()", "MIT AND (")[:4]),
    ],
)
def test_known_licences(licence: str | None, train: bool | None, pass_on: bool | None, asks: tuple[str, ...]) -> None:
    terms = terms_of(licence)
    assert (terms.may_train, terms.may_redistribute, terms.asks()) == (train, pass_on, asks)


def test_the_strictest_of_three_decides_by_name() -> None:
    origin = Origin(
        licence="Copernicus",
        annotations=Rights(licence="CC-BY-NC-4.0"),
        texts=Rights(licence="CC-BY-ND-4.0"),
    )
    rights = rights_of(origin)
    assert rights == rights_of(to_row(origin))
    assert forbidden_by(rights, TRAIN) == "texts under CC-BY-ND-4.0"
    assert forbidden_by(rights, COMMERCE) == "annotations under CC-BY-NC-4.0"
    assert forbidden_by(rights[:2], TRAIN) == forbidden_by(rights[:2], PASS_ON) == ""
    assert forbidden_by(rights, PASS_ON) == "texts under CC-BY-ND-4.0"


def test_what_is_declared_stands_for_the_part_that_it_names() -> None:
    own = Origin(licence="proprietary", may_train=True, annotations=Rights(licence="proprietary"))
    assert forbidden_by(rights_of(own), TRAIN) == "annotations under proprietary"
    assert forbidden_by(rights_of(own), PASS_ON) == "pixels under proprietary and annotations under proprietary"
    both = Origin(licence="proprietary", may_train=True, annotations=Rights(licence="proprietary", may_train=True))
    assert forbidden_by(rights_of(both), TRAIN) == ""
    denied = Origin(licence="CC0-1.0", texts=Rights(may_train=False), may_redistribute=False)
    assert forbidden_by(rights_of(denied), TRAIN) == "texts declared may_train false"
    assert forbidden_by(rights_of(denied), PASS_ON) == "pixels declared may_redistribute false under CC0-1.0"


def test_what_is_unknown_forbids_and_allows_nothing() -> None:
    unknown = rights_of(Origin(licence="CC0-1.0", annotations=Rights(citation="A.")))
    assert [forbidden_by(unknown, use) for use in (TRAIN, PASS_ON, COMMERCE)] == [""] * 3
    assert [[one.allows(use) for use in (TRAIN, PASS_ON, COMMERCE)] for one in unknown] == [[True] * 3, [None] * 3]
    assert rights_of(None) == ()
    assert forbidden_by((), TRAIN) == ""
    assert terms_of("unknown") == LicenceTerms()
    assert declared_rights(None, None, None, None) is None
    assert declared_rights("MIT", None, False, None) == Rights(licence="MIT", may_redistribute=False)
