"""Texts as token ids: a byte-level BPE tokenizer trained from captions, and open_clip's own for the paper's models.

CLIP reads its feature at the highest id of a row (`argmax`), so the end of text is the last id of either vocabulary; the
padding is id 0, which CoCa leaves out of its caption loss.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import open_clip.tokenizer as open_clip_tokenizer  # type: ignore[import-untyped]
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from sartext.errors import UserError
from sartext.models.objective import VOCABULARY_SIZE

PAD, START, END = "<pad>", "<start_of_text>", "<end_of_text>"


class TextTokens(Protocol):
    """What a contrastive or captioning model asks of its tokenizer."""

    start_id: int
    end_id: int
    pad_id: int
    vocabulary_size: int
    trained_here: bool  # its files belong into the model's folder

    def tokens(self, texts: Sequence[str], context_length: int) -> torch.Tensor:
        """int64 (N, context_length): start, the text, end, padding; a long text is cut and still ends with `end_id`."""
        ...

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many ids each text takes as a whole, start and end included."""
        ...

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids up to the first `end_id`, without special tokens."""
        ...

    def save(self, folder: Path) -> None:
        """Writes the tokenizer's files, where it has any."""
        ...


class CaptionTokenizer:
    """A byte-level BPE tokenizer of Hugging Face's kind, lower case; nothing is out of its vocabulary."""

    trained_here = True

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer
        self._clean = open_clip_tokenizer.get_clean_fn("whitespace")  # what open_clip does before any tokenizer of this kind
        ids = tokenizer.get_vocab()
        self.start_id, self.end_id, self.pad_id = ids[START], ids[END], ids[PAD]
        self.vocabulary_size = len(tokenizer)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._tokenizer([self._clean(text) for text in texts])["input_ids"]]

    def tokens(self, texts: Sequence[str], context_length: int) -> torch.Tensor:
        cleaned = [self._clean(text) for text in texts]
        encoded = self._tokenizer(cleaned, max_length=context_length, padding="max_length", truncation=True)
        return torch.tensor(encoded["input_ids"], dtype=torch.long).view(len(texts), context_length)

    def text(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(_before_end(ids, self.end_id), skip_special_tokens=True)).strip()

    def save(self, folder: Path) -> None:
        self._tokenizer.save_pretrained(folder)


class OpenClipTokenizer:
    """open_clip's `SimpleTokenizer`, of the models that were trained with it. It has no files of its own."""

    trained_here = False
    pad_id = 0

    def __init__(self) -> None:
        self._tokenizer = open_clip_tokenizer.SimpleTokenizer()
        self.start_id, self.end_id = self._tokenizer.sot_token_id, self._tokenizer.eot_token_id
        self.vocabulary_size = self._tokenizer.vocab_size

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(self._tokenizer.encode(text)) + 2 for text in texts]

    def tokens(self, texts: Sequence[str], context_length: int) -> torch.Tensor:
        rows: torch.Tensor = self._tokenizer(list(texts), context_length)
        return rows

    def text(self, ids: Sequence[int]) -> str:
        kept = [token for token in _before_end(ids, self.end_id) if token not in (self.start_id, self.pad_id)]
        return str(self._tokenizer.decode(kept)).strip()

    def save(self, folder: Path) -> None:
        """Nothing: open_clip carries it."""


def train_caption_tokenizer(captions: Iterable[str], vocabulary_size: int = VOCABULARY_SIZE) -> CaptionTokenizer:
    """A tokenizer of at most `vocabulary_size` ids, trained on the captions; the same captions give the same files.

    Byte pair encoding (Sennrich et al. 2016, arXiv 1508.07909) over bytes (Radford et al. 2019). Raises `UserError` where
    the size leaves no room for the 256 bytes and the three special tokens.
    """
    tokenizer = byte_level_bpe(captions, vocabulary_size - 2, [PAD], lower_case=True)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in (START, END)])  # the last ids
    ends = [(token, tokenizer.token_to_id(token)) for token in (START, END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=ends)
    return CaptionTokenizer(
        PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=tokenizer, bos_token=START, eos_token=END, pad_token=PAD
        )
    )


def load_caption_tokenizer(folder: Path) -> CaptionTokenizer:
    """The tokenizer that `CaptionTokenizer.save` wrote."""
    return CaptionTokenizer(PreTrainedTokenizerFast.from_pretrained(folder))


def byte_level_bpe(texts: Iterable[str], vocabulary_size: int, special: Sequence[str], *, lower_case: bool) -> Tokenizer:
    """A trained byte-level BPE of at most `vocabulary_size` ids; `special` tokens have the first ones."""
    least = 256 + len(special)
    if vocabulary_size < least:
        raise UserError(
            f"a vocabulary of {vocabulary_size} has no room for 256 bytes and special tokens; give more than {least}"
        )
    tokenizer = Tokenizer(models.BPE())
    steps = [normalizers.NFC(), normalizers.Lowercase()] if lower_case else [normalizers.NFC()]
    tokenizer.normalizer = normalizers.Sequence(steps)
    # A caption's first word is the same token as in the middle of a sentence; in a chat's template a space would be a token.
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=lower_case)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer=trainer)
    return tokenizer


def _before_end(ids: Sequence[int], end_id: int) -> list[int]:
    row = list(ids)
    return row[: row.index(end_id)] if end_id in row else row
