// The C ABI over libtorch: every function returns a code, nothing throws across it.
//
// A handle owns one reference to a tensor. It is counted when it is made and when it is freed, so that a test can
// show that nothing leaks. Functions that make a tensor write its handle to their first argument, and null there
// when they fail. Every operation runs in inference mode: nothing here is differentiated.
#pragma once

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>

#ifdef _WIN32
#define PM_API extern "C" __declspec(dllexport)
#else
#define PM_API extern "C" __attribute__((visibility("default")))
#endif

#if TORCH_VERSION_MAJOR >= 2
#define PM_TORCH_2 1
#endif

namespace proofmesh {

using Handle = at::Tensor*;

enum Code : int32_t { ok = 0, failed = 1, out_of_memory = 2 };

// Keeps the message for pm_last_error of this thread.
void remember(const char* message) noexcept;

// A new handle to the tensor; the caller of the ABI frees it.
Handle own(at::Tensor tensor);

inline const at::Tensor& get(Handle handle) {
  if (handle == nullptr) throw std::invalid_argument("a tensor handle is null: it was disposed of or never made");
  return *handle;
}

inline at::IntArrayRef ints(const int64_t* values, int32_t count) { return {values, static_cast<size_t>(count)}; }

// Whole numbers stay whole, so that adding 1 to an integer tensor does not promote it.
inline at::Scalar scalar(double value, int32_t whole) {
  return whole != 0 ? at::Scalar(static_cast<int64_t>(value)) : at::Scalar(value);
}

inline at::ScalarType dtype(int32_t value) { return static_cast<at::ScalarType>(value); }

inline at::Device device(int32_t type, int32_t index) {
  return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

template <class Body>
int32_t guarded(Body&& body) noexcept {
  try {
    c10::InferenceMode inference;
    body();
    return ok;
  } catch (const c10::OutOfMemoryError& error) {
    remember(error.what_without_backtrace());
    return out_of_memory;
  } catch (const c10::Error& error) {
    remember(error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    remember("out of memory");
    return out_of_memory;
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("an exception of unknown type");
  }
  return failed;
}

template <class Body>
int32_t make(Handle* result, Body&& body) noexcept {
  *result = nullptr;
  return guarded([&] { *result = own(body()); });
}

}  // namespace proofmesh
