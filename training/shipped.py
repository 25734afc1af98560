"""The shipped files put back into 32 bits, to train what stands on the lower layers further."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper
from torch import Tensor

from training.network import Answers, Encoder

QUANTISED = "_quantized"
PRODUCT = "/MatMul_quant"

Held = Mapping[str, NDArray[np.generic]]
Labels = Mapping[str, Sequence[str]]


def read(folder: Path) -> tuple[Encoder, Answers, Labels]:
    """What `training.export` wrote, and the labels of each task. The encoder's head for answers is
    that of what reads them.

    Raises RuntimeError when a file's weights are not those of its part of the network.
    """
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))["labels"]
    encoder = Encoder(labels)
    answers = Answers(encoder.upper)
    answers.load_state_dict(_weights(folder / "answers.onnx"))
    head = {f"heads.answer.{name}": of for name, of in answers.head.state_dict().items()}
    encoder.lower.load_state_dict(_weights(folder / "lower.onnx"))
    encoder.upper.load_state_dict(_weights(folder / "upper.onnx") | head)
    return encoder.eval(), answers.eval(), labels


def _weights(path: Path) -> dict[str, Tensor]:
    return dict(_named(onnx.load(path)))


def _named(model: ModelProto) -> Iterator[tuple[str, Tensor]]:
    held = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    for name, of in held.items():
        own = name.removesuffix(QUANTISED)
        if own == name and name.endswith((".bias", ".weight")):
            yield name, torch.from_numpy(of.copy())
        elif own != name and own.endswith(".weight"):
            # Words are looked up by row; what is multiplied lies on its side.
            yield own, _whole(held, own) if "embeddings" in own else _whole(held, own).T
    for node in model.graph.node:
        # A matrix without a name of its own is known by the place where it is multiplied.
        if node.op_type == "MatMulInteger" and node.input[1].startswith("onnx::"):
            place = node.name.removesuffix(PRODUCT).strip("/").replace("/", ".")
            yield f"{place}.weight", _whole(held, node.input[1].removesuffix(QUANTISED)).T


def _whole(held: Held, name: str) -> Tensor:
    zero = held[f"{name}_zero_point"].astype(np.float32)
    return torch.from_numpy(
        (held[name + QUANTISED].astype(np.float32) - zero) * held[f"{name}_scale"]
    )
