// Tensors from nothing.
#include "shim.h"

using namespace proofmesh;

static at::TensorOptions options(int32_t type, int32_t device_type, int32_t device_index) {
  return at::TensorOptions().dtype(dtype(type)).device(device(device_type, device_index));
}

PM_API int32_t pm_empty(Handle* result, const int64_t* sizes, int32_t dims, int32_t type, int32_t device_type, int32_t device_index) {
  return make(result, [&] { return at::empty(ints(sizes, dims), options(type, device_type, device_index)); });
}

PM_API int32_t pm_full(Handle* result, const int64_t* sizes, int32_t dims, double value, int32_t whole, int32_t type, int32_t device_type, int32_t device_index) {
  return make(result, [&] { return at::full(ints(sizes, dims), scalar(value, whole), options(type, device_type, device_index)); });
}

PM_API int32_t pm_randn(Handle* result, const int64_t* sizes, int32_t dims, int32_t type, int32_t device_type, int32_t device_index) {
  return make(result, [&] { return at::randn(ints(sizes, dims), options(type, device_type, device_index)); });
}

PM_API int32_t pm_arange(Handle* result, double start, double end, double step, int32_t whole, int32_t type, int32_t device_type, int32_t device_index) {
  return make(result, [&] {
    return at::arange(scalar(start, whole), scalar(end, whole), scalar(step, whole), options(type, device_type, device_index));
  });
}
