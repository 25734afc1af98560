"""Fine-tuning: all tasks at once, and the general vector on how people ask for a policy's rules;
then answers by themselves. And both again, from what they have become."""

from __future__ import annotations

import copy
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import torch
from torch import Tensor, nn

from training.asked import Asked
from training.batches import SIZE, Batch, Batches
from training.network import Answers, Encoder, Lower
from training.rows import TASKS, Row

LAYER_RATE = 2e-4  # of the last layer; each one below, and the words, learn slower by DECAY
DECAY = 0.85
HEAD_RATE = 1e-3
AGAIN_RATE, AGAIN_HEAD_RATE = 1.5e-4, 4.5e-4  # of what has learned once
SMOOTHING = 0.05
ASKED_EVERY = 8  # steps; a sample of ways of asking costs more than a batch of rows
ASKED_SHARE = 4.0  # of the loss
TEMPERATURE = 0.1  # of likeness: the lower, the more the nearest strangers count
# How much the general vector's likeness to the untrained one weighs: of ways of asking, of the rest
KEEP_VECTOR, KEEP_TYPED = 0.5, 0.6
SAID_EVERY = 500  # steps
AVERAGED_OVER = 200  # steps; the average of late weights reads better than any one of them

Part = TypeVar("Part", bound=nn.Module)


@dataclass(frozen=True)
class Run:
    """One training: how long, each of its two parts, and from which seed."""

    epochs: int
    seed: int


def fit(
    run: Run,
    batches: Batches,
    rows: Sequence[Row],
    asked: Asked,
    say: Callable[[str], None],
) -> tuple[Encoder, Answers]:
    """Trains on the rows; `asked` is only for the general vector."""
    encoder = Encoder(batches.labels)
    encoder = whole(run, encoder, (LAYER_RATE, HEAD_RATE), batches, rows, asked, say)
    return encoder, answers(run, encoder.lower, Answers(encoder.upper), batches, rows, say)


def whole(
    run: Run,
    encoder: Encoder,
    rates: tuple[float, float],
    batches: Batches,
    rows: Sequence[Row],
    asked: Asked,
    say: Callable[[str], None],
) -> Encoder:
    """All layers of an encoder, on all tasks; the rates are of its last layer and of its heads."""
    _prepare(run)
    layers = [encoder.lower.embeddings, *encoder.lower.layers, *encoder.upper.layers]
    groups = [*_layers(layers, rates[0]), _heads(encoder, rates[1])]
    chance = Random(run.seed)
    untrained = _vectors(
        Encoder(batches.labels).eval(),
        batches,
        [*asked.texts(), *(row.text for row in rows if not row.light)],
    )
    weights = _class_weights(rows, batches.labels)

    def loss(batch: Batch, step: int) -> Tensor:
        found = _loss(encoder, batch, weights, untrained)
        if step % ASKED_EVERY == 0:
            sample = asked.some(chance)
            found = found + ASKED_SHARE * _asked_loss(encoder, batches, sample, untrained)
        return found

    order = (batch for _ in range(run.epochs) for batch in batches.epoch(rows, chance))
    return _fitted(encoder, groups, order, run.epochs * _steps(rows), loss, say).eval()


def answers(
    run: Run,
    lower: Lower,
    part: Answers,
    batches: Batches,
    rows: Sequence[Row],
    say: Callable[[str], None],
) -> Answers:
    """The upper layers that read answers, on a trained encoder's lower ones, which stay."""
    _prepare(run)
    chance = Random(run.seed)
    own = [row for row in rows if row.task == "answer"]
    weights = _class_weights(own, {"answer": batches.labels["answer"]})["answer"]

    def loss(batch: Batch, step: int) -> Tensor:
        with _in_sixteen_bits():
            with torch.no_grad():
                states = lower(*batch.inputs)
            logits = part(states, batch.inputs[1]).float()
        target = batch.targets["answer"]
        return nn.functional.cross_entropy(logits, target, weights, label_smoothing=SMOOTHING)

    groups = _layers(part.layers, AGAIN_RATE)
    groups.append({"params": part.head.parameters(), "lr": AGAIN_HEAD_RATE})
    order = (batch for _ in range(run.epochs) for batch in batches.epoch(own, chance))
    return _fitted(part, groups, order, run.epochs * _steps(own), loss, say)


def _prepare(run: Run) -> None:
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(run.seed)


def _fitted(
    part: Part,
    groups: list[dict[str, object]],
    order: Iterable[Batch],
    steps: int,
    loss: Callable[[Batch, int], Tensor],
    say: Callable[[str], None],
) -> Part:
    """The average of the part's late weights."""
    averaged = copy.deepcopy(part)
    for child in part.children():
        child.train(any(of.requires_grad for of in child.parameters()))
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda at: _pace(at / steps))
    began, total = time.monotonic(), 0.0
    for step, batch in enumerate(order):
        found = loss(batch, step)
        found.backward()
        nn.utils.clip_grad_norm_(part.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        pace.step()
        _average(averaged, part, min(1 - 1 / AVERAGED_OVER, (step + 1) / (step + 11)))
        total += float(found.detach())
        if (step + 1) % SAID_EVERY == 0:
            spent = time.monotonic() - began
            say(f"step {step + 1} of {steps}: loss {total / SAID_EVERY:.3f}, {spent:.0f} s")
            total = 0.0
    return averaged


def _loss(
    encoder: Encoder,
    batch: Batch,
    weights: Mapping[str, Tensor],
    untrained: Mapping[str, Tensor],
) -> Tensor:
    """Of all tasks, and of how far the general vector of what people type has moved: the labels
    alone would draw together what has nothing in common."""
    vectors, *logits = _read(encoder, batch.inputs)
    alone = [n for n, text in enumerate(batch.written) if text]
    total = torch.zeros(())
    if alone:
        written = [batch.written[n] for n in alone]
        total = KEEP_TYPED * _moved(vectors[alone], written, untrained)
    for task, of in zip(TASKS, logits, strict=True):
        target = batch.targets[task]
        if (target >= 0).any():
            # By the root: a task with few rows is not drowned by one with many.
            share = (target >= 0).float().mean().sqrt()
            total = total + share * nn.functional.cross_entropy(
                of, target, weights[task], label_smoothing=SMOOTHING
            )
    return total


def _asked_loss(
    encoder: Encoder,
    batches: Batches,
    sample: Sequence[tuple[str, str, str]],
    untrained: Mapping[str, Tensor],
) -> Tensor:
    """Ways of asking for one rule belong together, apart from all others (supervised contrast),
    and none may go far from where it was: rules that are not written yet are asked for too."""
    rules, typed, written = zip(*sample, strict=True)
    vectors, *_ = _read(encoder, batches.tensors([("", text) for text in typed]))
    number = {rule: n for n, rule in enumerate(rules)}
    own = torch.tensor([number[rule] for rule in rules])
    others = ~torch.eye(len(rules), dtype=torch.bool)
    together = (own[:, None] == own[None, :]) & others
    likeness = (vectors @ vectors.T / TEMPERATURE).masked_fill(~others, -torch.inf)
    surprise = torch.logsumexp(likeness, 1, keepdim=True) - likeness
    each = surprise.masked_fill(~together, 0).sum(1) / together.sum(1).clamp(min=1)
    return each[together.any(1)].mean() + KEEP_VECTOR * _moved(vectors, written, untrained)


def _moved(vectors: Tensor, written: Sequence[str], untrained: Mapping[str, Tensor]) -> Tensor:
    """How far vectors are from where they were: 0 not at all, 1 nothing in common."""
    return 1 - (vectors * torch.stack([untrained[text] for text in written])).sum(1).mean()


def _read(encoder: Encoder, inputs: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
    with _in_sixteen_bits():
        return [of.float() for of in encoder(*inputs)]


def _in_sixteen_bits() -> torch.autocast:
    """Where the processor has them: a step takes two thirds of the time. Where it has to act them,
    a step takes twenty times as long."""
    halves = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves)


def _vectors(encoder: Encoder, batches: Batches, texts: Sequence[str]) -> dict[str, Tensor]:
    """The general vector of each text before training."""
    ordered = sorted(set(texts), key=len)
    found: dict[str, Tensor] = {}
    with torch.inference_mode():
        for n in range(0, len(ordered), 2 * SIZE):
            some = ordered[n : n + 2 * SIZE]
            vectors = encoder(*batches.tensors([("", text) for text in some]))[0]
            found |= dict(zip(some, vectors, strict=True))
    return found


def _class_weights(rows: Sequence[Row], labels: Mapping[str, Sequence[str]]) -> dict[str, Tensor]:
    """Rare labels weigh more, by the root of how rare they are; of the tasks that have rows."""
    counts = Counter((row.task, row.label) for row in rows)
    tasks = {task for task, _ in counts}
    found = {}
    for task, of in labels.items():
        if task not in tasks:
            continue
        rarity = torch.tensor([1 / math.sqrt(counts[task, label]) for label in of])
        found[task] = rarity / rarity.mean()
    return found


def _layers(layers: Sequence[nn.Module] | nn.ModuleList, rate: float) -> list[dict[str, object]]:
    return [
        {"params": layer.parameters(), "lr": rate * DECAY ** (len(layers) - 1 - n)}
        for n, layer in enumerate(layers)
    ]


def _heads(encoder: Encoder, rate: float) -> dict[str, object]:
    new = [*encoder.upper.heads.parameters(), *encoder.upper.vector.parameters()]
    return {"params": new, "lr": rate}


def _steps(rows: Sequence[Row]) -> int:
    return math.ceil(len(rows) / SIZE)


def _pace(done: float) -> float:
    """A tenth of the way up, then down along a cosine."""
    return done / 0.1 if done < 0.1 else 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9))


def _average(averaged: nn.Module, encoder: nn.Module, keep: float) -> None:
    with torch.no_grad():
        pairs = zip(averaged.parameters(), encoder.parameters(), strict=True)
        for kept, new in pairs:
            if new.requires_grad:
                kept.lerp_(new, 1 - keep)
