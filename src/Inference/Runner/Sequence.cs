using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ProofMesh.Inference;

/// <summary>One text inside a runner: which blocks of the cache hold the keys and values of its tokens. Disposing it releases them.</summary>
public sealed class Sequence : IDisposable
{
    private const int DigestBytes = 32;

    private readonly BlockPool _pool;
    private readonly int[] _blocks;
    private readonly int[] _tokens;
    private readonly bool _shares;
    private readonly byte[] _chain = new byte[DigestBytes + BlockPool.Tokens * sizeof(int)];
    private int _held;
    private int _named;

    internal Sequence(BlockPool pool, int capacity, ReadOnlySpan<byte> scope)
    {
        (_pool, Capacity, _shares) = (pool, capacity, !scope.IsEmpty);
        (_blocks, _tokens) = (new int[BlockPool.BlocksFor(capacity)], new int[capacity]);
        if (_shares)
            SHA256.HashData(scope, _chain);
    }

    /// <summary>Tokens that it may come to have.</summary>
    public int Capacity { get; }

    /// <summary>Tokens in the cache; the next token takes this position.</summary>
    public int Length { get; private set; }

    /// <summary>Position p lies in block p / 16, at p % 16.</summary>
    internal ReadOnlySpan<int> Blocks => _blocks.AsSpan(0, _held);

    /// <summary>Makes room for more tokens.</summary>
    /// <returns>False when the cache is full; what was got until then is kept.</returns>
    public bool TryReserve(int tokens)
    {
        for (var wanted = BlockPool.BlocksFor(Length + tokens); _held < wanted; _held++)
        {
            var block = _pool.Take(_held == 0 ? -1 : _blocks[_held - 1] + 1);
            if (block < 0)
                return false;
            _blocks[_held] = block;
        }
        return true;
    }

    /// <summary>Takes over blocks that another text with the same beginning has computed; the text's last token is always left to compute.</summary>
    /// <returns>The tokens that need not be computed.</returns>
    public int Adopt(ReadOnlySpan<int> text)
    {
        var before = Length;
        Span<byte> digest = stackalloc byte[DigestBytes];
        while (_shares && Length == _named * BlockPool.Tokens && _held == _named && Length + BlockPool.Tokens < text.Length)
        {
            var tokens = text.Slice(Length, BlockPool.Tokens);
            var block = _pool.Share(NameOf(tokens, digest));
            if (block < 0)
                break;
            _blocks[_held++] = block;
            digest.CopyTo(_chain);
            tokens.CopyTo(_tokens.AsSpan(Length));
            Length += BlockPool.Tokens;
            _named++;
        }
        return Length - before;
    }

    /// <summary>Lets other texts adopt the blocks that are full.</summary>
    public void Publish()
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        for (; _shares && (_named + 1) * BlockPool.Tokens <= Length; _named++)
        {
            _pool.Name(_blocks[_named], NameOf(_tokens.AsSpan(_named * BlockPool.Tokens, BlockPool.Tokens), digest));
            digest.CopyTo(_chain);
        }
    }

    /// <summary>Takes back tokens, none of them published.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, _named * BlockPool.Tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Releases all blocks; the text can be computed again, or adopted.</summary>
    public void Dispose()
    {
        while (_held > 0)
            _pool.Release(_blocks[--_held]);
    }

    internal void Append(ReadOnlySpan<int> tokens)
    {
        tokens.CopyTo(_tokens.AsSpan(Length));
        Length += tokens.Length;
    }

    // A block is known by the hash of all tokens up to its end, so equal names mean equal keys and values.
    private UInt128 NameOf(ReadOnlySpan<int> tokens, Span<byte> digest)
    {
        MemoryMarshal.AsBytes(tokens).CopyTo(_chain.AsSpan(DigestBytes));
        SHA256.HashData(_chain, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
