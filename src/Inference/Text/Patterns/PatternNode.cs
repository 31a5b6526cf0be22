namespace ProofMesh.Inference;

/// <summary>A step of a compiled pattern; <see cref="Next"/> is what must match after it, null at the end.</summary>
internal abstract class PatternNode
{
    public PatternNode? Next { get; set; }
}

internal enum Greed
{
    Greedy,
    Lazy,
    Possessive,
}

/// <summary>A run of between Least and Most code points of one class; a literal is a class of one.</summary>
internal sealed class SetNode(CodePointSet set, int least = 1, int most = 1, Greed greed = Greed.Possessive) : PatternNode
{
    public CodePointSet Set => set;

    public int Least => least;

    public int Most => most;

    public Greed Greed => greed;
}

/// <summary>One of several branches, the first that lets the rest match; each branch ends in this node's Next.</summary>
internal sealed class BranchNode(IReadOnlyList<PatternNode?> branches) : PatternNode
{
    public IReadOnlyList<PatternNode?> Branches { get; set; } = branches;
}

/// <summary>Looks ahead without moving.</summary>
internal sealed class LookNode(PatternNode? inner, bool negative) : PatternNode
{
    public PatternNode? Inner => inner;

    public bool Negative => negative;
}

/// <summary>Takes the first way in which the inner pattern matches and never tries another.</summary>
internal sealed class AtomicNode(PatternNode? inner) : PatternNode
{
    public PatternNode? Inner => inner;
}

/// <summary>Start or end of a line; the published patterns come from an engine where both anchors mean lines.</summary>
internal sealed class AnchorNode(bool start) : PatternNode
{
    public bool Start => start;
}

/// <summary>A loop over a group: at the end of each round, go round again or leave.</summary>
internal sealed class LoopNode(Greed greed) : PatternNode
{
    public PatternNode? Body { get; set; }

    public Greed Greed => greed;
}
