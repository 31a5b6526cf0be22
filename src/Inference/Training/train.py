"""Trains the embedded model from WordNet. Same seed and steps, same data; see docs/embedded-model.md."""
import argparse
import csv
import os
import signal
import sys
import time
import torch
import torch.multiprocessing as processes
from bpe import Tokenizer, count_pieces, train as train_bpe
from chat import COMMON, SPECIAL, Chats, seeded
from facts import Facts
from folder import write_folder
from model import CONFIG, Optimizer, Rope, causal_mask, initial_weights, loss
from wordnet import WordNet

SHORT, LONG = 128, 512


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument("--wordnet", default="/usr/share/wordnet")
    a.add_argument("--out", required=True, help="the model folder to write")
    a.add_argument("--work", required=True, help="folder for the checkpoint and the loss curve")
    a.add_argument("--seed", type=int, default=20)
    a.add_argument("--steps", type=int, default=1380)
    a.add_argument("--common-from", type=int, default=577, help="the step from which common words weigh more")
    a.add_argument("--rates", default="-1:0,99:1,972:1,1149:0.630,1380:0", help="STEP:SCALE,… of the rate, straight lines between")
    a.add_argument("--long-from", type=int, default=1330, help="the step from which windows have 512 tokens")
    a.add_argument("--tokens", type=int, default=3072, help="tokens per step")
    a.add_argument("--rate", type=float, default=4e-3)
    a.add_argument("--adam-rate", type=float, default=2e-3)
    a.add_argument("--workers", type=int, default=2, help="processes, each with a part of every batch")
    a.add_argument("--core", type=int, default=8000, help="words that are trained with weight")
    a.add_argument("--layers", type=int, default=CONFIG["num_hidden_layers"])
    return a.parse_args()


def make_tokenizer(chats, seed, size):
    rng = seeded("tokenizer", seed)
    texts = [text for _ in range(30000) for _, text in chats.conversation(rng, 3)]
    return Tokenizer(train_bpe(count_pieces(texts), size - 256 - len(SPECIAL)), SPECIAL)


def encode(tokenizer, messages):
    """Token ids of a conversation as the chat template renders it, and where the assistant speaks."""
    ids, spoken = [tokenizer.special["<|begin|>"]], [False]
    for role, text in messages:
        body = tokenizer.encode(text)
        ids += [tokenizer.special[f"<|{role}|>"]] + body + [tokenizer.special["<|end|>"]]
        spoken += [False] + [role == "assistant"] * (len(body) + 1)
    return ids, spoken


def draw_batch(chats, tokenizer, seed, step, rows, length):
    """tokens, targets: [rows, length]; targets are −1 where the assistant doesn't speak. Each row has its own seed."""
    tokens = torch.empty(len(rows), length, dtype=torch.long)
    targets = torch.empty(len(rows), length, dtype=torch.long)
    for r, row in enumerate(rows):
        rng, ids, spoken = seeded("batch", seed, step, row), [], []
        while len(ids) <= length:
            more = encode(tokenizer, chats.conversation(rng, rng.choice((1, 1, 2, 3, 5))))
            if ids and len(ids) + len(more[0]) > length + 12:
                pad = length + 1 - len(ids)
                more = [tokenizer.special["<|pad|>"]] * pad, [False] * pad
            ids += more[0]
            spoken += more[1]
        tokens[r] = torch.tensor(ids[:length])
        targets[r] = torch.tensor([i if s else -1 for i, s in zip(ids[1:length + 1], spoken[1:length + 1])])
    return tokens, targets


def perplexity_sets(chats, tokenizer, rng):
    """What is measured while training: answers never seen, and known answers asked in words never seen."""
    known = [(chats.words[i], k, a) for i, k, a in chats.trained if i < chats.core and i % 40 == 0]
    rng.shuffle(known)
    asked = [(chats.question(rng, w.text, k, unseen=True), a) for w, k, a in known[:256]]
    hidden = chats.held_out_facts()
    rng.shuffle(hidden)
    new = [(chats.question(rng, w.text, k), a) for w, k, a in hidden[:256]]
    return {"phrasing": tensors(tokenizer, asked), "facts": tensors(tokenizer, new)}


def tensors(tokenizer, pairs, length=96):
    tokens = torch.full((len(pairs), length), tokenizer.special["<|pad|>"])
    targets = torch.full((len(pairs), length), -1)
    for r, (ask, answer) in enumerate(pairs):
        ids, spoken = encode(tokenizer, [("user", ask), ("assistant", answer)])
        ids, spoken = ids[:length], spoken[:length]
        tokens[r, :len(ids)] = torch.tensor(ids)
        targets[r, :len(ids) - 1] = torch.tensor([i if s else -1 for i, s in zip(ids[1:], spoken[1:])])
    return tokens, targets


def rate_scale(step, points):
    """The rate between the points (step, scale), in straight lines."""
    for (a, low), (b, high) in zip(points, points[1:]):
        if step < b:
            return low + (high - low) * (step - a) / (b - a)
    return 0.0


def save(path, step, weights, optimizer):
    torch.save({"step": step, "weights": weights, "first": optimizer.first, "second": optimizer.second}, path + ".part")
    os.replace(path + ".part", path)


def restore(path, weights, optimizer):
    state = torch.load(path)
    with torch.no_grad():
        for mine, stored in ((weights, "weights"), (optimizer.first, "first"), (optimizer.second, "second")):
            for name, value in state[stored].items():
                mine[name].copy_(value)
    return state["step"]


def share_out(weights, workers):
    """Which worker updates which weight: about equal numbers of parameters each."""
    parts, load = [[] for _ in range(workers)], [0] * workers
    for name in sorted(weights, key=lambda n: -weights[n].numel()):
        least = load.index(min(load))
        parts[least].append(name)
        load[least] += weights[name].numel()
    return parts


class Run:
    """All that the workers share."""

    def __init__(self, args):
        self.args = args
        self.config = dict(CONFIG, num_hidden_layers=args.layers)
        self.chats = Chats(Facts(WordNet(args.wordnet), args.core))
        path = os.path.join(args.work, "tokenizer.json")
        if not os.path.exists(path):
            make_tokenizer(self.chats, args.seed, self.config["vocab_size"]).save(path)
        self.tokenizer = Tokenizer.load(path)
        if self.tokenizer.size != self.config["vocab_size"]:
            sys.exit(f"the tokenizer has {self.tokenizer.size} tokens, {self.config['vocab_size']} are needed")
        self.weights = {n: w.share_memory_() for n, w in initial_weights(self.config, args.seed).items()}
        self.optimizer = Optimizer(self.weights, args.rate, args.adam_rate)
        self.checkpoint, self.curve = os.path.join(args.work, "checkpoint.pt"), os.path.join(args.work, "loss.csv")
        self.first = restore(self.checkpoint, self.weights, self.optimizer) if os.path.exists(self.checkpoint) else 0
        self.grads = [{n: torch.zeros_like(w).share_memory_() for n, w in self.weights.items()}
                      for _ in range(args.workers)]
        self.losses = torch.zeros(args.workers).share_memory_()
        self.parts = share_out(self.weights, args.workers)
        self.barrier = processes.get_context("fork").Barrier(args.workers)

    def write(self):
        write_folder(self.args.out, self.config, self.tokenizer, self.weights)


def work(rank, run):
    """One worker: 1 its rows' gradient · 2 wait · 3 its share of the update · 4 wait."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # torch sends it when the parent ends
    torch.set_num_threads(1)
    args, workers = run.args, run.args.workers
    points = [tuple(float(v) for v in point.split(":")) for point in args.rates.split(",")]
    leaves = {n: w.detach().requires_grad_(True) for n, w in run.weights.items()}
    rope, mask = Rope(run.config, LONG), causal_mask(LONG)
    report = Report(run, rope, mask) if rank == 0 else None
    for step in range(run.first, args.steps):
        if step == max(run.first, args.common_from):
            run.chats.weigh(COMMON)
        length = LONG if step >= args.long_from else SHORT
        rows = range(args.tokens // length)[rank::workers]
        value = loss(leaves, run.config, *draw_batch(run.chats, run.tokenizer, args.seed, step, rows, length), rope, mask)
        value.backward()
        run.losses[rank] = value.item()
        for n, leaf in leaves.items():
            run.grads[rank][n].copy_(leaf.grad)
            leaf.grad = None
        run.barrier.wait()
        for n in run.parts[rank]:
            run.optimizer.update(n, sum(g[n] for g in run.grads) / workers, step, rate_scale(step, points))
        run.barrier.wait()
        if report:
            report.after(step)


class Report:
    """The loss curve, checkpoints, and the two held-out losses."""

    def __init__(self, run, rope, mask):
        self.run, self.rope, self.mask = run, rope, mask
        self.sets = perplexity_sets(run.chats, run.tokenizer, seeded("held-out", run.args.seed))
        self.started = self.saved = time.time()
        self.running, self.done = None, 0

    def after(self, step):
        run, mean = self.run, self.run.losses.mean().item()
        self.running = mean if self.running is None else 0.98 * self.running + 0.02 * mean
        self.done += run.args.tokens
        if (step + 1) % 100 == 0 or step + 1 == run.args.steps:
            with torch.no_grad():
                held = {n: loss(run.weights, run.config, *s, self.rope, self.mask).item() for n, s in self.sets.items()}
            with open(run.curve, "a", newline="") as f:
                csv.writer(f, lineterminator="\n").writerow(
                    [step + 1, f"{self.running:.4f}", f"{held['phrasing']:.4f}", f"{held['facts']:.4f}"])
            print(f"step {step + 1} train {self.running:.3f} phrasing {held['phrasing']:.3f} facts {held['facts']:.3f} "
                  f"{self.done / (time.time() - self.started):.0f} tokens/s", flush=True)
        if time.time() - self.saved > 150:
            save(run.checkpoint, step + 1, run.weights, run.optimizer)
            self.saved = time.time()


def main():
    args = arguments()
    os.makedirs(args.work, exist_ok=True)
    torch.set_num_threads(1)
    run = Run(args)
    if run.first == 0 and os.path.exists(run.curve):
        os.remove(run.curve)
    print(f"{sum(w.numel() for w in run.weights.values())} parameters, {len(run.chats.trained)} facts about "
          f"{len(run.chats.words)} words, steps {run.first} to {args.steps}", flush=True)
    processes.start_processes(work, (run,), nprocs=args.workers, start_method="fork")
    save(run.checkpoint, args.steps, run.weights, run.optimizer)
    run.write()


if __name__ == "__main__":
    main()
