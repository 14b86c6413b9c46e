import json
import subprocess
import sys
from pathlib import Path

import open_clip
import pytest
import torch

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.text import OpenClipTokenizer, load_caption_tokenizer, train_caption_tokenizer
from tests.support.tiny_models import examples_of

CAPTIONS = [example.text for example in examples_of(60)]
TEXTS = [*CAPTIONS[:3], "", "Ünïcode & &amp; \u200b 漢字 🚢", "  two\n spaces ", "ship " * 100]


def exported(folder: Path) -> Path:
    tokenizer = train_caption_tokenizer(CAPTIONS, 400)
    tokenizer.save(folder)
    cfg = {"model_cfg": CLIP().model_cfg(tokenizer.vocabulary_size)}
    (folder / "open_clip_config.json").write_text(json.dumps(cfg))
    return folder


def test_open_clip_gives_the_same_ids(tmp_path: Path) -> None:
    tokenizer = train_caption_tokenizer(CAPTIONS, 400)
    theirs = open_clip.get_tokenizer(f"local-dir:{exported(tmp_path)}")
    for length in (48, 8):
        ids = tokenizer.tokens(TEXTS, length)
        assert ids.dtype == torch.int64
        assert torch.equal(ids, theirs(TEXTS, length))
        assert [min(taken, length) for taken in tokenizer.lengths(TEXTS)] == (ids != tokenizer.pad_id).sum(dim=1).tolist()
    assert torch.equal(tokenizer.tokens(TEXTS, 48), theirs(TEXTS))
    assert torch.equal(load_caption_tokenizer(tmp_path).tokens(TEXTS, 48), theirs(TEXTS))


@pytest.mark.parametrize(
    "tokenizer", [train_caption_tokenizer(CAPTIONS, 400), OpenClipTokenizer()], ids=["trained", "open_clip"]
)
def test_a_row_is_start_text_end_and_padding(tokenizer: OpenClipTokenizer) -> None:
    rows = tokenizer.tokens(TEXTS, 16)
    assert tokenizer.end_id == tokenizer.vocabulary_size - 1  # CLIP reads its feature at the highest id
    assert tokenizer.pad_id == 0
    for row in rows.tolist():
        end = row.index(tokenizer.end_id)
        assert row[0] == tokenizer.start_id
        assert set(row[end + 1 :]) <= {0}
        assert not {0, tokenizer.start_id, tokenizer.end_id} & set(row[1:end])


def test_a_text_comes_back_in_lower_case() -> None:
    for tokenizer in (train_caption_tokenizer(CAPTIONS, 400), OpenClipTokenizer()):
        ids = tokenizer.tokens(["Two ships near a harbor."], 48)[0].tolist()
        assert tokenizer.text(ids[1:]).replace(" .", ".") == "two ships near a harbor."


def test_the_same_captions_give_the_same_files(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sartext.models.text import train_caption_tokenizer as train\n"
        "from tests.support.tiny_models import examples_of\n"
        "train([example.text for example in examples_of(60)], 400).save(Path(sys.argv[1]))"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "other")], check=True, cwd=root, timeout=120)
    train_caption_tokenizer(CAPTIONS, 400).save(tmp_path / "here")
    files = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert "tokenizer.json" in files
    for name in files:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_words_of_the_captions_are_few_tokens() -> None:
    tokenizer = train_caption_tokenizer(CAPTIONS, 400)
    assert len(set(tokenizer.tokens(["upper left"], 16)[0].tolist())) <= 5


def test_a_vocabulary_too_small_for_bytes_is_refused() -> None:
    with pytest.raises(UserError, match="256 bytes"):
        train_caption_tokenizer(CAPTIONS, 200)
