"""Examples for the page: what the trained models say of unseen tiles, beside what is true of these by their annotations."""

from dataclasses import dataclass
from functools import cached_property

from sartext.artifact import Artifact
from sartext.evaluate.search import DEPTH, spread
from sartext.flow.evaluate.evaluate import Evaluated
from sartext.flow.evaluate.score import Truth
from sartext.flow.predict.held_out import HeldOut, held_out
from sartext.flow.predict.predictions import prediction_path, predictions, query_features
from sartext.flow.predict.queries import holds
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.verify.caption_facts import told
from sartext.report.story import StoryCard, StorySearch
from sartext.row_groups import read_table
from sartext.store import open_store

SHOWN_QUERIES, SHOWN_HITS, SHOWN_CAPTIONS = 6, 5, 6


@dataclass(frozen=True)
class QuickstartExamples:
    """Examples of an evaluation, evenly spaced, so that nobody picks them; of each training its last model is asked."""

    evaluation: Evaluated
    dataset: Artifact

    @cached_property
    def _held(self) -> HeldOut:
        about = self.evaluation.report["dataset"]
        return held_out(self.dataset.uri, about["split"], about["limit"])

    @cached_property
    def _truth(self) -> Truth:
        return Truth(self._held, self.evaluation.report["dataset"]["unreadable"])

    def searches(self, training: str) -> list[StorySearch]:
        """Some of the evaluation's queries, each with the tiles that are found first, and which of them it is true of."""
        truth, store, model = self._truth, open_store(self.evaluation.uri), self._last(training)
        queries = read_table(store, prediction_path(model, None))["query"].to_pylist()
        rows, features = predictions(store, model, len(self._held.parts)), query_features(store, model)
        found = []
        for at in spread(range(len(queries)), SHOWN_QUERIES):
            near = {number: float(rows[number]["image"] @ features[at]) for number in truth.captioned}
            order = sorted(near, key=lambda number: -near[number])
            right = {number for number in truth.captioned if holds(queries[at], truth.facts[number])}
            found.append((queries[at], order, right))
        images = self._held.images([number for _, order, _ in found for number in order[:SHOWN_HITS]])
        return [
            StorySearch(
                text=query,
                note=f"True of {len(right):,} of {len(order):,} tiles, and of {len(right.intersection(order[:DEPTH]))} of the "
                f"first {len(order[:DEPTH])} that are found.",
                hits=[
                    (StoryCard(image=images[number], name=truth.tiles[number].key, texts=[]), number in right)
                    for number in order[:SHOWN_HITS]
                ],
            )
            for query, order, right in found
        ]

    def captions(self, training: str) -> list[StoryCard]:
        """Some tiles with their annotations, what these are, and a model's caption with the verdict on each of its claims."""
        truth, numbers = self._truth, spread(self._truth.captioned, SHOWN_CAPTIONS)
        rows = predictions(open_store(self.evaluation.uri), self._last(training), len(self._held.parts))
        images = self._held.images(numbers)
        found = []
        for number in numbers:
            tile, facts, text = truth.tiles[number], truth.facts[number], rows[number]["caption"]
            found.append(
                StoryCard(
                    image=images[number],
                    name=tile.key,
                    texts=[f"Annotated: {annotations_text(facts)}.", f"Written: {text.strip() or '(nothing)'}"],
                    claims=[(claim.text, claim.verdict) for claim in told(text, facts).claims],
                    polygons_px=[box.polygon_px for box in tile.boxes],
                )
            )
        return found

    def _last(self, training: str) -> str:
        """The name of the predictions of a training's last model."""
        return f"{training}/{self.evaluation.report['trainings'][training]['order'][-1]}"


def annotations_text(facts: Facts) -> str:
    """The annotated objects by class with their numbers, then the land covers: "2 ships, 1 port, water"."""
    counts = {taxonomy.KINDS[label]: len(things) for label, things in facts.by_label}
    objects = [f"{count} {kind.singular if count == 1 else kind.plural}" for kind, count in counts.items()]
    return ", ".join([*objects, *[taxonomy.KINDS[label].mass for label in facts.covers.labels]]) or "nothing"
