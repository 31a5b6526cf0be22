// What torch.nn.functional has.
#include "shim.h"

#include <cmath>
#include <limits>

using namespace proofmesh;

PM_API int32_t pm_linear(Handle* result, Handle input, Handle weight, Handle bias) {
  return make(result, [&] {
    return bias == nullptr ? at::linear(get(input), get(weight)) : at::linear(get(input), get(weight), get(bias));
  });
}

PM_API int32_t pm_embedding(Handle* result, Handle weight, Handle indices) {
  return make(result, [&] { return at::embedding(get(weight), get(indices)); });
}

PM_API int32_t pm_silu(Handle* result, Handle self) {
  return make(result, [&] { return at::silu(get(self)); });
}

PM_API int32_t pm_silu_(Handle self) {
  return guarded([&] {
    auto tensor = get(self);
    at::silu_(tensor);
  });
}

PM_API int32_t pm_softmax(Handle* result, Handle self, int64_t dim, int32_t type) {
  return make(result, [&] {
    return type < 0 ? at::softmax(get(self), dim) : at::softmax(get(self), dim, dtype(type));
  });
}

PM_API int32_t pm_log_softmax(Handle* result, Handle self, int64_t dim, int32_t type) {
  return make(result, [&] {
    return type < 0 ? at::log_softmax(get(self), dim) : at::log_softmax(get(self), dim, dtype(type));
  });
}

#ifndef PM_TORCH_2
// libtorch before 2.0 has no public fused attention: the definition, with the scores and the softmax in place.
static at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const at::Tensor& mask, bool causal) {
  auto scale = 1.0 / std::sqrt(static_cast<double>(query.size(-1)));
  auto scores = at::matmul(query.mul(scale), key.transpose(-2, -1));
  if (causal) {
    auto later = at::ones({query.size(-2), key.size(-2)}, scores.options().dtype(at::kBool)).triu(1);
    scores.masked_fill_(later, -std::numeric_limits<float>::infinity());
  }
  if (mask.defined() && mask.scalar_type() == at::kBool) scores.masked_fill_(mask.logical_not(), -std::numeric_limits<float>::infinity());
  else if (mask.defined()) scores.add_(mask);
  return at::matmul(at::softmax(scores, -1), value);
}
#endif

// query: [..., rows, width], key and value: [..., keys, width], mask: [..., rows, keys], true or 0 where a key is seen.
PM_API int32_t pm_scaled_dot_product_attention(Handle* result, Handle query, Handle key, Handle value, Handle mask, int32_t causal) {
  return make(result, [&] {
    TORCH_CHECK(mask == nullptr || causal == 0, "an explicit attn_mask and is_causal exclude each other");
    auto seen = mask == nullptr ? at::Tensor() : get(mask);
#ifdef PM_TORCH_2
    if (mask == nullptr) return at::scaled_dot_product_attention(get(query), get(key), get(value), {}, 0.0, causal != 0);
    return at::scaled_dot_product_attention(get(query), get(key), get(value), seen);
#else
    return attention(get(query), get(key), get(value), seen, causal != 0);
#endif
  });
}
