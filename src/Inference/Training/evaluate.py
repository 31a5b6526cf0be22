"""Measures a finished model in float32 and writes docs' numbers: perplexities, samples, the loss curve as a picture."""
import argparse
import csv
import math
import os
import torch
import model
from bpe import Tokenizer
from chat import Chats, held_out, seeded
from facts import Facts
from folder import read_safetensors
from train import LONG, encode, tensors
from wordnet import WordNet

PROMPTS = ["Hello!", "Who are you?", "What can you do?", "What does honest mean?", "What is a dog?", "Define courage.",
           "What does it mean to run?", "Explain the word patience.", "what is a computer", "Tell me about music.",
           "What is another word for big?", "What is the opposite of hot?", "What kind of thing is a piano?",
           "Use the word happy in a sentence.", "Give me an example of teach.", "What does quickly mean?",
           "Please define the word freedom for me.", "What is the capital of France?", "What is a blorfing?",
           "Thank you very much!"]


def load(folder):
    config = dict(model.CONFIG)
    weights = read_safetensors(os.path.join(folder, "model.safetensors"))
    config["num_hidden_layers"] = sum(n.endswith("q_proj.weight") for n in weights)
    return config, weights, Tokenizer.load(os.path.join(folder, "tokenizer.json"))


class Speaker:
    """Answers one question at a time by top-p sampling with a stated seed."""

    def __init__(self, config, weights, tokenizer):
        self.config, self.weights, self.tokenizer = config, weights, tokenizer
        self.rope, self.mask = model.Rope(config, LONG), model.causal_mask(LONG)

    @torch.no_grad()
    def answer(self, messages, temperature, top_p, seed, limit=96):
        special, draw, said = self.tokenizer.special, torch.Generator().manual_seed(seed), []
        ids = encode(self.tokenizer, messages)[0] + [special["<|assistant|>"]]
        while len(said) < limit and len(ids) < LONG:
            hidden = model.forward(self.weights, self.config, torch.tensor([ids]), self.rope, self.mask)
            scores = self.weights["model.embed_tokens.weight"] @ hidden[-1]
            token = pick(scores, temperature, top_p, draw)
            if token == special["<|end|>"]:
                break
            ids.append(token)
            said.append(token)
        return self.tokenizer.decode(said)


def pick(scores, temperature, top_p, draw):
    if temperature == 0:
        return int(scores.argmax())
    chances, order = torch.softmax(scores / temperature, -1).sort(descending=True)
    chances[chances.cumsum(0) - chances > top_p] = 0
    return int(order[torch.multinomial(chances, 1, generator=draw)])


@torch.no_grad()
def perplexity(speaker, pairs):
    total, count = 0.0, 0
    for at in range(0, len(pairs), 32):
        tokens, targets = tensors(speaker.tokenizer, pairs[at:at + 32])
        n = int((targets >= 0).sum())
        total += n * model.loss(speaker.weights, speaker.config, tokens, targets, speaker.rope, speaker.mask).item()
        count += n
    return math.exp(total / count)


def measure(speaker, chats, seed):
    """Pairs of question and answer: seen, in an unseen phrasing, and unseen answers; 1,000 of each or all there are."""
    rng = seeded("measure", seed)
    known = [(chats.words[i], k, a) for i, k, a in chats.trained if i < chats.core]
    rng.shuffle(known)
    common = [f for f in known if f[0].rank < 1500]
    sets = {
        "trained facts, trained phrasings": [(chats.question(rng, w.text, k), a) for w, k, a in known[:1000]],
        "trained facts, held-out phrasings": [(chats.question(rng, w.text, k, True), a) for w, k, a in known[:1000]],
        "the same, 1,500 most common words": [(chats.question(rng, w.text, k, True), a) for w, k, a in common[:1000]],
        "held-out facts": [(chats.question(rng, w.text, k), a) for w, k, a in chats.held_out_facts()],
    }
    return {name: (len(pairs), perplexity(speaker, pairs)) for name, pairs in sets.items()}


def exact(speaker, chats, seed, count=100):
    """How many known answers greedy decoding gives word for word, asked in a held-out phrasing."""
    rng = seeded("exact", seed)
    right = {}
    for name, limit in (("1,500 most common words", 1500), (f"{chats.core:,} most common words", chats.core)):
        known = [(i, k, a) for i, k, a in chats.trained if i < limit and k != "about"]
        rng.shuffle(known)
        right[name] = sum(
            speaker.answer([("user", chats.question(rng, chats.words[i].text, k, True))], 0, 1, 0) == a
            for i, k, a in known[:count]) / count
    return right


def picture(rows, path):
    """The loss curve: step, training loss, held-out phrasing, held-out facts."""
    width, height, left, top = 720, 320, 50, 20
    steps = rows[-1][0]
    highest = math.ceil(max(max(r[1:]) for r in rows))
    x = lambda s: left + (width - left - 20) * s / steps
    y = lambda v: height - 40 - (height - 40 - top) * v / highest
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for v in range(highest + 1):
        out.append(f'<path d="M{left} {y(v):.0f}H{width - 20}" stroke="#ddd"/><text x="{left - 8}" y="{y(v) + 4:.0f}" '
                   f'text-anchor="end">{v}</text>')
    for part in range(5):
        s = steps * part // 4
        out.append(f'<text x="{x(s):.0f}" y="{height - 22}" text-anchor="middle">{s}</text>')
    names = (("training", "#1f6fb4"), ("held-out phrasing", "#2a8f3c"), ("held-out facts", "#c0392b"))
    for i, (name, colour) in enumerate(names):
        path_of = "L".join(f"{x(r[0]):.1f} {y(r[i + 1]):.1f}" for r in rows)
        out.append(f'<path d="M{path_of}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        out.append(f'<text x="{left + 60 + 170 * i}" y="{height - 5}" fill="{colour}">{name}</text>')
    out.append(f'<text x="{width - 20}" y="{height - 5}" text-anchor="end">nats per token by step</text></svg>')
    with open(path, "w") as f:
        f.write("\n".join(out) + "\n")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--model", required=True)
    a.add_argument("--wordnet", default="/usr/share/wordnet")
    a.add_argument("--core", type=int, default=8000)
    a.add_argument("--seed", type=int, default=20)
    a.add_argument("--temperature", type=float, default=0.3)
    a.add_argument("--top-p", type=float, default=0.9)
    a.add_argument("--curve", help="loss.csv of the run, to draw beside it")
    a.add_argument("--samples-only", action="store_true")
    args = a.parse_args()
    torch.set_num_threads(1)
    model.DTYPE = torch.float32
    speaker = Speaker(*load(args.model))
    for at, prompt in enumerate(PROMPTS):
        said = speaker.answer([("user", prompt)], args.temperature, args.top_p, args.seed + at)
        print(f"| {prompt} | {said} |", flush=True)
    if args.curve:
        rows = [[float(v) for v in row] for row in csv.reader(open(args.curve)) if row[0] != "step"]
        picture([[int(r[0])] + r[1:] for r in rows], os.path.splitext(args.curve)[0] + ".svg")
    if args.samples_only:
        return
    chats = Chats(Facts(WordNet(args.wordnet), args.core))
    for name, (count, value) in measure(speaker, chats, args.seed).items():
        print(f"perplexity, {name} ({count} pairs): {value:.2f}", flush=True)
    for name, share in exact(speaker, chats, args.seed).items():
        print(f"answers word for word, {name}: {100 * share:.0f} %", flush=True)


if __name__ == "__main__":
    main()
