"""Licences as the Hub names them."""

import pytest

from sartext.report.dataset.licences import hub_licence


@pytest.mark.parametrize(
    ("spdx", "name"),
    [
        ("CC0-1.0", "cc0-1.0"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("LGPL-2.1-or-later", "lgpl-2.1"),
        ("Apache-2.0", "apache-2.0"),
        ("ODbL-1.0", "odbl"),
        ("LicenseRef-Copernicus", "other"),
        ("", "other"),
        ("CC-BY-4.0 AND MIT", "other"),
    ],
)
def test_licences_have_the_names_of_the_hub(spdx: str, name: str) -> None:
    assert hub_licence(spdx) == name
