"""Reads WordNet 3.0's database files and keeps what a learner asks about one word."""
import re
from collections import Counter, defaultdict

POS = {"n": "noun", "v": "verb", "a": "adjective", "s": "adjective", "r": "adverb"}
FILES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
KEY_POS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
UNFIT = re.compile(r"slur|offensive|disparag|obscen|vulgar|derogat|sexual|genital|prostitut|intercourse|penis|vagina|"
                   r"excret|feces|urin|rape|negro|homosexual|coit|mastur|orgasm|whore", re.I)


class Synset:
    def __init__(self, pos, lexfile, words, pointers, gloss):
        self.pos, self.lexfile, self.words, self.pointers = pos, lexfile, words, pointers
        self.examples = [e.strip() for e in re.findall(r'"([^"]+)"', gloss)]
        self.definition = clean_definition(re.sub(r'"[^"]*".*', "", gloss))
        self.fit = not UNFIT.search(gloss)


def clean_definition(text):
    """The first clause of a gloss, without parentheses: it must continue a sentence."""
    text = re.sub(r"\([^()]*\)", " ", text)
    text = re.split(r"[;:]", text)[0]
    text = re.sub(r"\s+", " ", text).replace(" ,", ",").strip(" ,.-`'")
    return text


def parse_data(path):
    synsets = {}
    for line in open(path, encoding="latin-1"):
        if line.startswith("  "):
            continue
        head, gloss = line.rstrip("\n").split(" | ", 1)
        f = head.split()
        count = int(f[3], 16)
        words = [re.sub(r"\((a|p|ip)\)$", "", f[4 + 2 * i]).replace("_", " ") for i in range(count)]
        at = 4 + 2 * count
        pointers = [(f[i], f[i + 2], f[i + 1], f[i + 3]) for i in range(at + 1, at + 1 + 4 * int(f[at]), 4)]
        synsets[f[0]] = Synset(POS[f[2]], int(f[1]), words, pointers, gloss)
    return synsets


def parse_index(path):
    senses = {}
    for line in open(path, encoding="latin-1"):
        if line.startswith("  "):
            continue
        f = line.split()
        senses[f[0].replace("_", " ")] = f[6 + int(f[3]):]
    return senses


class WordNet:
    def __init__(self, folder):
        self.synsets = {p: parse_data(f"{folder}/data.{name}") for name, p in FILES.items()}
        self.index = {p: parse_index(f"{folder}/index.{name}") for name, p in FILES.items()}
        self.irregular = {}
        for name in FILES:
            for line in open(f"{folder}/{name}.exc", encoding="latin-1"):
                form, lemma = line.split()[:2]
                self.irregular.setdefault(form, lemma)
        self.tagged = defaultdict(Counter)
        for line in open(f"{folder}/cntlist.rev", encoding="latin-1"):
            key, _, count = line.split()
            lemma, sense = key.rsplit("%", 1)
            self.tagged[lemma.replace("_", " ")][KEY_POS[sense[0]]] += int(count)
        self.texts = [" ".join([s.definition] + s.examples) for p in self.synsets.values() for s in p.values()]
        self.seen = self.count_words()

    def lemma(self, token):
        """The dictionary form of an inflected word, or None."""
        if self.known(token):
            return token
        if token in self.irregular:
            return self.irregular[token]
        for ending, repl in (("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"),
                             ("ing", ""), ("ing", "e"), ("er", ""), ("est", ""), ("er", "e"), ("est", "e")):
            if token.endswith(ending):
                stem = token[: -len(ending)] + repl
                if self.known(stem):
                    return stem
                if ending in ("ed", "ing") and len(stem) > 3 and stem[-1] == stem[-2] and self.known(stem[:-1]):
                    return stem[:-1]
        return None

    def known(self, word):
        return any(word in self.index[p] for p in "nvar")

    def count_words(self):
        raw = Counter(t for text in self.texts for t in re.findall(r"[a-z]+", text.lower()))
        seen = Counter()
        for token, n in raw.items():
            lemma = self.lemma(token)
            if lemma:
                seen[lemma] += n
        return seen

    def senses(self, word, pos):
        return [self.synsets[pos][o] for o in self.index[pos].get(word, [])]

    def parts_of_speech(self, word):
        """Parts of speech of a word, most used first."""
        found = [p for p in "nvar" if word in self.index[p]]
        return sorted(found, key=lambda p: -self.tagged[word][p])

    def target(self, pointer):
        return self.synsets["a" if pointer[1] == "s" else pointer[1]][pointer[2]]
