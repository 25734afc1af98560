"""The candidates that were not chosen, on the same rows: `python -m training.candidates NAME`.

NAME is `ngrams` (in training/.venv), `textcat` (in .venv) or `diet` (in bot/.venv). Each learns
the nine ideas in ten that the encoder learns from, and reads the tenth and tests/language.
What a text is judged in the light of stands in front of it, since none of them reads two texts.
--every 5 learns from one of five of those ideas: from all of them DIET takes half a day.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from training.rows import TASKS, Row, macro_f1, read, unseen

ROOT = Path(__file__).resolve().parents[1]
Texts = Sequence[str]
# Learns texts with labels; gives what it makes of other texts.
Candidate = Callable[[Texts, Texts, Texts], list[str]]


def ngrams(texts: Texts, labels: Texts, others: Texts) -> list[str]:
    """Words and letters, TF-IDF, one linear model."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    regression = LogisticRegression(C=20, class_weight="balanced", max_iter=300)
    return list(
        make_pipeline(make_union(words, letters), regression).fit(texts, labels).predict(others)
    )


def textcat(texts: Texts, labels: Texts, others: Texts) -> list[str]:
    """spaCy's own: an ensemble of a bag of words and a small network."""
    import random

    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(7)
    names = sorted(set(labels))
    pipeline = spacy.blank("en")
    pipeline.add_pipe("textcat")
    examples = [
        Example.from_dict(pipeline.make_doc(text), {"cats": {n: float(n == label) for n in names}})
        for text, label in zip(texts, labels, strict=True)
    ]
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(8):
        random.shuffle(examples)
        for batch in minibatch(examples, 64):
            pipeline.update(batch, sgd=optimizer, drop=0.2)
    return [max(doc.cats, key=doc.cats.get) for doc in pipeline.pipe(others)]  # type: ignore[arg-type]


def diet(texts: Texts, labels: Texts, others: Texts) -> list[str]:
    """Rasa's own transformer, over counted words and letters."""
    from bot import lean

    lean.leave_out_channels()
    import yaml
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    counted = {"name": "CountVectorsFeaturizer", "min_df": 2}
    pipeline = [
        {"name": "WhitespaceTokenizer"},
        counted,
        counted | {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 15, "entity_recognition": False, "random_seed": 7},
    ]
    by_label: dict[str, list[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        by_label.setdefault(label, []).append(f"- {' '.join(text.split())}")
    nlu = [{"intent": label, "examples": "\n".join(lines)} for label, lines in by_label.items()]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        config = {"recipe": "default.v1", "language": "en", "pipeline": pipeline}
        (place / "config.yml").write_text(yaml.safe_dump(config))
        (place / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
        model = train_nlu(str(place / "config.yml"), str(place / "nlu.yml"), folder)
        agent = Agent.load(model)
        return [asyncio.run(agent.parse_message(text))["intent"]["name"] or "" for text in others]


CANDIDATES: dict[str, Candidate] = {"ngrams": ngrams, "textcat": textcat, "diet": diet}


def main() -> None:
    """Prints macro-F1 by task and set of lines."""
    parser = argparse.ArgumentParser(prog="python -m training.candidates", description=__doc__)
    parser.add_argument("name", choices=CANDIDATES)
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    parser.add_argument("--every", type=int, default=1)
    chosen = parser.parse_args()
    rows = read(ROOT)
    learned = [row for row in rows if not row.held_out and row.number % chosen.every == 0]
    sets = {"held_out": [r for r in rows if r.held_out], "dev": unseen(ROOT / "tests/language")}
    for task in chosen.tasks:
        own = [row for row in learned if row.task == task]
        others = [row for of in sets.values() for row in of if row.task == task]
        found = iter(
            CANDIDATES[chosen.name](
                [_one(row) for row in own], [row.label for row in own], [_one(r) for r in others]
            )
        )
        for name, of in sets.items():
            pairs = [(row.label, next(found)) for row in of if row.task == task]
            print(
                json.dumps({"task": task, "set": name, "macro_f1": round(macro_f1(pairs), 3)}),
                flush=True,
            )


def _one(row: Row) -> str:
    return f"{row.light} | {row.text}" if row.light else row.text


if __name__ == "__main__":
    main()
