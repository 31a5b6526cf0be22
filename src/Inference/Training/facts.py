"""Turns WordNet entries into facts: a kind of question, the word, and a grammatical answer."""
import re
import zlib

COUNTABLE_AFTER = r"(?:that|which|who|of|for|with|in|on|or|and|to|used|from|at|by|is|was|has|[,.;]|$)"
FINITE = set("is are was were be been am has have had do does did will would can could may might must shall should "
             "went came got made took gave saw felt found kept ran won lost let put set left said told sat held "
             "became began broke brought bought drove fell flew grew heard knew laid led lay met paid read rose sent "
             "shot slept spoke spent stood struck taught thought threw wore wrote don't didn't isn't can't won't "
             "couldn't wasn't doesn't hasn't haven't aren't".split())
SUBJECTS = set("i he she we they you it this that there these those what who how his her my our your their don't please "
               "let".split())
VOWEL = re.compile(r"^(?!eu|uni|use|usa|usu|ut[ei]|one|once|ewe|ur[aei])[aeiou]|^(hour|honest|heir|honor|honour|herb$)", re.I)


class Word:
    def __init__(self, text, rank):
        self.text, self.rank, self.facts = text, rank, []


def article(word):
    return "an" if VOWEL.match(word) else "a"


def usable(definition):
    n = len(definition.split())
    return 2 <= n <= 24 and definition.isascii() and not re.search(r"[\"`=<>_]|\d{4}|--", definition)


# Lexicographer files whose nouns can take an article: animals, artifacts, body parts, talk, events, food, groups,
# places, objects, persons, plants, possessions, quantities, shapes, times.
COUNTABLE_FILES = {5, 6, 8, 10, 11, 13, 14, 15, 17, 18, 20, 21, 23, 25, 28}


def count_articles(wn):
    """How often "a WORD" or "an WORD" occurs in WordNet's own text where no other noun follows."""
    counted = {}
    pattern = re.compile(r"\b(?:a|an|each|every|another|one) ([a-z]+)(?= " + COUNTABLE_AFTER + r"|[,.;]|$)")
    for text in wn.texts:
        for word in pattern.findall(text.lower()):
            counted[word] = counted.get(word, 0) + 1
    return counted


def define(word, pos, synset, countable):
    d = synset.definition
    if pos == "n":
        if countable and re.match(r"(a|an|any|one|the|someone|something|either|every|each) ", d) and d.split()[0] != word:
            return f"{article(word).capitalize()} {word} is {d}."
        return f"The noun {word} means {d}."
    if pos == "v":
        return f"To {word} means to {d}."
    return f"The {'adjective' if pos == 'a' else 'adverb'} {word} means {d}."


def is_sentence(text):
    tokens = re.findall(r"[a-z']+", text.lower())
    if not tokens or len(tokens) < 4:
        return False
    if tokens[0] in SUBJECTS or any(t in FINITE for t in tokens[1:]):
        return True
    return any(t.endswith("ed") for t in tokens[1:4])


def as_sentence(text):
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def fit_example(text, limit=16):
    words = text.split()
    return (3 <= len(words) <= limit and text.isascii() and not re.search(r"[\"`;:/()\[\]*]|--| - |\.\.|\d{3}|(^|\s)'|'$", text))


class Facts:
    """Every fact of the vocabulary, in a fixed order, so that a seed gives the same data everywhere."""

    def __init__(self, wn, core=8000):
        self.wn = wn
        self.articles = count_articles(wn)
        self.examples = self.collect_examples()
        ranked = self.rank_words()
        self.words = [self.build(w, i) for i, w in enumerate(ranked)]
        self.words = [w for w in self.words if w.facts]
        for i, w in enumerate(self.words):
            w.rank = i
        self.core = min(core, len(self.words))

    def rank_words(self):
        wn = self.wn
        lemmas = {w for p in "nvar" for w in wn.index[p] if re.fullmatch(r"[a-z]{3,14}", w)} | {"go", "do", "ox", "ax"}
        score = {w: sum(wn.tagged[w].values()) + 0.7 * wn.seen[w] if w in wn.tagged else 0.7 * wn.seen[w] for w in lemmas}
        return sorted((w for w in lemmas if self.is_lower(w)), key=lambda w: (-score[w], w))

    def is_lower(self, word):
        for p in self.wn.parts_of_speech(word):
            for s in self.wn.senses(word, p)[:1]:
                if word in s.words:
                    return True
        return False

    def collect_examples(self):
        found = {}
        for pos in "nvar":
            for offset in sorted(self.wn.synsets[pos]):
                s = self.wn.synsets[pos][offset]
                for e in s.examples if s.fit else ():
                    if fit_example(e, 12) and is_sentence(e):
                        for t in set(re.findall(r"[a-z]+", e.lower())):
                            lemma = self.wn.lemma(t)
                            if lemma and len(lemma) > 3:
                                found.setdefault(lemma, []).append(e)
        return found

    def build(self, text, rank):
        word = Word(text, rank)
        order = self.wn.parts_of_speech(text)
        counts = self.wn.tagged.get(text, {})
        main = True
        for pos in order[:2]:
            if not main and counts.get(pos, 0) < max(3, 0.2 * counts.get(order[0], 0)):
                continue
            for sense in self.wn.senses(text, pos)[:3]:
                if sense.fit and text in sense.words and usable(sense.definition) \
                        and not re.search(rf"\b{text}\b", sense.definition):
                    self.add_meaning(word, pos, sense, main)
                    main = False
                    break
        return word

    def add_meaning(self, word, pos, sense, main):
        w, add = word.text, word.facts.append
        countable = sense.lexfile in COUNTABLE_FILES and w in self.articles
        definition = define(w, pos, sense, countable)
        add((f"define-{pos}", definition))
        if not main:
            return
        add(("define", definition))
        kind = self.kind_of(w, pos, sense, countable)
        synonym = self.synonyms(w, sense)
        opposite = self.opposite(w, pos)
        example = self.example(w, sense)
        if kind:
            add(("kind", kind))
        if synonym:
            add(("synonym", synonym))
        elif word.rank < 3000 and zlib.crc32(w.encode()) % 6 == 0:
            add(("synonym", f"I do not know another word for {w}."))
        if opposite:
            add(("opposite", opposite))
        elif word.rank < 3000 and zlib.crc32(w.encode()) % 12 == 0:
            add(("opposite", f"I do not know an opposite of {w}."))
        if example:
            add(("example", example))
        more = [f for f in (synonym, opposite, example) if f]
        if more:
            add(("about", definition + " " + more[zlib.crc32(w.encode()) % len(more)]))

    def kind_of(self, w, pos, sense, countable):
        if pos != "n":
            return None
        up = [self.wn.target(p) for p in sense.pointers if p[0] == "@"]
        if not up or not up[0].words[0].isascii():
            return None
        name = up[0].words[0]
        if countable:
            return f"{article(w).capitalize()} {w} is a kind of {name}."
        return f"The noun {w} names a kind of {name}."

    def synonyms(self, w, sense):
        others = [x for x in sense.words if x != w and re.fullmatch(r"[a-z]+( [a-z]+)?", x) and not x.startswith(w)]
        others = sorted(others, key=lambda x: -self.wn.seen[x])[:2]
        if len(others) == 1:
            return f"Another word for {w} is {others[0]}."
        return f"Other words for {w} are {others[0]} and {others[1]}." if others else None

    def opposite(self, w, pos):
        for s in self.wn.senses(w, pos)[:3]:
            for kind, _, offset, at in s.pointers:
                if kind == "!" and w in s.words and int(at[:2], 16) == s.words.index(w) + 1:
                    t = self.wn.synsets[pos].get(offset)
                    if t and t.fit:
                        return f"The opposite of {w} is {t.words[int(at[2:], 16) - 1]}."
        return None

    def example(self, w, sense):
        own = [e for e in sense.examples if fit_example(e) and self.mentions(e, w)]
        for e in own:
            if is_sentence(e):
                return f'For example: "{as_sentence(e)}"'
        for e in sorted(self.examples.get(w, []), key=lambda e: (abs(len(e.split()) - 7), e))[:1]:
            return f'For example: "{as_sentence(e)}"'
        if own:
            return f'You can say "{own[0]}", for example.'
        return None

    def mentions(self, example, w):
        return any(self.wn.lemma(t) == w or t == w for t in re.findall(r"[a-z]+", example.lower()))
