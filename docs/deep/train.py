#!/usr/bin/env python3
"""Fine-tunes an encoder to tell polarity and exports the folder that sentiment.deep.folder names.

    python3 -m venv venv
    venv/bin/pip install torch transformers onnx
    venv/bin/python docs/deep/train.py --encoder DIR --data train.tsv --held-out dev.tsv --out folder

DIR is a BERT-like encoder that transformers loads from a folder (config.json, tokenizer.json, weights).
Data are lines of class, tab, text; the classes are negative, neutral and positive. The same data,
flags and seed give the same model on the same machine. docs/deep.md has the whole recipe.
"""

import argparse
import html
import json
import pathlib
import random
import re
import time

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

CLASSES = ["negative", "neutral", "positive"]


def clean(text):
    """Says a text as groundswell says it to the model: sentiment/deep/text.go."""
    words = html.unescape(text).split()
    return " ".join("http" if re.match(r"https?://", w) else "@user" if re.match(r"@\w", w) else w for w in words)


def read(files):
    rows = []
    for name in files:
        for number, line in enumerate(open(name, encoding="utf-8"), 1):
            label, _, text = line.rstrip("\n").partition("\t")
            if label not in CLASSES or not text.strip():
                raise SystemExit(f"{name}, line {number}: want one of {', '.join(CLASSES)}, a tab and a text")
            rows.append((CLASSES.index(label), clean(text)))
    return rows


def batches(rows, size, tokenizer, length, shuffle=None):
    """Texts of like length go together, so that little is padded."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][1]))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if shuffle:
        shuffle.shuffle(groups)
    for group in groups:
        tokens = tokenizer([rows[i][1] for i in group], truncation=True, max_length=length, padding=True, return_tensors="pt")
        yield group, tokens, torch.tensor([rows[i][0] for i in group])


def recall(model, rows, tokenizer, args):
    """Macro-averaged recall, the measure of SemEval-2017 task 4 A (Rosenthal, Farra, Nakov 2017)."""
    model.eval()
    hits, totals = [0] * 3, [0] * 3
    with torch.no_grad():
        for _, tokens, labels in batches(rows, args.batch, tokenizer, args.length):
            for label, guess in zip(labels.tolist(), model(**tokens).logits.argmax(1).tolist()):
                totals[label] += 1
                hits[label] += label == guess
    return sum(h / max(1, t) for h, t in zip(hits, totals)) / 3


def train(model, rows, tokenizer, args):
    counts = [sum(1 for label, _ in rows if label == c) for c in range(3)]
    weight = torch.tensor([len(rows) / (3 * max(1, n)) for n in counts])
    loss_of = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05)
    if args.freeze:
        for part in [model.base_model.embeddings, *model.base_model.encoder.layer[: args.freeze]]:
            part.requires_grad_(False)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=args.rate, weight_decay=0.01)
    steps = args.epochs * -(-len(rows) // args.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=args.rate, total_steps=steps, pct_start=0.1, anneal_strategy="linear")
    shuffle, began, done = random.Random(args.seed), time.time(), 0
    for epoch in range(args.epochs):
        model.train()
        for _, tokens, labels in batches(rows, args.batch, tokenizer, args.length, shuffle):
            loss = loss_of(model(**tokens).logits, labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            done += 1
            if done % 20 == 0:
                print(f"epoch {epoch + 1}, step {done} of {steps}, loss {loss.item():.3f}, {time.time() - began:.0f} s", flush=True)


class Logits(torch.nn.Module):
    """A BERT-like classifier in few, plain operators: token ids and mask in, a row of logits a text out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        base = self.model.base_model
        hidden = base.embeddings(input_ids=input_ids, token_type_ids=torch.zeros_like(input_ids))
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -10000.0
        for layer in base.encoder.layer:
            hidden = layer(hidden, bias)
            hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        return self.model.classifier(base.pooler(hidden))


def export(model, tokenizer, args):
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    model.eval()
    model.save_pretrained(out)  # for PyTorch; groundswell reads model.onnx
    sample = tokenizer(["an example", "another, longer example"], padding=True, return_tensors="pt")
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        Logits(model), (sample["input_ids"], sample["attention_mask"]), str(out / "model.onnx"), opset_version=14, dynamo=False,
        input_names=["input_ids", "attention_mask"], output_names=["logits"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}})
    tokenizer.save_pretrained(out)
    # Padding and cutting are the caller's.
    path = out / "tokenizer.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["truncation"] = data["padding"] = None
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    (out / "config.json").write_text(json.dumps({
        "model_type": model.config.model_type, "max_position_embeddings": args.length,
        "pad_token_id": tokenizer.pad_token_id, "id2label": dict(enumerate(CLASSES))}, indent=2))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--encoder", required=True, help="folder of the encoder")
    p.add_argument("--data", required=True, nargs="+", help="training files")
    p.add_argument("--held-out", nargs="*", default=[], help="files to measure on")
    p.add_argument("--out", required=True, help="folder to write")
    p.add_argument("--epochs", type=int, default=2)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--length", type=int, default=96, help="tokens that are read of a text")
    p.add_argument("--rate", type=float, default=1e-4)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--freeze", type=int, default=0, help="leave the embeddings and so many layers as they are: faster, a little worse")
    args = p.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    model = AutoModelForSequenceClassification.from_pretrained(args.encoder, num_labels=3, attn_implementation="eager",
                                                               id2label=dict(enumerate(CLASSES)))
    train(model, read(args.data), tokenizer, args)
    export(model, tokenizer, args)
    for name in args.held_out:
        print(f"{name}: macro-recall {recall(model, read([name]), tokenizer, args):.3f}")


if __name__ == "__main__":
    main()
