// Errors, handles, threads and devices.
#include "shim.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>

#include <atomic>
#include <string>

namespace proofmesh {

static std::atomic<int64_t> live_handles{0};
static thread_local std::string last_error;

void remember(const char* message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
}

Handle own(at::Tensor tensor) {
  auto handle = new at::Tensor(std::move(tensor));
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return handle;
}

}  // namespace proofmesh

using namespace proofmesh;

// Raised with every change of a signature, so that a library of another build is refused by name.
PM_API int32_t pm_abi() { return 1; }

PM_API const char* pm_torch_version() { return TORCH_VERSION; }

PM_API const char* pm_last_error() { return last_error.c_str(); }

PM_API int64_t pm_live_handles() { return live_handles.load(std::memory_order_relaxed); }

PM_API void pm_free(const Handle* handles, int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    if (handles[i] == nullptr) continue;
    delete handles[i];
    live_handles.fetch_sub(1, std::memory_order_relaxed);
  }
}

PM_API int32_t pm_set_num_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

PM_API int32_t pm_get_num_threads() { return at::get_num_threads(); }

PM_API int32_t pm_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

PM_API int32_t pm_cuda_device_count(int32_t* result) {
  *result = 0;
  return guarded([&] { *result = static_cast<int32_t>(torch::cuda::device_count()); });
}

PM_API int32_t pm_cuda_synchronize(int32_t index) {
  return guarded([&] { torch::cuda::synchronize(index); });
}
