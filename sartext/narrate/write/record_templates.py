"""The sentence frames for what the record knows of an image, by what they say.

`{season}` is "winter", `{orbit}` "an ascending pass", `{band}` "C-band", `{a_band}` "a C-band", `{channels}` "VV and VH",
`{pixel}` "10 m".
"""

BANDS_SAID = {"X": "an X-band", "C": "a C-band", "L": "an L-band", "S": "an S-band", "P": "a P-band"}
ORBITS = {"ascending": "an ascending pass", "descending": "a descending pass"}

FRAMES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("season",): ("The image was acquired in {season}.",),
    ("orbit",): ("The image was acquired from {orbit}.",),
    ("band",): ("This is {a_band} image.",),
    ("channels",): ("The image has {channels} polarization.", "The image was acquired in {channels}."),
    ("pixel",): ("The image has pixels of {pixel}.", "The image has {pixel} pixels."),
    ("season", "orbit"): ("The image was acquired in {season} from {orbit}.",),
    ("season", "band"): ("The {band} image was acquired in {season}.",),
    ("season", "channels"): ("The image, in {channels}, was acquired in {season}.",),
    ("season", "pixel"): ("The image was acquired in {season} with pixels of {pixel}.",),
    ("orbit", "band"): ("The {band} image was acquired from {orbit}.",),
    ("orbit", "channels"): ("The image, in {channels}, was acquired from {orbit}.",),
    ("orbit", "pixel"): ("The image was acquired from {orbit} with pixels of {pixel}.",),
    ("band", "channels"): ("The {band} image is in {channels}.", "This is {a_band} image in {channels}."),
    ("band", "pixel"): ("The {band} image has pixels of {pixel}.", "This is {a_band} image with pixels of {pixel}."),
    ("channels", "pixel"): ("The image, in {channels}, has pixels of {pixel}.",),
}
