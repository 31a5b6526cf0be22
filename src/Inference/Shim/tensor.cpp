// What a tensor is, and its bytes.
#include "shim.h"

#include <cstring>

using namespace proofmesh;

PM_API int32_t pm_dim(Handle self, int32_t* result) {
  return guarded([&] { *result = static_cast<int32_t>(get(self).dim()); });
}

// Writes pm_dim(self) numbers.
PM_API int32_t pm_sizes(Handle self, int64_t* result) {
  return guarded([&] {
    auto sizes = get(self).sizes();
    std::memcpy(result, sizes.data(), sizes.size() * sizeof(int64_t));
  });
}

PM_API int32_t pm_strides(Handle self, int64_t* result) {
  return guarded([&] {
    auto strides = get(self).strides();
    std::memcpy(result, strides.data(), strides.size() * sizeof(int64_t));
  });
}

PM_API int32_t pm_options(Handle self, int32_t* dtype, int32_t* device_type, int32_t* device_index, int32_t* contiguous) {
  return guarded([&] {
    const auto& tensor = get(self);
    *dtype = static_cast<int32_t>(tensor.scalar_type());
    *device_type = static_cast<int32_t>(tensor.device().type());
    *device_index = static_cast<int32_t>(tensor.device().index());
    *contiguous = tensor.is_contiguous() ? 1 : 0;
  });
}

// The elements' address, valid as long as the handle lives. Only for contiguous tensors in the host's memory.
PM_API int32_t pm_data(Handle self, void** data, int64_t* bytes) {
  return guarded([&] {
    const auto& tensor = get(self);
    TORCH_CHECK(tensor.device().is_cpu(), "the bytes of a tensor on ", tensor.device(), " can't be read here: copy it to the cpu first");
    TORCH_CHECK(tensor.is_contiguous(), "the bytes of a tensor that is not contiguous can't be read: call contiguous() first");
    *data = tensor.data_ptr();
    *bytes = static_cast<int64_t>(tensor.nbytes());
  });
}

PM_API int32_t pm_item(Handle self, double* real, int64_t* whole) {
  return guarded([&] {
    auto value = get(self).item();
    *real = value.toDouble();
    *whole = value.isFloatingPoint() ? 0 : value.toLong();
  });
}

PM_API int32_t pm_to(Handle* result, Handle self, int32_t type, int32_t device_type, int32_t device_index, int32_t copy) {
  return make(result, [&] {
    const auto& tensor = get(self);
    auto target = device_type < 0 ? tensor.device() : device(device_type, device_index);
    return tensor.to(target, type < 0 ? tensor.scalar_type() : dtype(type), /*non_blocking=*/false, copy != 0);
  });
}

PM_API int32_t pm_clone(Handle* result, Handle self) {
  return make(result, [&] { return get(self).clone(); });
}

PM_API int32_t pm_contiguous(Handle* result, Handle self) {
  return make(result, [&] { return get(self).contiguous(); });
}

PM_API int32_t pm_copy_(Handle self, Handle source) {
  return guarded([&] { get(self).copy_(get(source)); });
}
