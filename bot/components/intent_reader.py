"""Reads from a message what the person needs: two readers, weighed against each other.

One is the sentence encoder of models/language, trained beforehand. The other is learned at set-up
from data/nlu: a logistic regression over bot.components.vocabulary. It sees at once what somebody
adds there, and single words that the encoder reads past. scikit-learn is used to train only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.encoder import Encoder
from bot.components.features import read_groups
from bot.components.vocabulary import Floats, Vocabulary

PENALTY = 30.0  # scikit-learn's C: with it a confidence of 0.8 is right about eight times in ten
SEED = 7
RANKED = 10
# The encoder's share of a confidence. Chosen on ideas held out of training (docs/language.md).
ENCODER_SHARE = 0.5


@dataclass(frozen=True)
class Reading:
    """What was learned: a vocabulary, and for each intent how much every feature speaks for it."""

    vocabulary: Vocabulary
    intents: Sequence[str]
    weights: Floats  # features x intents
    biases: Floats

    @classmethod
    def learned(cls, texts: Sequence[str], intents: Sequence[str]) -> Reading:
        """Learns from examples; the same examples give the same reading."""
        from scipy.sparse import csr_matrix
        from sklearn.linear_model import LogisticRegression

        vocabulary = Vocabulary.of(texts, read_groups())
        vectors = [vocabulary.vector(text) for text in texts]
        ends = np.cumsum([0, *(len(at) for at, _ in vectors)])
        columns, values = (np.concatenate(part) for part in zip(*vectors, strict=True))
        rows = csr_matrix((values, columns, ends), shape=(len(texts), len(vocabulary.places)))
        # One against the rest: two seconds where one model of all intents takes twelve.
        regression = LogisticRegression(
            C=PENALTY, class_weight="balanced", solver="liblinear", random_state=SEED
        ).fit(rows, intents)
        weights = regression.coef_.T.astype(np.float32)
        biases = regression.intercept_.astype(np.float32)
        return cls(vocabulary, list(regression.classes_), weights, biases)

    def chances(self, text: str) -> dict[str, float]:
        """Returns how likely each intent is; they add up to 1."""
        at, values = self.vocabulary.vector(text)
        scores = 1 / (1 + np.exp(-(values @ self.weights[at] + self.biases)))
        return dict(zip(self.intents, map(float, scores / scores.sum()), strict=True))

    def write(self, folder: Path) -> None:
        """Writes numbers and names, and nothing that a loader would have to run."""
        np.savez(
            folder / "numbers.npz",
            rarity=self.vocabulary.rarity,
            weights=self.weights,
            biases=self.biases,
        )
        names = {
            "intents": self.intents,
            "features": list(self.vocabulary.places),
            "groups": [[*entry] for entry in self.vocabulary.groups.items()],
        }
        (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Reading:
        """Reads what `write` wrote."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        places = {name: place for place, name in enumerate(names["features"])}
        groups = {tuple(words): group for words, group in names["groups"]}
        with np.load(folder / "numbers.npz", allow_pickle=False) as numbers:
            vocabulary = Vocabulary(places, numbers["rarity"], groups)
            return cls(vocabulary, names["intents"], numbers["weights"], numbers["biases"])


def weighed(learned: Mapping[str, float], encoded: Mapping[str, float]) -> dict[str, float]:
    """Returns both readers' chances as one, over the intents that were learned at set-up.

    Intents that the encoder was not trained with keep what was learned of them.
    """
    known = sum(encoded.get(intent, 0.0) for intent in learned)
    if not known:
        return dict(learned)
    shared = sum(chance for intent, chance in learned.items() if intent in encoded) / known
    return {
        intent: ENCODER_SHARE * shared * encoded[intent] + (1 - ENCODER_SHARE) * chance
        if intent in encoded
        else chance
        for intent, chance in learned.items()
    }


def ranking(chances: Mapping[str, float]) -> list[dict[str, Any]]:
    """Returns the likeliest intents, best first, as Rasa wants them."""
    best = sorted(chances.items(), key=lambda of: -of[1])[:RANKED]
    return [{"name": intent, "confidence": chance} for intent, chance in best]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent, IntentClassifier):
    """The one component that understands; named in config.yml."""

    def __init__(self, storage: ModelStorage, resource: Resource, reading: Reading | None) -> None:
        """Keeps where a reading is stored, and the reading once there is one."""
        self._storage = storage
        self._resource = resource
        self._reading = reading
        self._encoder = Encoder.read()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentReader:
        """Makes one that has to be trained."""
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentReader:
        """Makes one from a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Reading.read(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of data/nlu."""
        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        self._reading = Reading.learned(
            [each.get(TEXT) for each in examples], [each.get(INTENT) for each in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            self._reading.write(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent and the ranking to each message."""
        assert self._reading is not None  # Rasa trains or loads before it processes
        for message in messages:
            text = message.get(TEXT)
            ranked = ranking(weighed(self._reading.chances(text), self._encoder.chances(text)))
            message.set(INTENT, dict(ranked[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
        return messages
