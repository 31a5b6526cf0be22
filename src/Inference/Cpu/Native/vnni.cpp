// Bytes by 512-bit vpdpbusd. Compiled for AVX-512 with VNNI: nothing here may run before support was asked for.
#include <cstring>
#include "tiles.h"

namespace {

constexpr int Block = 32;

// Bytes are stored with 128 added, nibbles with 8: the start of a sum takes it off again.
struct Eight {
    static constexpr int BlockBytes = 512, Ahead = 0;
    static int start(int32_t sum) { return sum; }
    static void load(const uint8_t* block, int pair, __m512i& first, __m512i& second) {
        first = _mm512_loadu_si512(block + pair * 128);
        second = _mm512_loadu_si512(block + pair * 128 + 64);
    }
};

struct Four {
    // Half as many bytes for the same work: the processor's own reading ahead falls behind.
    static constexpr int BlockBytes = 256, Ahead = 4096;
    static int start(int32_t sum) { return sum >> 4; }
    static void load(const uint8_t* block, int pair, __m512i& first, __m512i& second) {
        const __m512i both = _mm512_loadu_si512(block + pair * 64), low = _mm512_set1_epi8(15);
        first = _mm512_and_si512(both, low);
        second = _mm512_and_si512(_mm512_srli_epi16(both, 4), low);
    }
};

inline __m512i four_bytes(const int8_t* x) {
    int32_t four;
    std::memcpy(&four, x, 4);
    return _mm512_set1_epi32(four);
}

template <class Format>
struct Bytes {
    static constexpr int Groups = 2, Tokens = 6;

    template <int R, int T>
    static void run(const Product& p, int group, int token) {
        const int64_t blocks = p.blocks, group_bytes = blocks * Format::BlockBytes;
        const uint8_t* w = p.weights + group * group_bytes;
        const uint16_t* ws = p.scales + group * blocks * 16;
        const int8_t* x = static_cast<const int8_t*>(p.x) + token * p.x_stride;
        const float* xs = p.x_scales + token * blocks;
        const int32_t* sums = p.x_sums + token * blocks;
        __m512 total[R][T];
        for (int r = 0; r < R; r++)
            for (int t = 0; t < T; t++) total[r][t] = _mm512_setzero_ps();
        for (int64_t b = 0; b < blocks; b++, w += Format::BlockBytes, ws += 16, x += Block) {
            if constexpr (T == 1 && Format::Ahead > 0)
                for (int i = 0; i < Format::BlockBytes; i += 64) _mm_prefetch(reinterpret_cast<const char*>(w) + Format::Ahead + i, _MM_HINT_T0);
            __m512i sum[R][T];
            for (int t = 0; t < T; t++)
                for (int r = 0; r < R; r++) sum[r][t] = _mm512_set1_epi32(Format::start(sums[t * blocks + b]));
#pragma GCC unroll 4
            for (int pair = 0; pair < 4; pair++) {
                __m512i first[R], second[R];
                for (int r = 0; r < R; r++) Format::load(w + r * group_bytes, pair, first[r], second[r]);
#pragma GCC unroll 8
                for (int t = 0; t < T; t++) {
                    const __m512i a = four_bytes(x + t * p.x_stride + pair * 8), c = four_bytes(x + t * p.x_stride + pair * 8 + 4);
                    for (int r = 0; r < R; r++) sum[r][t] = _mm512_dpbusd_epi32(sum[r][t], first[r], a);
                    for (int r = 0; r < R; r++) sum[r][t] = _mm512_dpbusd_epi32(sum[r][t], second[r], c);
                }
            }
            for (int r = 0; r < R; r++) {
                const __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(ws + r * blocks * 16)));
                for (int t = 0; t < T; t++)
                    total[r][t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[r][t]), _mm512_mul_ps(scale, _mm512_set1_ps(xs[t * blocks + b])), total[r][t]);
            }
        }
        for (int r = 0; r < R; r++)
            for (int t = 0; t < T; t++) finish(p, total[r][t], group + r, token + t);
    }
};

}

KERNEL void proofmesh_multiply_q8(const Product* product) { multiply<Bytes<Eight>>(*product); }

KERNEL void proofmesh_multiply_q4(const Product* product) { multiply<Bytes<Four>>(*product); }
