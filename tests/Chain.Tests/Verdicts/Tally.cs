using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Counts the verdicts of a run, and says where the two sides differ.</summary>
sealed class Tally(int seed)
{
    readonly Dictionary<(Type Enum, string Fault), int> counts = [];

    public int Cases { get; private set; }

    /// <summary>One message that both sides judged.</summary>
    /// <param name="story">What was changed in it.</param>
    /// <param name="terms">What it was held against, for the reproduction.</param>
    public void Count<T>(object message, string story, object terms, T ours, string theirs) where T : struct, Enum
    {
        Cases++;
        counts[(typeof(T), ours.ToString())] = counts.GetValueOrDefault((typeof(T), ours.ToString())) + 1;
        if (ours.ToString() == theirs) return;
        Assert.Fail($"""
            C# says {typeof(T).Name}.{ours}, the contract says {theirs}.
            seed {seed}, case {Cases}: {story}
            message {message}
            held against {terms}
            To see it again: PROOFMESH_VERDICT_SEED={seed} PROOFMESH_VERDICT_CASES={Cases + 200}
            """);
    }

    /// <summary>Every fault of every enum came often enough, so that the generator isn't blind to one.</summary>
    public void AssertCovered()
    {
        var floor = Math.Max(1, Cases / 800);
        var wanted = Names<GrantFault>(except: GrantFault.WrongParty)
            .Concat(Names<ClaimFault>()).Concat(Names<StatementFault>())
            .Concat(Enum.GetValues<ReceiptFault>()
                .Where(fault => fault < ReceiptFault.WrongRequestId && fault is not (ReceiptFault.ZeroProvider or ReceiptFault.ZeroSequence))
                .Select(fault => (typeof(ReceiptFault), fault.ToString())));
        var thin = wanted.Where(fault => counts.GetValueOrDefault(fault) < floor).Select(fault => $"{fault.Item1.Name}.{fault.Item2}: {counts.GetValueOrDefault(fault)}").ToArray();
        Assert.True(thin.Length == 0, $"Seed {seed}: these came fewer than {floor} times in {Cases} cases: {string.Join(", ", thin)}");
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine($"{Cases} cases, seed {seed}");
        foreach (var (fault, count) in counts.OrderBy(pair => pair.Key.Enum.Name, StringComparer.Ordinal).ThenByDescending(pair => pair.Value))
            text.AppendLine($"  {fault.Enum.Name}.{fault.Fault} {count}");
        return text.ToString();
    }

    static IEnumerable<(Type, string)> Names<T>(T? except = null) where T : struct, Enum =>
        Enum.GetValues<T>().Where(fault => !fault.Equals(except)).Select(fault => (typeof(T), fault.ToString()));
}
