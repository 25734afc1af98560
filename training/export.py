"""The trained encoder as one file of eight-bit numbers that onnxruntime reads."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from training.batches import LONGEST
from training.network import Encoder, base
from training.rows import TASKS


def export(encoder: Encoder, labels: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Writes encoder.onnx, tokenizer.json and labels.json."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole.onnx"
        _trace(encoder, whole)
        quantize_dynamic(
            whole, folder / "encoder.onnx", per_channel=True, weight_type=QuantType.QInt8
        )
    _pieces().save(str(folder / "tokenizer.json"), pretty=False)
    named = {"longest": LONGEST, "labels": labels}
    (folder / "labels.json").write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")


def _pieces() -> Tokenizer:
    """MiniLM's own word pieces, unpadded: its file asks for a width of 128, which makes a line of
    twenty pieces seven times the work."""
    read = Tokenizer.from_file(str(base() / "tokenizer.json"))
    read.no_padding()
    read.no_truncation()
    return read


def _trace(encoder: nn.Module, path: Path) -> None:
    ids = torch.arange(1000, 1022).reshape(2, 11)
    names = ["ids", "mask", "types"]
    with warnings.catch_warnings():
        # The tracer that torch means to replace writes the smaller and plainer graph.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            encoder.eval(),
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            str(path),
            input_names=names,
            output_names=["vector", *TASKS],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in names},
            dynamo=False,
        )
