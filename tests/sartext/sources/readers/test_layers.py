"""Layers beside scenes: told from polarisations by what products call them, and by what their bands say."""

import pytest

from sartext.sources.readers.layers import layer_by_bands, layer_by_name, measured_polarisation, words

HYP3 = "S1A_IW_20230511T170732_DVP_RTC30_G_gpuned_8F2A"
OPERA = "OPERA_L2_RTC-S1_T064-135515-IW1_20230501T012345Z_20230502T012345Z_S1A_30_v1.0"
STATIC = "OPERA_L2_RTC-S1-STATIC_T064-135515-IW1_20140403_S1A_30_v1.0"
NRB = "s1a-iw-nrb-20220721t051225-044194-05465e-33tuk"


@pytest.mark.parametrize(
    "name",
    [
        *(f"{HYP3}_{layer}" for layer in ("ls_map", "inc_map", "inc_map_ell", "area", "dem", "rgb", "ls_map_clipped")),
        *(f"AP_12345_FBD_F0680_RT1.{layer}" for layer in ("ls_map", "inc_map", "dem")),
        *("S1AA_20230511T170732_20230523T170732_VVP012_INT80_G_ueF_1234_unw_phase", "S1AA_x_VVP012_lv_theta"),
        "S1AA_20230511T170732_20230523T170732_VVP012_INT80_G_ueF_1234_corr",
        *(f"{OPERA}_{layer}" for layer in ("mask", "BROWSE", "BROWSE_low-res")),
        *(f"{STATIC}_{layer}" for layer in ("mask", "incidence_angle", "local_incidence_angle", "number_of_looks")),
        *(f"{STATIC}_rtc_anf_gamma0_to_{of}" for of in ("beta0", "sigma0")),
        *("localIncidenceAngle", "S1_projectedLocalIncidenceAngle", "incidenceAngleFromEllipsoid", "x_layoverShadowMask"),
        *("S1A__IW___A_20150309T173017_inc_geo", "S1A__IW___A_20150309T173017_datamask", "x_VV_inc_map"),
        *(f"{NRB}-{layer}" for layer in ("dm", "ei", "gs", "id", "lc", "li", "np-vv", "np-vh")),
        *(f"N10E105_18_{layer}_F02DAR" for layer in ("mask", "linci", "date")),
        *("N10E105_10_date", "BrowseImage", "ICEYE_X7_QUICKLOOK_SM_12_20210101", "x_VV_quicklook", "quicklook_VV", "x_thumb"),
        *("x_VV_mask", "x-MASK", "x_water_mask", "dataMask", "shadowMask", "a_dem_30m", "copernicus_dem", "x.preview"),
    ],
)
def test_layers_are_known_by_what_products_call_them(name: str) -> None:
    assert layer_by_name(f"folder/{name}.tif")


@pytest.mark.parametrize(
    "name",
    [
        *(f"{HYP3}_{layer}" for layer in ("VV", "VH", "HH")),
        *(f"{OPERA}_VV", "N10E105_18_sl_HH_F02DAR", f"{NRB}-vv-g-lin", f"{NRB}-vh-s-lin", "iw-vv.rtc", "imagery_HH"),
        *("study_area", "test_area", "harbour_date", "scene_angle", "a", "scene", "sigma0", "Gamma0_VV", "unmasked", "masked"),
        *("dem_corrected_VV", "S1_incidence_angle_normalised", "layover_removed", "VV_incidence_angle_corrected", "mask_VV"),
        *("Demmin", "area51_VV", "linciano", "browser", "rgbw", "inca_VV", "AP_12345_FBD_F0680_RT1_HH"),
    ],
)
def test_what_may_be_a_polarisation_is_none(name: str) -> None:
    assert layer_by_name(f"folder/{name}.tif") is None


def test_words_that_are_names_of_scenes_too_need_a_polarisation_of_the_same_name_beside_them() -> None:
    beside = [words("ALPSRP1_sl"), words("roi_7")]
    assert layer_by_name("ALPSRP1_area.tif", beside) == "scattering area"
    assert layer_by_name("roi_7_date.tif", beside) == "date"
    assert layer_by_name("angle.tif", [()]) == "angle of incidence"
    assert layer_by_name("roi_area.tif", beside) is None
    assert layer_by_name("angle.tif", beside) is None
    assert layer_by_name("roi_7_date_VV.tif", beside) is None


def test_bands_say_what_they_are() -> None:
    assert layer_by_bands(["localIncidenceAngle"]) == "angle of incidence"
    assert layer_by_bands(["elevation", "Layover Shadow Mask"]) == "elevation"
    for bands in ([], [None], ["VV"], ["Sigma0_VV", "localIncidenceAngle"], ["elevation", None], ["area"]):
        assert layer_by_bands(bands) is None
    assert measured_polarisation(["Sigma0_VV", "localIncidenceAngle"])
    assert measured_polarisation(["backscatter"])
    assert not measured_polarisation(["localIncidenceAngle", None, "VV_mask", "gray"])
