// bfloat16 by vdpbf16ps. Compiled for AVX-512 with BF16: nothing here may run before support was asked for.
#include <cstring>
#include "tiles.h"

namespace {

struct Brain {
    static constexpr int Groups = 4, Tokens = 6;

    template <int R, int T>
    static void run(const Product& p, int group, int token) {
        const int64_t pairs = p.blocks * 16, group_bytes = pairs * 64;
        const uint8_t* w = p.weights + group * group_bytes;
        const uint8_t* x = static_cast<const uint8_t*>(p.x) + token * p.x_stride;
        __m512 total[R][T];
        for (int r = 0; r < R; r++)
            for (int t = 0; t < T; t++) total[r][t] = _mm512_setzero_ps();
        for (int64_t k = 0; k < pairs; k++) {
            __m512i rows[R];
            for (int r = 0; r < R; r++) rows[r] = _mm512_loadu_si512(w + r * group_bytes + k * 64);
#pragma GCC unroll 8
            for (int t = 0; t < T; t++) {
                int32_t two;
                std::memcpy(&two, x + t * p.x_stride + k * 4, 4);
                const __m512i a = _mm512_set1_epi32(two);
                for (int r = 0; r < R; r++) total[r][t] = _mm512_dpbf16_ps(total[r][t], (__m512bh)rows[r], (__m512bh)a);
            }
        }
        for (int r = 0; r < R; r++)
            for (int t = 0; t < T; t++) finish(p, total[r][t], group + r, token + t);
    }
};

}

KERNEL void proofmesh_multiply_bf16(const Product* product) { multiply<Brain>(*product); }
