// Arithmetic, products and reductions. Here and in nn.cpp a negative dtype means "keep the input's".
#include "shim.h"

using namespace proofmesh;

#define PM_UNARY(name)                                       \
  PM_API int32_t pm_##name(Handle* result, Handle self) {    \
    return make(result, [&] { return at::name(get(self)); }); \
  }

#define PM_BINARY(name)                                                     \
  PM_API int32_t pm_##name(Handle* result, Handle self, Handle other) {     \
    return make(result, [&] { return at::name(get(self), get(other)); });   \
  }                                                                         \
  PM_API int32_t pm_##name##_scalar(Handle* result, Handle self, double other, int32_t whole) { \
    return make(result, [&] { return at::name(get(self), scalar(other, whole)); });            \
  }

PM_UNARY(neg)
PM_UNARY(abs)
PM_UNARY(exp)
PM_UNARY(log)
PM_UNARY(cos)
PM_UNARY(sin)
PM_UNARY(sqrt)
PM_UNARY(rsqrt)
PM_UNARY(square)
PM_UNARY(sigmoid)
PM_UNARY(max)
PM_UNARY(isfinite)

PM_BINARY(add)
PM_BINARY(sub)
PM_BINARY(mul)
PM_BINARY(div)
PM_BINARY(eq)
PM_BINARY(le)
PM_BINARY(gt)

PM_API int32_t pm_add_(Handle self, Handle other) {
  return guarded([&] { get(self).add_(get(other)); });
}

PM_API int32_t pm_mul_(Handle self, Handle other) {
  return guarded([&] { get(self).mul_(get(other)); });
}

PM_API int32_t pm_pow(Handle* result, Handle self, double exponent, int32_t whole) {
  return make(result, [&] { return get(self).pow(scalar(exponent, whole)); });
}

PM_API int32_t pm_matmul(Handle* result, Handle self, Handle other) {
  return make(result, [&] { return at::matmul(get(self), get(other)); });
}

PM_API int32_t pm_mv(Handle* result, Handle self, Handle vector) {
  return make(result, [&] { return at::mv(get(self), get(vector)); });
}

PM_API int32_t pm_bmm(Handle* result, Handle self, Handle other) {
  return make(result, [&] { return at::bmm(get(self), get(other)); });
}

PM_API int32_t pm_outer(Handle* result, Handle self, Handle other) {
  return make(result, [&] { return at::outer(get(self), get(other)); });
}

PM_API int32_t pm_sum(Handle* result, Handle self, const int64_t* dims, int32_t count, int32_t keep, int32_t type) {
  return make(result, [&] {
    const auto& tensor = get(self);
    return type < 0 ? tensor.sum(ints(dims, count), keep != 0) : tensor.sum(ints(dims, count), keep != 0, dtype(type));
  });
}

PM_API int32_t pm_mean(Handle* result, Handle self, const int64_t* dims, int32_t count, int32_t keep, int32_t type) {
  return make(result, [&] {
    const auto& tensor = get(self);
    return type < 0 ? tensor.mean(ints(dims, count), keep != 0) : tensor.mean(ints(dims, count), keep != 0, dtype(type));
  });
}

PM_API int32_t pm_argmax(Handle* result, Handle self, int64_t dim, int32_t keep) {
  return make(result, [&] { return get(self).argmax(dim, keep != 0); });
}

PM_API int32_t pm_topk(Handle* values, Handle* indices, Handle self, int64_t k, int64_t dim, int32_t largest, int32_t sorted) {
  *values = *indices = nullptr;
  return guarded([&] {
    auto found = get(self).topk(k, dim, largest != 0, sorted != 0);
    *values = own(std::get<0>(found));
    *indices = own(std::get<1>(found));
  });
}

PM_API int32_t pm_allclose(Handle self, Handle other, double relative, double absolute, int32_t* result) {
  return guarded([&] { *result = at::allclose(get(self), get(other), relative, absolute) ? 1 : 0; });
}
