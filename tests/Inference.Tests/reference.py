#!/usr/bin/env python3
"""An independent float32 forward pass for Llama-family checkpoints, to compare our engines with.

    python3 reference.py MODEL_DIR            reads lines {"tokens":[...]}, answers lines {"logits":[[...],...]}
    python3 reference.py --random ARCH DIR [--seed N] [--dtype f32|f16|bf16] [--set key=json ...]
                                              writes a small checkpoint with random weights

A request may hold "last": n, then only the logits of the last n positions come back. A dynamic RoPE scale depends on the
length of the whole request, as it does for a prefill. Needs numpy alone.
"""
import argparse
import json
import math
import os
import struct
import sys
import numpy as np


def read_safetensors(path):
    raw = np.fromfile(path, dtype=np.uint8)
    size = struct.unpack("<Q", raw[:8].tobytes())[0]
    tensors = {}
    for name, entry in json.loads(raw[8:8 + size].tobytes()).items():
        if name == "__metadata__":
            continue
        first, last = (8 + size + at for at in entry["data_offsets"])
        data = np.ascontiguousarray(raw[first:last])
        if entry["dtype"] == "BF16":
            value = (data.view("<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            value = data.view({"F32": "<f4", "F16": "<f2"}[entry["dtype"]]).astype(np.float32)
        tensors[name] = value.reshape(entry["shape"])
    return tensors


def read_weights(folder):
    index = os.path.join(folder, "model.safetensors.index.json")
    files = ["model.safetensors"]
    if os.path.exists(index):
        files = sorted(set(json.load(open(index))["weight_map"].values()))
    weights = {}
    for name in files:
        weights.update(read_safetensors(os.path.join(folder, name)))
    return weights


def rope_of(config):
    """The settings of RoPE, whether the config has them the old way or under rope_parameters."""
    new = config.get("rope_parameters") or {}
    scaling = config.get("rope_scaling") or new
    theta = new.get("rope_theta", config.get("rope_theta", 10000.0))
    return theta, scaling.get("rope_type", scaling.get("type", "default")), scaling


def frequencies(config, head_dim, length):
    """head_dim/2 inverse frequencies and the factor on cos and sin, for a sequence of this length."""
    theta, kind, s = rope_of(config)
    trained = config.get("max_position_embeddings", 2048)
    exponent = np.arange(0, head_dim, 2, dtype=np.float64) / head_dim
    inverse = theta ** -exponent
    if kind == "linear":
        return inverse / s["factor"], 1.0
    if kind == "dynamic":
        if length > trained:
            stretched = s["factor"] * length / trained - (s["factor"] - 1)
            inverse = (theta * stretched ** (head_dim / (head_dim - 2))) ** -exponent
        return inverse, 1.0
    if kind == "llama3":
        return llama3(inverse, s, trained), 1.0
    if kind == "yarn":
        return yarn(inverse, theta, head_dim, s, trained)
    if kind == "default":
        return inverse, 1.0
    raise SystemExit(f"rope type {kind} is not known here")


def llama3(inverse, s, trained):
    old = s.get("original_max_position_embeddings", trained)
    wavelength = 2 * math.pi / inverse
    blend = (old / wavelength - s["low_freq_factor"]) / (s["high_freq_factor"] - s["low_freq_factor"])
    middle = (1 - blend) * inverse / s["factor"] + blend * inverse
    slow = wavelength > old / s["low_freq_factor"]
    fast = wavelength < old / s["high_freq_factor"]
    return np.where(slow, inverse / s["factor"], np.where(fast, inverse, middle))


def yarn(inverse, theta, head_dim, s, trained):
    old, factor = s.get("original_max_position_embeddings") or trained, s["factor"]

    def mscale(scale, weight=1.0):
        return 1.0 if scale <= 1 else 0.1 * weight * math.log(scale) + 1.0

    attention = s.get("attention_factor")
    if attention is None:
        if s.get("mscale") and s.get("mscale_all_dim"):
            attention = mscale(factor, s["mscale"]) / mscale(factor, s["mscale_all_dim"])
        else:
            attention = mscale(factor)

    def dimension(rotations):
        return head_dim * math.log(old / (rotations * 2 * math.pi)) / (2 * math.log(theta))

    low, high = dimension(s.get("beta_fast") or 32), dimension(s.get("beta_slow") or 1)
    if s.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, head_dim - 1)
    if low == high:
        high += 0.001
    ramp = np.clip((np.arange(head_dim // 2) - low) / (high - low), 0, 1)
    return inverse / factor * ramp + inverse * (1 - ramp), attention


def rms_norm(x, weight, eps):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * weight


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


class Model:
    def __init__(self, folder):
        self.config = json.load(open(os.path.join(folder, "config.json")))
        self.weights = read_weights(folder)
        c = self.config
        self.heads = c["num_attention_heads"]
        self.kv_heads = c.get("num_key_value_heads") or self.heads
        self.head_dim = c.get("head_dim") or c["hidden_size"] // self.heads
        if c.get("hidden_act", "silu") != "silu":
            raise SystemExit(f"activation {c['hidden_act']} is not known here")

    def project(self, x, name):
        y = x @ self.weights[name + ".weight"].T
        bias = self.weights.get(name + ".bias")
        return y if bias is None else y + bias

    def norm(self, x, name):
        return rms_norm(x, self.weights[name + ".weight"], self.config.get("rms_norm_eps", 1e-6))

    def window(self, layer):
        """How many positions a layer's queries see, themselves included, or None for all."""
        c = self.config
        window = c.get("sliding_window")
        if not window or c.get("use_sliding_window") is False:
            return None
        if c.get("layer_types"):
            return window if c["layer_types"][layer] == "sliding_attention" else None
        if c["model_type"] in ("qwen2", "qwen3"):
            full = c.get("max_window_layers", 28)
            return window if c.get("use_sliding_window") and layer >= full else None
        return window if c["model_type"] == "mistral" else None

    def attention(self, x, layer, cos, sin):
        # x: [n, hidden] → [n, hidden]
        n, p = len(x), f"model.layers.{layer}.self_attn."
        q = self.project(x, p + "q_proj").reshape(n, self.heads, self.head_dim)
        k = self.project(x, p + "k_proj").reshape(n, self.kv_heads, self.head_dim)
        v = self.project(x, p + "v_proj").reshape(n, self.kv_heads, self.head_dim)
        if p + "q_norm.weight" in self.weights:
            q, k = self.norm(q, p + "q_norm"), self.norm(k, p + "k_norm")
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        group = self.heads // self.kv_heads
        at = np.arange(n)
        hidden = at[None, :] > at[:, None]
        window = self.window(layer)
        if window:
            hidden |= at[None, :] <= at[:, None] - window
        out = np.empty_like(q)
        for h in range(self.heads):
            scores = q[:, h] @ k[:, h // group].T / np.float32(math.sqrt(self.head_dim))
            scores[hidden] = -np.inf
            out[:, h] = softmax(scores) @ v[:, h // group]
        return self.project(out.reshape(n, -1), p + "o_proj")

    def feed_forward(self, x, layer):
        p = f"model.layers.{layer}.mlp."
        gate = self.project(x, p + "gate_proj")
        with np.errstate(over="ignore"):
            gate = gate / (1 + np.exp(-gate))
        return self.project(gate * self.project(x, p + "up_proj"), p + "down_proj")

    def logits(self, tokens, last=None):
        inverse, factor = frequencies(self.config, self.head_dim, len(tokens))
        angles = np.outer(np.arange(len(tokens)), inverse)
        cos, sin = (np.cos(angles) * factor).astype(np.float32), (np.sin(angles) * factor).astype(np.float32)
        x = self.weights["model.embed_tokens.weight"][np.asarray(tokens)]
        for layer in range(self.config["num_hidden_layers"]):
            p = f"model.layers.{layer}."
            x = x + self.attention(self.norm(x, p + "input_layernorm"), layer, cos, sin)
            x = x + self.feed_forward(self.norm(x, p + "post_attention_layernorm"), layer)
        x = self.norm(x[-last:] if last else x, "model.norm")
        tied = self.config.get("tie_word_embeddings", False) or "lm_head.weight" not in self.weights
        return self.project(x, "model.embed_tokens" if tied else "lm_head")


def rotate(x, cos, sin):
    # x: [n, heads, head_dim], its two halves being the real and the imaginary parts
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    cos, sin = cos[:, None], sin[:, None]
    return np.concatenate((a * cos - b * sin, b * cos + a * sin), axis=-1)


ARCHITECTURES = {
    "llama": dict(model_type="llama", architectures=["LlamaForCausalLM"], rope_theta=10000.0, rms_norm_eps=1e-5),
    "llama3": dict(model_type="llama", architectures=["LlamaForCausalLM"], rope_theta=500000.0, rms_norm_eps=1e-5,
                   max_position_embeddings=2048,
                   rope_scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                     original_max_position_embeddings=128)),
    "linear": dict(model_type="llama", architectures=["LlamaForCausalLM"], rope_theta=10000.0, rms_norm_eps=1e-5,
                   rope_scaling=dict(type="linear", factor=4.0)),
    "dynamic": dict(model_type="llama", architectures=["LlamaForCausalLM"], rope_theta=10000.0, rms_norm_eps=1e-5,
                    max_position_embeddings=64, rope_scaling=dict(type="dynamic", factor=2.0)),
    "yarn": dict(model_type="qwen2", architectures=["Qwen2ForCausalLM"], rope_theta=10000.0, rms_norm_eps=1e-6,
                 max_position_embeddings=1024, use_sliding_window=False, sliding_window=64, max_window_layers=1,
                 rope_scaling=dict(type="yarn", factor=4.0, original_max_position_embeddings=256)),
    "mistral": dict(model_type="mistral", architectures=["MistralForCausalLM"], rope_theta=10000.0, rms_norm_eps=1e-5,
                    sliding_window=None, head_dim=24),
    "mistral-window": dict(model_type="mistral", architectures=["MistralForCausalLM"], rope_theta=10000.0,
                           rms_norm_eps=1e-5, sliding_window=16),
    "qwen2": dict(model_type="qwen2", architectures=["Qwen2ForCausalLM"], rope_theta=1000000.0, rms_norm_eps=1e-6,
                  use_sliding_window=False, sliding_window=64, max_window_layers=1, tie_word_embeddings=True),
    "qwen3": dict(model_type="qwen3", architectures=["Qwen3ForCausalLM"], rope_theta=1000000.0, rms_norm_eps=1e-6,
                  head_dim=32, tie_word_embeddings=True, use_sliding_window=False, sliding_window=None),
}
SHAPE = dict(vocab_size=512, hidden_size=96, intermediate_size=160, num_hidden_layers=3, num_attention_heads=6,
             num_key_value_heads=2, max_position_embeddings=512, hidden_act="silu", tie_word_embeddings=False,
             bos_token_id=0, eos_token_id=1)


def random_weights(c, rng):
    h, ff = c["hidden_size"], c["intermediate_size"]
    hd = c.get("head_dim") or h // c["num_attention_heads"]
    q, kv = c["num_attention_heads"] * hd, c["num_key_value_heads"] * hd
    shapes = {"model.embed_tokens.weight": (c["vocab_size"], h), "model.norm.weight": (h,)}
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (c["vocab_size"], h)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        shapes.update({p + "input_layernorm.weight": (h,), p + "post_attention_layernorm.weight": (h,),
                       p + "self_attn.q_proj.weight": (q, h), p + "self_attn.k_proj.weight": (kv, h),
                       p + "self_attn.v_proj.weight": (kv, h), p + "self_attn.o_proj.weight": (h, q),
                       p + "mlp.gate_proj.weight": (ff, h), p + "mlp.up_proj.weight": (ff, h),
                       p + "mlp.down_proj.weight": (h, ff)})
        if c["model_type"] == "qwen2" or c.get("attention_bias"):
            shapes.update({p + f"self_attn.{n}_proj.bias": (w,) for n, w in (("q", q), ("k", kv), ("v", kv))})
        if c["model_type"] == "qwen3":
            shapes.update({p + "self_attn.q_norm.weight": (hd,), p + "self_attn.k_norm.weight": (hd,)})
    weights = {}
    for name, shape in shapes.items():
        value = rng.standard_normal(shape)
        if name.endswith("norm.weight"):
            value = 1 + 0.2 * value
        elif name.endswith("bias"):
            value = 0.5 * value
        else:
            value = value * (1.0 if "embed" in name else 1.5 / math.sqrt(shape[-1]))
        weights[name] = value.astype(np.float32)
    return weights


def stored(value, dtype):
    if dtype == "f32":
        return value.astype("<f4").tobytes()
    if dtype == "f16":
        return value.astype("<f2").tobytes()
    bits = value.astype("<f4").view("<u4").astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()


def write_random(arch, folder, seed, dtype, changes):
    config = {**SHAPE, **ARCHITECTURES[arch], **changes}
    config["torch_dtype"] = {"f32": "float32", "f16": "float16", "bf16": "bfloat16"}[dtype]
    os.makedirs(folder, exist_ok=True)
    header, blobs, at = {}, [], 0
    for name, value in random_weights(config, np.random.default_rng(seed)).items():
        raw = stored(value, dtype)
        header[name] = {"dtype": dtype.upper(), "shape": list(value.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, "model.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config, f, indent=2)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--random", metavar="ARCH", choices=sorted(ARCHITECTURES))
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--dtype", choices=("f32", "f16", "bf16"), default="f32")
    a.add_argument("--set", action="append", default=[], metavar="KEY=JSON")
    a.add_argument("folder")
    args = a.parse_args()
    if args.random:
        changes = {k: json.loads(v) for k, v in (s.split("=", 1) for s in args.set)}
        write_random(args.random, args.folder, args.seed, args.dtype, changes)
        return
    model = Model(args.folder)
    for line in sys.stdin:
        request = json.loads(line)
        logits = model.logits(request["tokens"], request.get("last"))
        print(json.dumps({"logits": [[float(f"{v:.7g}") for v in row] for row in logits]}), flush=True)


if __name__ == "__main__":
    main()
