"""A Llama decoder for training on a CPU: master weights in float32, matrix products in bfloat16."""
import math
import torch
import torch.nn.functional as F

DTYPE = torch.bfloat16  # of matrix products; evaluation sets float32
CONFIG = dict(vocab_size=6144, hidden_size=320, intermediate_size=832, num_hidden_layers=6, num_attention_heads=10,
              num_key_value_heads=5, head_dim=32, max_position_embeddings=512, rope_theta=10000.0, rms_norm_eps=1e-5)


def initial_weights(c, seed):
    g = torch.Generator().manual_seed(seed)
    h, ff, hd = c["hidden_size"], c["intermediate_size"], c["head_dim"]
    q, kv = c["num_attention_heads"] * hd, c["num_key_value_heads"] * hd
    out_scale = 1 / math.sqrt(2 * c["num_hidden_layers"])

    def normal(rows, columns, scale=1.0):
        return torch.randn(rows, columns, generator=g) * (scale / math.sqrt(columns))

    weights = {"model.embed_tokens.weight": torch.randn(c["vocab_size"], h, generator=g) * 0.04}
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        weights[p + "input_layernorm.weight"] = torch.ones(h)
        weights[p + "self_attn.q_proj.weight"] = normal(q, h)
        weights[p + "self_attn.k_proj.weight"] = normal(kv, h)
        weights[p + "self_attn.v_proj.weight"] = normal(kv, h)
        weights[p + "self_attn.o_proj.weight"] = normal(h, q, out_scale)
        weights[p + "post_attention_layernorm.weight"] = torch.ones(h)
        weights[p + "mlp.gate_proj.weight"] = normal(ff, h)
        weights[p + "mlp.up_proj.weight"] = normal(ff, h)
        weights[p + "mlp.down_proj.weight"] = normal(h, ff, out_scale)
    weights["model.norm.weight"] = torch.ones(h)
    return weights


class RmsNorm(torch.autograd.Function):
    """x: [n, hidden] → [n, hidden]; backward by hand, because a chain of small operators is slow here."""

    @staticmethod
    def forward(ctx, x, weight, eps):
        scale = (torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(eps)).rsqrt_()
        normal = x * scale
        ctx.save_for_backward(normal, scale, weight)
        return normal * weight

    @staticmethod
    def backward(ctx, grad):
        normal, scale, weight = ctx.saved_tensors
        grad_weight = (grad * normal).sum(0)
        g = grad * weight
        mean = (g * normal).mean(-1, keepdim=True)
        return torch.addcmul(g, normal, mean, value=-1).mul_(scale), grad_weight, None


def linear(x, weight):
    # x: [n, in] in DTYPE, weight: [out, in] in float32 → [n, out] in DTYPE
    return F.linear(x, weight.to(DTYPE))


class Rope:
    """Rotates halves as Hugging Face stores them; the swap of the halves is a small matrix product."""

    def __init__(self, c, length):
        hd = self.head_dim = c["head_dim"]
        inverse = 1.0 / (c["rope_theta"] ** (torch.arange(0, hd, 2).float() / hd))
        angles = torch.outer(torch.arange(length).float(), inverse).repeat(1, 2)
        self.cos, self.sin, self.tables = angles.cos().to(DTYPE), angles.sin().to(DTYPE), {}
        half = torch.eye(hd // 2)
        zero = torch.zeros(hd // 2, hd // 2)
        self.swap = torch.cat((torch.cat((zero, half), 1), torch.cat((-half, zero), 1))).to(DTYPE)

    def __call__(self, x, heads, length):
        # x: [batch × length, heads × head_dim] → the same, rotated by position
        if (heads, length) not in self.tables:
            self.tables[heads, length] = [t[:length].repeat(1, heads).view(-1) for t in (self.cos, self.sin)]
        cos, sin = self.tables[heads, length]
        swapped = torch.mm(x.view(-1, self.head_dim), self.swap).view(-1, cos.numel())
        return torch.addcmul(x.view(-1, cos.numel()) * cos, swapped, sin)


def forward(weights, c, tokens, rope, mask):
    """tokens: [batch, length] → hidden states after the last norm [batch × length, hidden], in float32."""
    batch, length = tokens.shape
    heads, kv, hd, eps = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"], c["rms_norm_eps"]
    x = F.embedding(tokens.view(-1), weights["model.embed_tokens.weight"])
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        h = RmsNorm.apply(x, weights[p + "input_layernorm.weight"], eps).to(DTYPE)
        q = rope(linear(h, weights[p + "self_attn.q_proj.weight"]), heads, length)
        k = rope(linear(h, weights[p + "self_attn.k_proj.weight"]), kv, length)
        v = linear(h, weights[p + "self_attn.v_proj.weight"]).view(batch, length, kv, hd)
        # The queries of one key head stand under each other: [batch × kv, group × length, head_dim].
        group = heads // kv
        q = q.view(batch, length, kv, group, hd).permute(0, 2, 3, 1, 4).reshape(batch * kv, group * length, hd)
        k = k.view(batch, length, kv, hd).permute(0, 2, 1, 3).reshape(batch * kv, length, hd)
        v = v.permute(0, 2, 1, 3).reshape(batch * kv, length, hd)
        scores = torch.bmm(q * hd ** -0.5, k.transpose(1, 2)).view(batch * kv, group, length, length) + mask[:length, :length]
        o = torch.bmm(torch.softmax(scores, -1).view(batch * kv, group * length, length), v)
        o = o.view(batch, kv, group, length, hd).permute(0, 3, 1, 2, 4).reshape(batch * length, heads * hd)
        x = x + linear(o, weights[p + "self_attn.o_proj.weight"])
        h = RmsNorm.apply(x, weights[p + "post_attention_layernorm.weight"], eps).to(DTYPE)
        gate = F.silu(linear(h, weights[p + "mlp.gate_proj.weight"]))
        x = x + linear(gate * linear(h, weights[p + "mlp.up_proj.weight"]), weights[p + "mlp.down_proj.weight"])
    return RmsNorm.apply(x, weights["model.norm.weight"], eps)


def loss(weights, c, tokens, targets, rope, mask):
    """Mean cross-entropy where targets ≥ 0. tokens, targets: [batch, length]."""
    hidden = forward(weights, c, tokens, rope, mask)
    keep = (targets.view(-1) >= 0).nonzero().view(-1)
    logits = linear(hidden.index_select(0, keep).to(DTYPE), weights["model.embed_tokens.weight"]).float()
    return F.cross_entropy(logits, targets.view(-1).index_select(0, keep))


def causal_mask(length):
    return torch.full((length, length), -1e4, dtype=DTYPE).triu(1)


class Optimizer:
    """Muon for the matrices inside the layers, Adam for the embedding and the norms; all state in shared memory."""

    def __init__(self, weights, rate, adam_rate):
        self.weights, self.rate, self.adam_rate = weights, rate, adam_rate
        self.matrices = [n for n, w in weights.items() if w.dim() == 2 and "layers" in n]
        self.first = {n: torch.zeros_like(w).share_memory_() for n, w in weights.items()}
        self.second = {n: torch.zeros_like(w).share_memory_() for n, w in weights.items() if n not in self.matrices}

    @torch.no_grad()
    def update(self, name, grad, step, scale):
        w, m = self.weights[name], self.first[name]
        if name in self.matrices:
            m.lerp_(grad, 0.05)
            w.mul_(1 - self.rate * scale * 0.02)
            w.add_(orthogonal(grad.lerp(m, 0.95)), alpha=-self.rate * scale * 0.2 * math.sqrt(max(w.shape)))
        else:
            v = self.second[name]
            m.lerp_(grad, 0.1)
            v.mul_(0.98).addcmul_(grad, grad, value=0.02)
            denominator = (v / (1 - 0.98 ** (step + 1))).sqrt_().add_(1e-10)
            w.addcdiv_(m, denominator, value=-self.adam_rate * scale / (1 - 0.9 ** (step + 1)))


def orthogonal(g):
    """The nearest orthogonal matrix by five Newton-Schulz steps (Jordan's coefficients), in bfloat16."""
    x = (g / (g.norm() + 1e-12)).bfloat16()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.t().contiguous()
    for _ in range(5):
        a = x @ x.t()
        x = torch.addmm(x, torch.addmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return (x.t() if tall else x).float()
