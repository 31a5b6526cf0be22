using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>The devices of this machine: the CPU always, each CUDA device where there is one.</summary>
internal static class Devices
{
    public static TheoryData<string> All()
    {
        var names = new TheoryData<string> { "cpu" };
        for (var i = 0; i < torch.cuda.device_count(); i++) names.Add($"cuda:{i}");
        return names;
    }
}
