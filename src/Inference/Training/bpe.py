"""Byte-level BPE as GPT-2 and Llama 3 use it: training, encoding, and the published tokenizer.json format."""
import heapq
import json
import re
from collections import Counter, defaultdict

# GPT-2's pattern in the standard library's dialect (letters, digits, everything else).
SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def byte_alphabet():
    visible = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, extra = {}, 0
    for b in range(256):
        table[b] = chr(b) if b in visible else chr(256 + extra)
        extra += b not in visible
    return table


ALPHABET = byte_alphabet()


def pieces(text):
    return ["".join(ALPHABET[b] for b in p.encode()) for p in SPLIT.findall(text)]


def merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(counts, merges):
    """counts: piece → how often; returns the list of pairs in the order of merging."""
    words = [(list(p), n) for p, n in sorted(counts.items())]
    pairs, where = Counter(), defaultdict(set)
    for i, (symbols, n) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += n
            where[pair].add(i)
    heap = [(-n, p) for p, n in pairs.items()]
    heapq.heapify(heap)
    found = []
    while len(found) < merges and heap:
        count, best = heapq.heappop(heap)
        if pairs.get(best, 0) != -count:
            continue  # an older count of this pair
        if count > -2:
            break
        found.append(best)
        touched = set()
        for i in where.pop(best):
            symbols, n = words[i]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] -= n
                touched.add(pair)
            symbols = merge(symbols, best)
            words[i] = (symbols, n)
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += n
                where[pair].add(i)
                touched.add(pair)
        pairs[best] = 0
        for pair in touched - {best}:
            heapq.heappush(heap, (-pairs[pair], pair))
    return found


class Tokenizer:
    def __init__(self, merges, special):
        self.merges = merges
        tokens = [ALPHABET[b] for b in sorted(ALPHABET, key=lambda b: ALPHABET[b])] + [a + b for a, b in merges]
        self.ids = {t: i for i, t in enumerate(dict.fromkeys(tokens))}
        self.special = {s: len(self.ids) + i for i, s in enumerate(special)}
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        self.size = len(self.ids) + len(special)
        self.cache = {}
        bytes_of = {c: b for b, c in ALPHABET.items()}
        self.bytes = {i: bytes(bytes_of[c] for c in t) for t, i in self.ids.items()}

    def encode(self, text):
        out = []
        for piece in SPLIT.findall(text):
            ids = self.cache.get(piece)
            if ids is None:
                ids = self.cache[piece] = self.encode_piece("".join(ALPHABET[b] for b in piece.encode()))
            out += ids
        return out

    def encode_piece(self, piece):
        symbols = list(piece)
        while len(symbols) > 1:
            best = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
            if best not in self.ranks:
                break
            symbols = merge(symbols, best)
        return [self.ids[s] for s in symbols]

    def decode(self, ids):
        return b"".join(self.bytes.get(i, b"") for i in ids).decode(errors="replace")

    def save(self, path):
        added = [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                  "special": True} for s, i in self.special.items()]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        document = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
                    "pre_tokenizer": level, "post_processor": None, "decoder": level,
                    "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                              "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                              "ignore_merges": False, "vocab": self.ids, "merges": [f"{a} {b}" for a, b in self.merges]}}
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f, ensure_ascii=False, indent=1)
            f.write("\n")

    @staticmethod
    def load(path):
        document = json.load(open(path, encoding="utf-8"))
        merges = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in document["model"]["merges"]]
        return Tokenizer(merges, [a["content"] for a in document["added_tokens"]])


def count_pieces(texts):
    counts = Counter()
    for text, n in Counter(texts).items():
        for p in pieces(text):
            counts[p] += n
    return counts
