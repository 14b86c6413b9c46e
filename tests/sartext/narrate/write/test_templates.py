import string

from sartext.narrate.write import templates

SLOTS = {
    "PLACED": {"np", "Np", "at", "img", "is_", "lies", "there"},
    "PLAIN": {"np", "Np", "img", "is_", "there"},
    "SET": {"np", "setting", "Setting", "img"},
    "LOCATE": {"It", "at"},
    "ABSENT": {"or_", "img"},
}


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_frames_use_their_slots_only() -> None:
    for name, allowed in SLOTS.items():
        for text in getattr(templates, name):
            assert slots(text) <= allowed, text
            assert text.endswith(".")


def test_every_frame_is_written_once() -> None:
    for name in ("PLACED", "PLAIN", "LOCATE", "SHARE_OUT", "ALL_PLACED", "SET", "ABSENT"):
        frames = getattr(templates, name)
        assert len(frames) == len(set(frames))


def test_a_frame_that_places_objects_has_a_place() -> None:
    for text in templates.PLACED:
        assert slots(text) & {"at"}, text
        assert slots(text) & {"np", "Np"}, text
