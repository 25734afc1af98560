"""The trained encoder, and what reads answers, as files of eight-bit numbers for onnxruntime."""

from __future__ import annotations

import copy
import json
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.network import LONGEST, SIZE, Answers, Encoder, base


def export(
    encoder: Encoder, answers: Answers, labels: Mapping[str, Sequence[str]], folder: Path
) -> None:
    """Writes lower.onnx, upper.onnx, answers.onnx, tokenizer.json and labels.json.

    onnxruntime runs all of a file whatever is asked of it. So the encoder is two files, and what
    reads answers, the third, stands on the lower one and does not pay for the upper one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.arange(1000, 1022).reshape(2, 11)
    mask = torch.ones_like(ids)
    pieces = {"ids": ids, "mask": mask, "types": torch.zeros_like(ids)}
    states = {"states": torch.rand(2, 11, SIZE), "mask": mask}
    _write(encoder.lower, pieces, ["states"], folder / "lower.onnx")
    upper = copy.deepcopy(encoder.upper)
    upper.heads.pop("answer")  # it taught the layers; what reads answers has one of its own
    _write(upper, states, ["vector", *upper.heads], folder / "upper.onnx")
    _write(answers, states, ["answer"], folder / "answers.onnx")
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


def _write(
    part: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], path: Path
) -> None:
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        # The tracer that torch means to replace writes the smaller and plainer graph.
        warnings.simplefilter("ignore")
        whole = Path(place) / "whole.onnx"
        torch.onnx.export(
            part.eval(),
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in inputs},
            dynamo=False,
        )
        quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QInt8)
