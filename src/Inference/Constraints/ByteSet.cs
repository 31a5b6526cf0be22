namespace ProofMesh.Inference;

/// <summary>A set of byte values.</summary>
internal readonly record struct ByteSet(UInt128 Low, UInt128 High)
{
    public bool IsEmpty => Low == 0 && High == 0;

    public bool Contains(int value) => ((value < 128 ? Low >> value : High >> (value - 128)) & 1) != 0;

    public static ByteSet Range(int first, int last) => Of(Enumerable.Range(first, Math.Max(0, last - first + 1)));

    public static ByteSet Of(IEnumerable<int> values)
    {
        var set = default(ByteSet);
        foreach (var value in values)
            set = value < 128 ? set with { Low = set.Low | UInt128.One << value } : set with { High = set.High | UInt128.One << (value - 128) };
        return set;
    }
}
