"""Licences as the Hugging Face Hub names them (hub-docs, `repositories-licenses`), from SPDX identifiers."""

# Where the Hub's name is not the SPDX identifier in lower case.
_NAMED = {
    "odbl-1.0": "odbl",
    "odc-by-1.0": "odc-by",
    "pddl-1.0": "pddl",
    "cdla-permissive-1.0": "cdla-permissive-1.0",
    "etalab-2.0": "etalab-2.0",
    "unlicense": "unlicense",
}
_SAME = frozenset(
    [
        "apache-2.0",
        "mit",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "isc",
        "zlib",
        "wtfpl",
        "afl-3.0",
        "artistic-2.0",
        "bsl-1.0",
        "ms-pl",
        "mpl-2.0",
        "epl-1.0",
        "epl-2.0",
        "eupl-1.1",
        "eupl-1.2",
        "ecl-2.0",
        "osl-3.0",
        "postgresql",
        "ofl-1.1",
        "ncsa",
        "lppl-1.3c",
        "gfdl",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-2.5",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc-by-nc-2.0",
        "cc-by-nc-3.0",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "cc-by-nc-nd-3.0",
        "cc-by-nc-nd-4.0",
        "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0",
        "cc-by-nc-sa-4.0",
        "cdla-sharing-1.0",
        "cdla-permissive-2.0",
        "agpl-3.0",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl-2.1",
        "lgpl-3.0",
    ]
)


def hub_licence(spdx: str) -> str:
    """The Hub's name of a licence; "other" where it has none, or the licence is unknown ("")."""
    name = spdx.lower().removesuffix("-only").removesuffix("-or-later")
    return name if name in _SAME else _NAMED.get(name, "other")
