using ProofMesh.Bench;
using ProofMesh.GpuCheck;
using ProofMesh.Inference.Torch;

// `scripts/gpu` builds what this needs. Correctness first: a fast wrong answer isn't worth a table.
if (!TorchLibrary.IsAvailable)
{
    Console.Error.WriteLine("libtorch can't be used here: run scripts/gpu, which builds the binding, and see what it says.");
    return 2;
}
Console.WriteLine(TorchLibrary.Describe());
var devices = torch.cuda.device_count();
if (devices == 0) Console.WriteLine("No CUDA device is at hand: the comparison runs on the processor, and no speed is measured.");
var device = devices == 0 ? "cpu" : "cuda";
if (!Agreement.Check(device)) return 1;
return devices == 0 ? 0 : await BenchCommand.RunAsync(["gpu", .. args], new() { ["gpu"] = () => Task.FromResult(SpeedTable.Measure(device)) });
