"""Layers that products have beside their polarisations: what each is, by what the products call it and by names of its bands.

They are called so by: HyP3 and ASF (RTC: _ls_map, _inc_map, _area, _dem, _rgb; InSAR: _unw_phase, _los_disp, _lv_theta ...),
OPERA (RTC-S1: _mask, _BROWSE; RTC-S1-STATIC: _local_incidence_angle, _number_of_looks, _rtc_anf_...), SNAP and pyroSAR
(localIncidenceAngle, layoverShadowMask, _inc_geo, _datamask), GAMMA (_ls_map, _pix_area), CEOS-ARD of Sentinel-1 (-dm, -ei,
-lc, -li, -np-vv ...), the mosaics of PALSAR (_mask, _linci, _date), vendors and Sentinel Hub (BrowseImage, _QUICKLOOK_,
preview, dataMask, shadowMask). A name that has a polarisation is one of a layer only where it ends in what layers are called.
"""

import posixpath
import re
from collections.abc import Collection, Sequence

Words = tuple[str, ...]

_POLARISATIONS = frozenset(("vv", "vh", "hh", "hv"))

# Wherever in a name; a picture even of one polarisation.
_PICTURES = "browse browse_image quick_look quicklooks preview overview thumbnail thumb thm qlk"
_LAYERS = {
    "layover and shadow": "ls_map layover_shadow layover shadow_mask shadow_map lsm",
    "angle of incidence": "inc_map incidence_angle incidence_map inc_angle local_inc inc_local linci lia plia lv_theta lv_phi",
    "scattering area": "scattering_area contributing_area pix_area rtc_anf area_normalization_factor area_normalisation_factor",
    "number of looks": "number_of_looks num_looks n_looks look_count",
    "interferogram": "unw_phase unwrapped_phase wrapped_phase los_disp vert_disp conncomp",
    "mask": "data_mask water_mask land_mask valid_mask nodata_mask",
}
# At the end of a name.
_LAST = {
    "mask": "mask masks msk",
    "elevation": "dem dsm dtm elevation",
    "picture in colour": "rgb",
    "picture": "ql",
    "angle of incidence": "inc incidence gim",
    "labels": "label labels",
}
# At the end of a name whose beginning is that of a polarisation beside it: such words are names of scenes too.
_BESIDE = {
    "scattering area": "area",
    "date": "date dates",
    "angle of incidence": "angle angles theta lin",
    "elevation": "height heights hgt srtm slope aspect",
    "place": "lat lon latitude longitude",
    "coherence": "coherence coh corr phase",
    "number of looks": "looks",
    "classes": "water flood quality qa classification landcover",
    "noise": "noise nesz",
}
_PRODUCTS = (
    (re.compile(r"[ns]\d\d[ew]\d{3}_\d\d_(mask|linci|date)(_\w+)?"), "layer of a PALSAR mosaic"),
    (re.compile(r"s1[a-d]-\w\w-(nrb|orb)-.*-(dm|ei|em|gs|id|lc|li|sg|wm|np-[vh]{2})"), "layer of a CEOS-ARD product"),
    (re.compile(r"s1.*_int\d+_\w_\w{3}_[0-9a-f]{4}_corr"), "coherence"),
    (re.compile(r".*_rtc\d+_\w_\w{6}_[0-9a-f]{4}_area"), "scattering area"),
)


def words(name: str) -> Words:
    """The words of a name in lower case: "S1_localIncidenceAngle" -> s1, local, incidence, angle."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return tuple(one for one in re.split(r"[^a-z0-9]+", apart.lower()) if one)


# What follows the word for a layer and changes nothing of it, and what is done to a scene with a layer.
_TRAILING = frozenset(
    words(
        "geo geocoded cog clip clipped crop cropped subset utm wgs84 epsg ell ellipsoid map geotiff float32 byte uint8 int16 "
        "resampled reprojected warped merged mosaic lowres low high res full image img band tc deg degrees"
    )
)
_TRAILING_NUMBER = re.compile(r"\d+m?|v\d+|f\d\d[a-z]{3}")
_DONE = frozenset(words("corrected compensated normalized normalised removed applied flattened free masked"))
_BEFORE = frozenset(words("sl g gamma gamma0 sigma sigma0 beta beta0 nought naught rtc tc db linear amplitude intensity"))
_MEASURED = re.compile(r"(?i)(sigma|gamma|beta)[_ -]?(0|nought|naught)|backscatter|amplitude|intensity")


def _table(named: dict[str, str]) -> dict[Words, str]:
    return {tuple(one.split("_")): what for what, names in named.items() for one in names.split()}


_EVERYWHERE = _table(_LAYERS)
_AT_END = _table(_LAST)
_WITH_OTHERS = _table(_BESIDE)
_PICTURED = _table({"picture": _PICTURES})


def layer_by_name(file: str, beside: Collection[Words] = ()) -> str | None:
    """What layer a file is by its name; None where it may be a scene.

    `beside` are the names of polarisations in its folder, as words without the polarisation.
    """
    stem = posixpath.splitext(posixpath.basename(file))[0]
    for pattern, what in _PRODUCTS:
        if pattern.fullmatch(stem.lower()):
            return what
    named = words(stem)
    found = _of_words(named)
    if found is None and not _POLARISATIONS & set(named):
        for at, what in _matches(named, _WITH_OTHERS):
            first = named[: at[0]]
            if _over(named[at[1] :]) and any(_begins(other, first) for other in beside):
                return what
    return found


def layer_by_bands(descriptions: Sequence[str | None]) -> str | None:
    """What layer all bands of a file say that they are; None where one says something else, or nothing."""
    found = [_of_words(words(text or "")) for text in descriptions]
    return found[0] if found and all(found) else None


def measured_polarisation(descriptions: Sequence[str | None]) -> bool:
    """Whether a band of a file says that it is a polarisation, or a measurement of backscatter, and none of a layer."""
    said = [(words(text), text) for text in descriptions if text]
    return any((_POLARISATIONS & set(named) or _MEASURED.search(text)) and _of_words(named) is None for named, text in said)


def is_picture(what: str) -> bool:
    """Whether a layer is a picture of a scene, whose bands may well say that they are polarisations."""
    return what.startswith("picture")


def _of_words(named: Words) -> str | None:
    for _, what in _matches(named, _PICTURED):
        return what
    polarised = bool(_POLARISATIONS & set(named))
    for (_, end), what in _matches(named, _EVERYWHERE):
        if _over(named[end:]) if polarised else not _DONE & set(named[end : end + 1]):
            return what
    for (_, end), what in _matches(named, _AT_END):
        if _over(named[end:]):
            return what
    return None


def _matches(named: Words, table: dict[Words, str]) -> list[tuple[tuple[int, int], str]]:
    """Where the names of a table are among words, with or without gaps between their parts: "ls_map" is "lsmap" too."""
    found = []
    for parts, what in table.items():
        for start in range(len(named)):
            if named[start] == "".join(parts):
                found.append(((start, start + 1), what))
            elif named[start : start + len(parts)] == parts:
                found.append(((start, start + len(parts)), what))
    return found


def _begins(name: Words, first: Words) -> bool:
    """Whether the name of a polarisation is `first`, but for what its pixels measure."""
    return name[: len(first)] == first and set(name[len(first) :]) <= _BEFORE


def _over(rest: Words) -> bool:
    """Whether nothing follows that would make another thing of a layer's name."""
    return all(one in _TRAILING or _TRAILING_NUMBER.fullmatch(one) for one in rest)
