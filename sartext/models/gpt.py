"""SAR-GPT: a model that answers questions about an image, any image-text-to-text model of transformers.

The model is asked in its own chat template, and learns to say the answer, then its tokenizer's end of text.
"""

import copy
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sartext.errors import UserError, require
from sartext.models.hub import hub_snapshot, one_line
from sartext.models.image import Preprocess
from sartext.models.objective import ANSWER, QUESTIONS, SEEDS, Batch, Example, Generated, Losses, evaluating, real_rows
from sartext.models.qwen import TinyQwen

if TYPE_CHECKING:  # torch and transformers take seconds: what the model is can be said without
    import torch
    from torch import nn
    from transformers import ProcessorMixin

    from sartext.models.gather import Gather

_IGNORED = -100
_IMAGE_SIZE_PX = 448  # of named models: 16 x 16 tokens of Qwen2-VL
_DESCRIPTION = ("*.json", "*.txt", "*.jinja", "*.model")  # what a model is, its processor and tokenizer
_WEIGHTS = ("*.safetensors",)


@dataclass(frozen=True, kw_only=True)
class NamedGPT:
    """A model of transformers by its name on the hub or its folder, with its weights; no code of its own is run."""

    name: str = field(metadata={"help": "ORGANISATION/NAME on the Hugging Face Hub, or a folder with weights as safetensors"})
    image_size_px: int = field(
        default=_IMAGE_SIZE_PX, metadata={"help": "side of the square image that the model's processor is given, in px"}
    )

    def __post_init__(self) -> None:
        require("image_size_px", self.image_size_px, self.image_size_px >= 1, "at least 1")
        require("name", repr(self.name), bool(self.name), "a name of the hub or a folder")

    @property
    def folder(self) -> Path | None:
        """The folder that the name is of, if it is one."""
        folder = Path(self.name).expanduser()
        return folder.absolute() if folder.is_dir() else None

    def files(self, patterns: Sequence[str]) -> Path:
        """A folder with the files of these names, those of the hub where the name is none. Raises `UserError` for neither."""
        return self.folder or hub_snapshot(self.name, patterns, "name a folder that has it")

    def processor(self) -> "ProcessorMixin":
        """Raises `UserError` where it cannot be had."""
        from transformers import AutoProcessor, ProcessorMixin

        folder = self.files(_DESCRIPTION)
        with one_line(f"{self.name} has no processor of images and texts that is known here", "name another model"):
            found: ProcessorMixin = AutoProcessor.from_pretrained(folder, trust_remote_code=False)  # type: ignore[no-untyped-call]
            if not isinstance(found, ProcessorMixin):
                raise TypeError(f"a {type(found).__name__} is none")
            return found

    def build(self) -> "nn.Module":
        """The model with its weights. Raises `UserError` where they cannot be had."""
        import torch
        from transformers import AutoModelForImageTextToText

        folder = self.files([*_DESCRIPTION, *_WEIGHTS])
        with one_line(f"{self.name} is no whole model that answers about images", "download it again, or name another"):
            # In full precision: AdamW's steps are lost in the 8 bits of a bfloat16 weight.
            model: nn.Module = AutoModelForImageTextToText.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, trust_remote_code=False
            )
            return model


@dataclass(frozen=True, kw_only=True)
class GPT:
    """The answering objective."""

    language: TinyQwen | NamedGPT = field(default_factory=TinyQwen)
    lora_rank: int | None = field(default=None, metadata={"help": "rank of the low-rank adapters; unset trains every weight"})
    seed: int = field(default=0, metadata={"help": "of the initialisation, the adapters' included"})

    learns = QUESTIONS
    capabilities = frozenset({ANSWER})
    parts = frozenset({"image", "language"})
    taught = frozenset({"image"})

    def __post_init__(self) -> None:
        require("lora_rank", self.lora_rank, self.lora_rank is None or self.lora_rank >= 1, "at least 1, or not given")
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")

    @property
    def revision(self) -> int:
        return 2

    @property
    def learns_tokenizer(self) -> bool:
        return isinstance(self.language, TinyQwen)

    @property
    def start_folder(self) -> Path | None:
        """The folder that the language model's name is of."""
        return self.language.folder if isinstance(self.language, NamedGPT) else None

    def part_of(self, parameter: str) -> str:
        """The part that a parameter is of: `image`, the tower and what fits it to the language model, or `language`."""
        return "image" if "visual" in parameter.split(".") else "language"

    def feature_width(self, model: "nn.Module") -> int:
        """The width of an image's tokens."""
        return int(_plain(model).config.get_text_config().hidden_size)

    def feature_side(self, model: "nn.Module") -> int:
        """How many tokens a side an image has."""
        vision = _plain(model).config.vision_config
        return int(self.language.image_size_px // (vision.patch_size * vision.spatial_merge_size))

    def features(self, model: "nn.Module", batch: Batch, parts: Collection[str]) -> "dict[str, torch.Tensor]":  # noqa: ARG002
        """Features (N, side^2, width) of the images by the part `image`: an image's tokens."""
        import torch

        plain = _plain(model)
        tokens = plain.get_image_features(batch["pixel_values"], batch["image_grid_thw"]).pooler_output
        return {"image": torch.stack(list(tokens))}

    def located(self) -> Self:
        """The same with a whole path, where the model is a folder. Raises `UserError` where it cannot be had."""
        if isinstance(self.language, TinyQwen):
            return self
        from transformers import AutoConfig

        folder = self.language.files(_DESCRIPTION)
        with one_line(f"{self.language.name} describes no model that is known here", "name another"):
            AutoConfig.from_pretrained(folder, trust_remote_code=False)
        if self.language.folder is None:
            return self
        if not any(folder.glob(_WEIGHTS[0])):
            raise UserError(f"{folder} has no weights as {_WEIGHTS[0]}; give a folder that has them")
        return replace(self, language=replace(self.language, name=str(folder)))

    def tokenizer(self, texts: Sequence[str]) -> "ProcessorMixin":
        """The processor: the tokenizer, the chat template and the image processor in one."""
        if isinstance(self.language, TinyQwen):
            return self.language.processor(texts)
        return self.language.processor()

    def preprocess(self, fit: str = "pad") -> Preprocess:
        """Which square the processor is given; it normalises by itself."""
        return Preprocess(size_px=self.language.image_size_px, fit=fit)

    def build(self, tokenizer: "ProcessorMixin") -> "nn.Module":
        if isinstance(self.language, TinyQwen):
            return self.adapted(self.language.build(tokenizer, self.seed))
        return self.adapted(self.language.build())

    def adapted(self, model: "nn.Module") -> "nn.Module":
        """The model as it is trained: with new low-rank adapters (Hu et al. 2021, arXiv 2106.09685) where there is a rank.

        The adapters of a model that has some are merged into it first.
        """
        if self.lora_rank is None:
            return model
        import torch
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(r=self.lora_rank, lora_alpha=2 * self.lora_rank, target_modules="all-linear")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            adapted: nn.Module = get_peft_model(merged(model), config)
        return adapted

    def collate(self, examples: Sequence[Example], tokenizer: "ProcessorMixin", preprocess: Preprocess) -> Batch:
        """What the processor makes of images and questions, with the answers behind them, and `labels` int64 (N, L).

        Rows are padded at their end. `labels` is -100 but for the answers' tokens of real rows.
        """
        asked = _ask([example.image for example in examples], [example.question for example in examples], tokenizer, preprocess)
        words: Any = tokenizer.tokenizer
        answers = [[*words(example.text, add_special_tokens=False).input_ids, words.eos_token_id] for example in examples]
        return {**_with_answers(asked, answers, real_rows(examples), words.pad_token_id), "real": real_rows(examples)}

    def loss(self, model: "nn.Module", batch: Batch, gather: "Gather") -> Losses:
        """`loss`, which is `caption_loss`: the cross-entropy of the answers' tokens, a mean over those of all ranks."""
        from sartext.models.contrastive import token_loss

        inputs = {name: value for name, value in batch.items() if name not in ("labels", "real")}
        logits = model(**inputs, use_cache=False).logits
        loss = token_loss(logits[:, :-1], batch["labels"][:, 1:], _IGNORED, gather)
        return {"loss": loss, "caption_loss": loss}

    def answer(
        self,
        model: "nn.Module",
        images: Sequence[bytes],
        questions: Sequence[str],
        tokenizer: "ProcessorMixin",
        preprocess: Preprocess,
        *,
        max_tokens: int = 64,
    ) -> list[Generated]:
        """The answer to each question about the image at its place, by greedy decoding, of at most `max_tokens` tokens.

        Raises `TileRejected` for an unusable image.
        """
        words: Any = tokenizer.tokenizer
        inputs = _ask(images, questions, tokenizer, preprocess, side="left")
        answered = _generated(model, inputs, words, max_tokens).sequences[:, inputs["input_ids"].shape[1] :]
        said: list[str] = words.batch_decode(answered, skip_special_tokens=True)
        ended = (answered == words.eos_token_id).any(dim=1).tolist()
        return [Generated(text.strip(), end) for text, end in zip(said, ended, strict=True)]

    def drawn_answers(
        self,
        model: "nn.Module",
        images: Sequence[bytes],
        questions: Sequence[str],
        tokenizer: "ProcessorMixin",
        preprocess: Preprocess,
        seeds: Sequence[Sequence[int]],
        temperature: float,
        *,
        max_tokens: int = 64,
    ) -> list[list[tuple[Generated, float]]]:
        """For each question its answer by greedy decoding, then one drawn by each of its seeds, each with how sure it was.

        That is the geometric mean of its tokens' probabilities at temperature 1. Raises `TileRejected` for an unusable image.
        """
        from sartext.models.decoding import DrawnTokens

        words: Any = tokenizer.tokenizer
        rows = [(image, seed) for image, of in enumerate(seeds) for seed in (None, *of)]
        inputs = _ask([images[at] for at, _ in rows], [questions[at] for at, _ in rows], tokenizer, preprocess, side="left")
        draws = DrawnTokens([seed for _, seed in rows], temperature, max_tokens, next(model.parameters()).device)
        made = _generated(model, inputs, words, max_tokens, logits_processor=[draws], output_logits=True)
        answered = made.sequences[:, inputs["input_ids"].shape[1] :]
        likely = [step.float().log_softmax(1).gather(1, answered[:, at, None])[:, 0] for at, step in enumerate(made.logits)]
        said: list[str] = words.batch_decode(answered, skip_special_tokens=True)
        found: list[list[tuple[Generated, float]]] = [[] for _ in seeds]
        for row, (image, _) in enumerate(rows):
            ends = (answered[row] == words.eos_token_id).nonzero()
            length = int(ends[0, 0]) + 1 if len(ends) else answered.shape[1]
            sure = math.exp(sum(float(step[row]) for step in likely[:length]) / length)
            found[image].append((Generated(said[row].strip(), bool(len(ends))), sure))
        return found

    def save(self, model: "nn.Module", tokenizer: "ProcessorMixin", preprocess: Preprocess, folder: Path) -> None:  # noqa: ARG002
        """Writes the folder as transformers and vLLM load it, adapters merged."""
        merged(model).save_pretrained(folder)  # type: ignore[operator]
        tokenizer.save_pretrained(folder)

    def load(self, folder: Path) -> "tuple[nn.Module, ProcessorMixin]":
        """The model without adapters, with which it goes on as `adapted(model)`, and its processor."""
        from transformers import AutoModelForImageTextToText, AutoProcessor

        model = AutoModelForImageTextToText.from_pretrained(folder, use_safetensors=True)
        processor: ProcessorMixin = AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]
        return model.train(), processor


def prompt(question: str, processor: "ProcessorMixin") -> str:
    """A question about one image in the model's chat template, up to where the answer begins."""
    content: Any = [{"type": "image"}, {"type": "text", "text": question}]
    return str(processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True))


def _plain(model: "nn.Module") -> Any:
    """The model of transformers, whose adapters stay in it."""
    from peft import PeftModel

    return model.get_base_model() if isinstance(model, PeftModel) else model


def merged(model: "nn.Module") -> "nn.Module":
    """The model without adapters, theirs added to its weights; a copy, where it has some."""
    from peft import PeftModel

    if not isinstance(model, PeftModel):
        return model
    plain: nn.Module = copy.deepcopy(model).merge_and_unload()
    return plain


def _generated(model: "nn.Module", inputs: Batch, words: Any, max_tokens: int, **options: Any) -> Any:
    """What `generate` of transformers makes greedily of what was asked; `sequences` has questions and answers."""
    device = next(model.parameters()).device
    with evaluating(model):
        return model.generate(  # type: ignore[operator]
            **{name: value.to(device) for name, value in inputs.items()},
            do_sample=False,
            num_beams=1,
            max_new_tokens=max_tokens,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
            return_dict_in_generate=True,
            **options,
        )


def _ask(
    images: Sequence[bytes], questions: Sequence[str], processor: "ProcessorMixin", preprocess: Preprocess, side: str = "right"
) -> Batch:
    """The processor's tensors for images and their questions, padded at one side."""
    if len(images) != len(questions):
        raise UserError(f"{len(images)} images and {len(questions)} questions; give one of each")
    encoded = processor(
        text=[prompt(question, processor) for question in questions],
        images=[[preprocess.picture(data)] for data in images],
        return_tensors="pt",
        padding=True,
        padding_side=side,
    )
    return dict(encoded)


def _with_answers(asked: Batch, answers: list[list[int]], real: "torch.Tensor", pad_id: int) -> Batch:
    """The batch with each answer's tokens behind its question, and labels."""
    import torch

    questions, seen = asked["input_ids"], asked["attention_mask"]
    lengths = seen.sum(dim=1).tolist()
    longest = max(length + len(answer) for length, answer in zip(lengths, answers, strict=True))
    # What else is said of each token (of which kind it is) is 0 for the tokens of an answer, as for all text.
    beside = {name: value for name, value in asked.items() if value.shape == questions.shape}
    wide = {name: value.new_zeros(len(questions), longest) for name, value in beside.items()}
    wide["input_ids"].fill_(pad_id)
    labels = questions.new_full((len(questions), longest), _IGNORED)
    for row, (length, answer) in enumerate(zip(lengths, answers, strict=True)):
        end = length + len(answer)
        for name, value in beside.items():
            wide[name][row, :length] = value[row, :length]
        wide["input_ids"][row, length:end] = torch.tensor(answer)
        wide["attention_mask"][row, length:end] = 1
        if real[row]:
            labels[row, length:end] = torch.tensor(answer)
    return {**asked, **wide, "labels": labels}
