"""Leaves out the parts of Rasa that Heard never runs, before anything imports them.

Rasa loads all fifteen of its chat channels, TensorFlow, and drivers for stores we do not have,
wherever one line of it is imported. The channels bring code we refuse to run (reliability.md
R15, R19, R20) and packages our lock leaves out; the rest cost 15 s of start and 330 MB.
A placeholder holds the names that Rasa imports and nothing behind them, so that using one by
mistake fails at once. bot/server.py asks the loaded model a question before it serves.
"""

from __future__ import annotations

import importlib
import json
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

CHANNELS = "rasa.core.channels"


def _classes(*names: str) -> dict[str, Any]:
    return {name: type(name, (), {}) for name in names}


# Imported always, run never: other people's stores, prompts in a terminal, drawn reports.
NEVER_RUN = {
    "boto3.dynamodb.conditions": _classes("Key"),
    "pymongo.collection": _classes("Collection"),
    "questionary": {},
    "rasa.utils.plotting": {},
}

# Imported for every model, run only while one is trained.
TRAINING_ONLY = {
    "rasa.graph_components.validators.default_recipe_validator": _classes(
        "DefaultV1RecipeValidator"
    ),
    "rasa.utils.tensorflow.callback": _classes("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": _classes("RasaBatchDataGenerator"),
}
TENSORFLOW_COMPONENTS = (
    "rasa.nlu.classifiers.diet_classifier.",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer.",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer.",
    "rasa.nlu.selectors.response_selector.",
    "rasa.core.policies.ted_policy.",
    "rasa.core.policies.unexpected_intent_policy.",
)


def leave_out_channels() -> None:
    """Replaces Rasa's package of channels by one that holds only their base classes."""
    if CHANNELS in sys.modules:
        return
    core = importlib.import_module("rasa.core")
    package = ModuleType(CHANNELS)
    package.__path__ = [str(Path(core.__path__[0]) / "channels")]
    sys.modules[CHANNELS] = package
    core.channels = package
    base = importlib.import_module(f"{CHANNELS}.channel")
    for name in ("InputChannel", "OutputChannel", "CollectingOutputChannel", "UserMessage"):
        setattr(package, name, getattr(base, name))


def leave_out_what_serving_never_runs(components: Iterable[str]) -> None:
    """Puts placeholders for all that a process which only serves this model can do without.

    Args:
        components: What the model is made of (`components_of`).
    """
    _place(NEVER_RUN)
    if not any(name.startswith(TENSORFLOW_COMPONENTS) for name in components):
        _place(TRAINING_ONLY)


def components_of(model: Path) -> set[str]:
    """Returns the full names of the classes that a trained model runs.

    Raises:
        tarfile.TarError, OSError, KeyError, ValueError: the file is not a Rasa model.
    """
    with tarfile.open(model) as archive:
        member = archive.extractfile("metadata.json")
        if member is None:
            raise KeyError("metadata.json")
        nodes = json.load(member)["predict_schema"]["nodes"].values()
    return {node["uses"] for node in nodes}


def _place(modules: Mapping[str, Mapping[str, Any]]) -> None:
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        sys.modules.setdefault(name, module)
