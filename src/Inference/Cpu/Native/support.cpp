#include "kernels.h"

KERNEL int32_t proofmesh_kernels_supported() {
    __builtin_cpu_init();
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    const bool bytes = wide && __builtin_cpu_supports("avx512vnni");
    const bool brain = wide && __builtin_cpu_supports("avx512bf16");
    return (bytes ? 1 : 0) | (brain ? 2 : 0);
}
