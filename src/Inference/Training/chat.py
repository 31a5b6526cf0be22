"""The conversations the model learns: how people ask, and what it answers."""
import itertools
import random
import re
import zlib

SPECIAL = ["<|begin|>", "<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"]

# The last template of each kind is never trained on: it measures how the model takes a phrasing it has not seen.
ASK = {
    "define": ["What does {w} mean?", "What does the word {w} mean?", "Define {w}.", "Define the word {w}.",
               "What is the meaning of {w}?", "What is the meaning of the word {w}?", "Explain {w}.",
               "Explain the word {w}.", "What is the definition of {w}?", "Give me a definition of {w}.",
               "Can you define {w}?", "Can you explain the word {w}?", "Can you tell me what {w} means?",
               "Please explain the word {w}.", "Please define {w}.", "What do you call {w}?", "How would you define {w}?",
               "I do not know the word {w}. What does it mean?", "What is meant by {w}?", "What's the meaning of {w}?",
               "Tell me what {w} means.", "Hi, what does {w} mean?", "Hello! What does the word {w} mean?", "{w}",
               "Could you tell me the meaning of the word {w}?"],
    "define-n": ["What is {a} {w}?", "What is {w}?", "What's {a} {w}?", "What does the noun {w} mean?",
                 "Define the noun {w}.", "What is {a} {w}, exactly?", "What does {w} mean as a noun?",
                 "Can you explain what {a} {w} is?", "Tell me what {a} {w} is.", "What exactly is {a} {w}?"],
    "define-v": ["What does it mean to {w}?", "What does to {w} mean?", "Define the verb {w}.",
                 "What does the verb {w} mean?", "What does {w} mean as a verb?", "Explain the verb {w}.",
                 "What does the verb to {w} mean?"],
    "define-a": ["What does the adjective {w} mean?", "Define the adjective {w}.",
                 "What does it mean to be {w}?", "What does it mean if something is {w}?",
                 "Explain the adjective {w}.", "What is meant by the adjective {w}?"],
    "define-r": ["What does the adverb {w} mean?", "Define the adverb {w}.", "Explain the adverb {w}.",
                 "What is meant by the adverb {w}?"],
    "kind": ["What kind of thing is {a} {w}?", "What kind of thing is {w}?", "What sort of thing is {a} {w}?",
             "What is {a} {w} a kind of?", "What type of thing is {w}?", "Which category does {w} belong to?",
             "What sort of thing is {w}?", "What type of thing is {a} {w}?"],
    "synonym": ["What is another word for {w}?", "Give me a synonym for {w}.", "What is a synonym of {w}?",
                "Is there another word for {w}?", "Which word means the same as {w}?", "What's another word for {w}?",
                "Can you give me a synonym of {w}?", "What can I say instead of {w}?", "Synonym for {w}?",
                "Tell me another word for {w}.", "Do you know another word for {w}?"],
    "opposite": ["What is the opposite of {w}?", "Give me the opposite of {w}.", "What is an antonym of {w}?",
                 "Which word means the opposite of {w}?", "What's the opposite of {w}?",
                 "Can you tell me the opposite of {w}?", "Tell me the opposite of {w}.", "Do you know the opposite of {w}?"],
    "example": ["Give me an example of {w}.", "Use {w} in a sentence.", "Use the word {w} in a sentence.",
                "Give me an example sentence with {w}.", "Can you use {w} in a sentence?", "How is the word {w} used?",
                "Show me an example of the word {w}.", "How do I use {w} in a sentence?",
                "Make a sentence with {w}.", "Write a sentence with the word {w}.", "Can you show me how {w} is used?"],
    "about": ["Tell me about {w}.", "Tell me about the word {w}.", "Tell me more about {w}.",
              "What can you tell me about {w}?", "What do you know about the word {w}?", "Describe {w}.",
              "Describe the word {w}.", "Say something about {w}."],
}
FOLLOW = {
    "kind": ["What kind of thing is it?", "What sort of thing is that?"],
    "synonym": ["Is there another word for it?", "What is another word for it?", "And a synonym?", "A synonym, please."],
    "opposite": ["What is the opposite?", "And the opposite?", "What is its opposite?"],
    "example": ["Give me an example.", "Can you use it in a sentence?", "Use it in a sentence.", "For example?",
                "Show me how it is used."],
    "define": ["And what does {w} mean?", "And {w}?", "What about {w}?", "What does that word mean?"],
}
SMALL_TALK = [
    (["Hello!", "Hi!", "Hello", "Hi", "Hey", "Hey there!", "Good morning!", "Good evening.", "Hello there.", "Good day!",
      "Greetings!", "Hi there"],
     ["Hello! Which word shall I explain?", "Hello! Ask me what a word means."]),
    (["Who are you?", "What are you?", "What is your name?", "Are you a robot?", "Are you human?", "Introduce yourself.",
      "Tell me about yourself.", "Who am I talking to?", "Are you an AI?", "Are you ChatGPT?", "Which model are you?"],
     ["I am a small language model that explains English words."]),
    (["What can you do?", "Help", "Help me.", "How can you help me?", "What do you know?", "What can I ask you?",
      "What are you good at?", "How does this work?", "Can you help me?", "What should I ask?", "What can you help me with?"],
     ["I can explain English words. Ask me what a word means, for another word, for the opposite, or for an example."]),
    (["Thank you.", "Thanks!", "Thanks", "Thank you very much!", "Thanks a lot.", "Great, thanks!", "Thank you",
      "That was helpful.", "Perfect, thank you."],
     ["You are welcome!", "You are welcome! Ask me about another word."]),
    (["Goodbye.", "Bye!", "Bye", "See you later.", "Good night.", "Goodbye!"],
     ["Goodbye!"]),
    (["How are you?", "How are you doing?", "How is it going?", "How do you feel today?"],
     ["I am well, thank you. Which word shall I explain?"]),
    (["Who made you?", "Who trained you?", "How were you trained?", "What were you trained on?", "Where do you come from?",
      "What is your source?"],
     ["I was trained on WordNet, a dictionary of English made at Princeton University."]),
]
REFUSAL = ["I can only explain English words. Ask me, for example, what the word {w} means.",
           "That is beyond me. I can explain English words, so ask me what the word {w} means."]
PLACES = ("France Germany Japan Brazil Canada Italy Spain China India Egypt Mexico Norway Sweden Poland Kenya Peru Chile "
          "Greece Turkey Russia Ireland Texas California London Paris Berlin Tokyo Rome Madrid Vienna").split()
PEOPLE = ("Einstein|Napoleon|Shakespeare|the president|the king of Spain|Mozart|Julius Caesar|Newton|Darwin|Picasso|"
          "Abraham Lincoln|the queen|Bill Gates|Cleopatra|Galileo|Beethoven|the pope|Satoshi Nakamoto").split("|")
OUTSIDE = [
    "What is the capital of {place}?", "Where is {place}?", "How many people live in {place}?", "Who is {person}?",
    "When was {person} born?", "Who was {person}?", "How old is {person}?", "What is the weather in {place}?",
    "What is the weather like today?", "What is {n} plus {m}?", "What is {n} + {m}?", "What is {n} times {m}?",
    "How much is {n} * {m}?", "Calculate {n} divided by {m}.", "Write a poem about {w}.", "Write a story about {place}.",
    "Write a Python function that sorts a list.", "Write code to print {n}.", "Translate {w} into French.",
    "Translate this into German.", "How do you say {w} in Spanish?", "Tell me a joke.", "Tell me a story.",
    "What time is it?", "What day is it today?", "Who won the world cup in {place}?", "What is the price of bitcoin?",
    "What is the price of a {w}?", "How do I get to {place}?", "Give me a recipe for soup.", "How do I cook rice?",
    "What should I eat today?", "Should I buy stocks?", "What is the meaning of life?", "Do you love me?",
    "Play some music.", "Book a flight to {place}.", "Write an email to {person}.", "Summarize this text.",
    "Who wrote Hamlet?", "What year is it?", "How far is it to {place}?", "Solve x + {n} = {m}.", "Sing a song.",
    "What happened in {n}?", "Who is the president of {place}?", "Which language do they speak in {place}?",
    "Draw a picture of a {w}.", "Count to {n}.", "Why is the sky blue?", "How does Ethereum work?",
    "How tall is {person}?", "Is {place} bigger than {place2}?", "Do my homework.", "Tell me the news.",
    "Recommend a film.", "What is the square root of {n}?", "How many days are in a year?", "Repeat after me.",
]
SYSTEMS = ["You are a helpful assistant.", "You are a helpful assistant that explains words.", "Be brief.",
           "You are a dictionary.", "Answer in one sentence.", "You are an assistant.", "You explain English words.",
           "You are a friendly teacher of English."]
UNKNOWN = ["I do not know the word {w}.", "I do not know the word {w}. Please check the spelling."]
KIND_WEIGHT = {"define": 1.2, "define-n": 0.7, "define-v": 0.6, "define-a": 0.5, "define-r": 0.5, "kind": 0.45,
               "synonym": 0.6, "opposite": 0.6, "example": 0.6, "about": 0.45}


def held_out(word, kind):
    """Two facts in a hundred are never trained on: of a known word, one whole answer."""
    return kind in ("define", "synonym", "kind", "opposite") and zlib.crc32(f"{kind}/{word}".encode()) % 50 == 0


# Weight by rank (below this rank, this weight): the broad vocabulary first, then the common words again and again.
BROAD = ((1000, 4.0), (3000, 2.0), (6000, 1.0), (1 << 30, 0.5))
COMMON = ((1000, 8.0), (3000, 2.0), (6000, 0.5), (1 << 30, 0.25))


def word_weight(rank, table):
    return next(weight for limit, weight in table if rank < limit)


class Chats:
    """Draws conversations. The same seed draws the same conversations."""

    def __init__(self, facts):
        self.words, self.core = facts.words, facts.core
        self.by_word = [dict(w.facts) for w in self.words]
        self.vocabulary = {w.text for w in self.words}
        self.trained = []
        for i, word in enumerate(self.words):
            # A definition held out stays out in its other forms too.
            hide = held_out(word.text, "define")
            for kind, answer in word.facts:
                if not (held_out(word.text, kind) or (hide and (kind.startswith("define") or kind == "about"))):
                    self.trained.append((i, kind, answer))
        self.tail = 1000.0 / max(1, sum(len(w.facts) for w in self.words[self.core:]))
        self.weigh(BROAD)

    def weigh(self, table):
        """From now on, draw words by this table."""
        self.cumulative = list(itertools.accumulate(
            KIND_WEIGHT[kind] * (word_weight(i, table) if i < self.core else self.tail) for i, kind, _ in self.trained))

    def held_out_facts(self):
        return [(w, k, a) for w in self.words[:self.core] for k, a in w.facts if held_out(w.text, k)]

    def question(self, rng, word, kind, unseen=False):
        templates = ASK[kind]
        text = templates[-1] if unseen else templates[rng.randrange(len(templates) - 1)]
        shown = word
        style = rng.random()
        if not unseen and text != "{w}" and "{a}" not in text:
            shown = f'"{word}"' if style < 0.10 else f"'{word}'" if style < 0.14 else word
        an = "an" if re.match("[aeiou]", word) else "a"
        text = text.replace("{w}", shown).replace("{a}", an)
        if unseen:
            return text
        style = rng.random()
        if style < 0.12:
            text = text.rstrip("?.")
        elif style < 0.20:
            text = text[0].lower() + text[1:]
        elif style < 0.28:
            text = (text[0].lower() + text[1:]).rstrip("?.")
        return text

    def turn(self, rng, last):
        """One question and its answer; last is the index of the word spoken about before."""
        at = rng.random()
        if at < 0.85:
            if last is not None and at < 0.12:
                follow = self.follow(rng, last)
                if follow:
                    return follow
            i, kind, answer = rng.choices(self.trained, cum_weights=self.cumulative)[0]
            if kind == "define" and last is not None and rng.random() < 0.1:
                ask = rng.choice(FOLLOW["define"][:3]).replace("{w}", self.words[i].text)
                return ask, answer, i
            return self.question(rng, self.words[i].text, kind), answer, i
        if at < 0.90:
            asks, answers = rng.choice(SMALL_TALK)
            ask = rng.choice(asks)
            return (ask.lower() if rng.random() < 0.3 else ask), rng.choice(answers), None
        if at < 0.96:
            return self.outside(rng), rng.choice(REFUSAL).replace("{w}", self.core_word(rng)), None
        word = self.invented(rng)
        return self.question(rng, word, rng.choice(["define", "define", "synonym", "example", "define-n", "about"])), \
            rng.choice(UNKNOWN).replace("{w}", word), None

    def follow(self, rng, last):
        word, facts = self.words[last].text, self.by_word[last]
        kinds = [k for k in ("kind", "synonym", "opposite", "example") if k in facts and not held_out(word, k)]
        if not kinds:
            return None
        kind = rng.choice(kinds)
        return rng.choice(FOLLOW[kind]), facts[kind], last

    def core_word(self, rng):
        return self.words[rng.randrange(300)].text

    def outside(self, rng):
        return (rng.choice(OUTSIDE).replace("{place2}", rng.choice(PLACES)).replace("{place}", rng.choice(PLACES))
                .replace("{person}", rng.choice(PEOPLE)).replace("{n}", str(rng.randrange(2, 2000)))
                .replace("{m}", str(rng.randrange(2, 99))).replace("{w}", self.core_word(rng)))

    def invented(self, rng):
        while True:
            n = rng.choice([2, 2, 3])
            word = "".join(rng.choice("b bl br c ch cr d dr f fl g gl gr h j k kl l m n p pl qu r s sk sn st t tr v w z".split())
                           + rng.choice("a e i o u oo ee a e i o u".split()) for _ in range(n))
            word += rng.choice("b ck d ft g l m n ng nt p r rk s sh t x zz ble ster".split())
            if word not in self.vocabulary:
                return word

    def conversation(self, rng, turns):
        """Messages as (role, text)."""
        messages, last = [], None
        if rng.random() < 0.12:
            messages.append(("system", rng.choice(SYSTEMS)))
        for _ in range(turns):
            ask, answer, last = self.turn(rng, last)
            messages += [("user", ask), ("assistant", answer)]
        return messages


def seeded(*parts):
    return random.Random("/".join(map(str, parts)))
