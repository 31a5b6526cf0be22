// Cuts a product into tiles of R groups by T tokens whose sums stay in registers.
#pragma once
#include <immintrin.h>
#include "kernels.h"

namespace {

inline void finish(const Product& p, __m512 sum, int group, int token) {
    float* y = p.y + token * p.y_stride + group * 16;
    sum = _mm512_add_ps(sum, _mm512_loadu_ps(p.bias + group * 16));
    if (p.add) sum = _mm512_add_ps(sum, _mm512_loadu_ps(y));
    _mm512_storeu_ps(y, sum);
}

template <class Tile, int R>
void tokens_of(const Product& p, int group) {
    int token = 0;
    for (; token + Tile::Tokens <= p.tokens; token += Tile::Tokens) Tile::template run<R, Tile::Tokens>(p, group, token);
    for (; token + 4 <= p.tokens; token += 4) Tile::template run<R, 4>(p, group, token);
    for (; token + 2 <= p.tokens; token += 2) Tile::template run<R, 2>(p, group, token);
    for (; token < p.tokens; token++) Tile::template run<R, 1>(p, group, token);
}

template <class Tile>
void multiply(const Product& p) {
    int group = p.first_group;
    // One token waits for memory alone: one stream of weights after another is what memory is quickest at.
    for (; p.tokens == 1 && group < p.end_group; group++) tokens_of<Tile, 1>(p, group);
    for (; group + Tile::Groups <= p.end_group; group += Tile::Groups) tokens_of<Tile, Tile::Groups>(p, group);
    for (; group < p.end_group; group++) tokens_of<Tile, 1>(p, group);
}

}
