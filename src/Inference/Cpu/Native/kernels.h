// Matrix kernels for what C# can't say: 512-bit vpdpbusd and vdpbf16ps. The layouts are those of BlockMatrix.cs and
// BFloat16Matrix.cs, and so are the sums, in the same order: a caller can't tell which of the two computed.
#pragma once
#include <cstdint>

#if defined(_WIN32)
#define KERNEL extern "C" __declspec(dllexport)
#else
#define KERNEL extern "C" __attribute__((visibility("default")))
#endif

// y = W·x + bias, or y += W·x + bias, for some groups of 16 rows and all tokens.
struct Product {
    const uint8_t* weights;
    const uint16_t* scales;  // halves: [group][block][16 rows]; none for bfloat16
    const float* bias;       // [16·groups]
    const void* x;           // [tokens, x_stride bytes]: int8, or bfloat16
    const float* x_scales;   // [tokens, blocks]
    const int32_t* x_sums;   // [tokens, blocks]: −128 · the sum of a block
    float* y;                // [tokens, y_stride]
    int64_t x_stride;
    int64_t y_stride;
    int32_t blocks;          // of 32 columns
    int32_t tokens;
    int32_t first_group;
    int32_t end_group;
    int32_t add;
};

// Bit 0: int8 and 4-bit products run here; bit 1: bfloat16 too.
KERNEL int32_t proofmesh_kernels_supported();
KERNEL void proofmesh_multiply_q8(const Product* product);
KERNEL void proofmesh_multiply_q4(const Product* product);
KERNEL void proofmesh_multiply_bf16(const Product* product);
