// Views, gathers and scatters.
#include "shim.h"

#include <vector>

using namespace proofmesh;

static std::vector<at::Tensor> list(const Handle* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(get(handles[i]));
  return tensors;
}

PM_API int32_t pm_view(Handle* result, Handle self, const int64_t* sizes, int32_t dims) {
  return make(result, [&] { return get(self).view(ints(sizes, dims)); });
}

PM_API int32_t pm_reshape(Handle* result, Handle self, const int64_t* sizes, int32_t dims) {
  return make(result, [&] { return get(self).reshape(ints(sizes, dims)); });
}

PM_API int32_t pm_expand(Handle* result, Handle self, const int64_t* sizes, int32_t dims) {
  return make(result, [&] { return get(self).expand(ints(sizes, dims)); });
}

PM_API int32_t pm_permute(Handle* result, Handle self, const int64_t* order, int32_t dims) {
  return make(result, [&] { return get(self).permute(ints(order, dims)); });
}

PM_API int32_t pm_transpose(Handle* result, Handle self, int64_t first, int64_t second) {
  return make(result, [&] { return get(self).transpose(first, second); });
}

PM_API int32_t pm_unsqueeze(Handle* result, Handle self, int64_t dim) {
  return make(result, [&] { return get(self).unsqueeze(dim); });
}

PM_API int32_t pm_squeeze(Handle* result, Handle self, int64_t dim) {
  return make(result, [&] { return get(self).squeeze(dim); });
}

PM_API int32_t pm_select(Handle* result, Handle self, int64_t dim, int64_t index) {
  return make(result, [&] { return get(self).select(dim, index); });
}

PM_API int32_t pm_slice(Handle* result, Handle self, int64_t dim, int64_t start, int64_t end, int64_t step) {
  return make(result, [&] { return get(self).slice(dim, start, end, step); });
}

// Unlike slice it refuses a range outside the tensor instead of clamping it.
PM_API int32_t pm_narrow(Handle* result, Handle self, int64_t dim, int64_t start, int64_t length) {
  return make(result, [&] { return get(self).narrow(dim, start, length); });
}

PM_API int32_t pm_cat(Handle* result, const Handle* tensors, int32_t count, int64_t dim) {
  return make(result, [&] { return at::cat(list(tensors, count), dim); });
}

PM_API int32_t pm_stack(Handle* result, const Handle* tensors, int32_t count, int64_t dim) {
  return make(result, [&] { return at::stack(list(tensors, count), dim); });
}

PM_API int32_t pm_index_select(Handle* result, Handle self, int64_t dim, Handle index) {
  return make(result, [&] { return get(self).index_select(dim, get(index)); });
}

PM_API int32_t pm_index_copy_(Handle self, int64_t dim, Handle index, Handle source) {
  return guarded([&] { get(self).index_copy_(dim, get(index), get(source)); });
}

PM_API int32_t pm_masked_fill(Handle* result, Handle self, Handle mask, double value, int32_t whole) {
  return make(result, [&] { return get(self).masked_fill(get(mask), scalar(value, whole)); });
}

PM_API int32_t pm_triu(Handle* result, Handle self, int64_t diagonal) {
  return make(result, [&] { return get(self).triu(diagonal); });
}

PM_API int32_t pm_tril(Handle* result, Handle self, int64_t diagonal) {
  return make(result, [&] { return get(self).tril(diagonal); });
}
