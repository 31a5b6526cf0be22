using System.Reflection;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch.Signatures;

/// <summary>Holds our binding to the signatures of TorchSharp, so that the model code compiles against either.</summary>
public sealed class SignatureTests
{
    private static readonly Type[] Types = typeof(TorchRunner).Assembly.GetTypes();

    [Theory]
    [InlineData("torch.Tensor: Tensor silu(Tensor x, bool inplace = false)")] // another type
    [InlineData("torch: Tensor silu(Tensor x, bool inplace = false)")] // not static
    [InlineData("torch: static Tensor SiLU(Tensor x, bool inplace = false)")]
    [InlineData("torch: static Scalar silu(Tensor x, bool inplace = false)")]
    [InlineData("torch: static Tensor silu(Tensor input, bool inplace = false)")]
    [InlineData("torch: static Tensor silu(Tensor? x, bool inplace = false)")]
    [InlineData("torch: static Tensor silu(Tensor x, bool inplace = true)")]
    [InlineData("torch: static Tensor silu(Tensor x, bool inplace)")]
    [InlineData("torch: static Tensor silu(Tensor x)")]
    [InlineData("torch: static Tensor silu(Tensor x, bool inplace = false, int more)")] // which ours would not pass
    public void A_signature_that_differs_does_not_fit(string theirs) =>
        Assert.False(Signature.Fits("torch: static Tensor silu(Tensor x, bool inplace = false)", theirs));

    [Theory]
    [InlineData("torch: static Tensor silu(Tensor x, bool inplace = false)", "torch: static Tensor silu(Tensor x, bool inplace = false)")]
    [InlineData("torch: static Tensor silu(Tensor x)", "torch: static Tensor silu(Tensor x, bool inplace = false)")]
    [InlineData("torch.cuda: static void synchronize()", "torch.cuda: static void synchronize(Device? device = null)")]
    public void Optional_parameters_at_the_end_may_be_left_out(string ours, string theirs) => Assert.True(Signature.Fits(ours, theirs));

    [Fact]
    public void Whatever_the_model_code_uses_is_as_TorchSharp_has_it()
    {
        var theirs = Listed();
        var unlike = Used().Where(ours => !theirs.Any(line => Signature.Fits(ours, line))).ToList();
        Assert.True(unlike.Count == 0, "torchsharp.txt has none of these; bring the binding to TorchSharp's signature, or use what it has:\n" + string.Join('\n', unlike));
    }

    [Fact]
    public void Numbers_of_element_types_and_devices_are_TorchSharps() => Assert.Empty(Numbers().Except(Listed()));

    [Fact]
    public void Nothing_is_listed_that_is_not_there()
    {
        var ours = Used().Concat(Numbers()).ToList();
        var idle = Listed().Where(line => !ours.Any(known => Signature.Fits(known, line))).ToList();
        Assert.True(idle.Count == 0, "the model code uses none of these, or our binding has them otherwise:\n" + string.Join('\n', idle));
    }

    // LibTorch exists on either side and is neither's.
    private static IEnumerable<string> Used() => Types.Where(type => !InBinding(type)).SelectMany(UsedMembers.Of)
        .Where(member => InBinding(member.DeclaringType) && member.DeclaringType != typeof(LibTorch)).Select(Signature.Of).Distinct();

    // Constants leave no trace in the code that uses them: all of them count.
    private static IEnumerable<string> Numbers() => Types.Where(type => InBinding(type) && type.IsEnum)
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(Signature.Of);

    private static bool InBinding(Type? type) => type?.Namespace == typeof(torch).Namespace;

    private static List<string> Listed()
    {
        using var file = new StreamReader(typeof(SignatureTests).Assembly.GetManifestResourceStream("torchsharp.txt")!);
        return [.. file.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
    }
}
