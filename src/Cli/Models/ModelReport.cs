using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>What can be said of a model on disk.</summary>
static class ModelReport
{
    static readonly (Backend Backend, WeightFormat Weights, string Device)[] Ways =
    [
        (Backend.Cpu, WeightFormat.Float32, "cpu"),
        (Backend.Cpu, WeightFormat.BFloat16, "cpu"),
        (Backend.Cpu, WeightFormat.Int8, "cpu"),
        (Backend.Cpu, WeightFormat.Int4, "cpu"),
        (Backend.Torch, WeightFormat.Float32, "cpu"),
        (Backend.Torch, WeightFormat.BFloat16, "cpu"),
        (Backend.Torch, WeightFormat.Float32, "cuda"),
        (Backend.Torch, WeightFormat.BFloat16, "cuda"),
    ];

    /// <summary>What costs no reading of weights.</summary>
    public static ListedModel Listed(string name, string path)
    {
        try
        {
            using var files = ModelFiles.Open(path);
            var stored = Stored(files);
            return new ListedModel(name, files.Config.Family, files.Parameters, (uint)files.Config.MaxPositions, stored[0].Type, stored.Sum(type => type.Bytes));
        }
        catch (Exception fault) when (ModelFiles.IsFault(fault))
        {
            return new ListedModel(name, Fault: fault.Message);
        }
    }

    /// <param name="soldAs">As a node's Name says.</param>
    /// <param name="context">As a node's MaxContext says; 0: all of it.</param>
    public static ShownModel Shown(ModelFiles files, string soldAs, int context, string cacheFolder, Action<double> progress)
    {
        var (config, digests) = (files.Config, files.Digests(cacheFolder, progress));
        return new ShownModel(
            soldAs, files.Path, config.Family, config.Layers, config.Hidden, config.Heads, config.KeyValueHeads, files.Parameters, config.MaxPositions, Stored(files),
            [.. files.Checkpoint.Sizes.Zip(digests, (file, digest) => new WeightsFile(file.File, file.Bytes, digest))],
            config.Vocabulary, files.Tokenizer.Digest, TemplateFault(files),
            [.. Ways.Select(way => Runnable(files, new EngineOptions { Folder = files.Path, Name = soldAs, MaxContext = context, CacheFolder = cacheFolder, Backend = way.Backend, Weights = way.Weights, Device = way.Device }))]);
    }

    static RunnableFormat Runnable(ModelFiles files, EngineOptions options)
    {
        var outline = new ModelOutline(files, options);
        var manifest = Manifests.Of(outline.Model);
        return new RunnableFormat(options.Backend.ToString(), options.Weights.ToString(), options.Device, outline.Memory.Weights, outline.Memory.Cache, manifest.Digest(), manifest);
    }

    static StoredTensors[] Stored(ModelFiles files) =>
    [
        .. files.Checkpoint.Tensors.Values.GroupBy(tensor => tensor.Type)
            .Select(type => new StoredTensors(type.Key.ToString(), type.Count(), type.Sum(tensor => tensor.ByteCount)))
            .OrderByDescending(type => type.Bytes),
    ];

    static string? TemplateFault(ModelFiles files)
    {
        try
        {
            ChatTemplate.Load(files.Path);
            return null;
        }
        catch (Exception fault) when (fault is ChatTemplateException or IOException)
        {
            return fault.Message;
        }
    }
}
