using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>From options to the models that this node sells, those in memory that fit at the start.</summary>
sealed record NodeModels(Catalogue Catalogue, LoadedModels Loaded)
{
    // What the system, libtorch and the requests themselves take, of all that the machine has.
    const int ReservedShare = 8;

    /// <summary>1 open their files · 2 name and price them · 3 count the memory · 4 load.</summary>
    /// <returns>Null when one can't be sold; standard error then says which, and why.</returns>
    public static async Task<NodeModels?> Open(ProviderOptions options, Func<ModelManifest, Prices, uint, Quotes> price, TimeProvider time)
    {
        try
        {
            var sold = options.ForSale.Select(model => Sold(options, model, price)).ToList();
            var budget = Budget(options);
            var catalogue = new Catalogue(sold, budget);
            foreach (var fault in catalogue.Faults()) Log.Line("model_too_large", ("reason", fault));
            var loaded = new LoadedModels(budget, Engine.Load, time);
            await loaded.Fill(catalogue.Sold.Select(model => model.Outline), CancellationToken.None);
            return new NodeModels(catalogue, loaded);
        }
        catch (Exception fault) when (fault is ArgumentException or ModelLoadException || ModelFiles.IsFault(fault))
        {
            Console.Error.WriteLine(fault.Message);
            return null;
        }
    }

    // The files stay open as long as the node runs: nobody can take away what it sells.
    static SoldModel Sold(ProviderOptions options, ModelOptions model, Func<ModelManifest, Prices, uint, Quotes> price)
    {
        var (path, name) = Place(options, model);
        var packing = new Lazy<ProgressBar>(() => new ProgressBar($"packing the weights of {name ?? model.Model}", TimeProvider.System));
        var outline = new ModelOutline(ModelFiles.Open(path), new EngineOptions
        {
            Folder = path,
            Name = name,
            Backend = model.Backend!.Value,
            Weights = model.Weights!.Value,
            Device = model.Device!,
            Threads = model.Threads!.Value,
            MaxContext = model.MaxContext!.Value,
            CacheTokens = model.CacheTokens!.Value,
            MaxSequences = options.Capacity,
            MaxQueue = options.QueueLimit,
            Progress = share => packing.Value.Show(share),
        });
        return new SoldModel(outline, price(Manifests.Of(outline.Model), model.Prices, model.MaxTokens!.Value));
    }

    static (string Path, string? Name) Place(ProviderOptions options, ModelOptions model)
    {
        if (model.Model.Length == 0) return (EmbeddedModel.Folder, model.Name ?? "proofmesh-words");
        if (Path.Exists(model.Model)) return (model.Model, model.Name);
        var store = new ModelStore(options.ModelStore);
        return store.Has(model.Model)
            ? (store.PathOf(model.Model), model.Name)
            : throw new ArgumentException($"Model: '{model.Model}' is no folder, no file, and no model of the store {store.Folder}; `proofmesh model list` shows those.");
    }

    static long Budget(ProviderOptions options)
    {
        if (options.MemoryBudget > 0) return options.MemoryBudget;
        // What a GPU has isn't known here.
        if (options.ForSale.Any(model => model.Device != "cpu")) return long.MaxValue;
        var machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return machine > 0 ? machine - machine / ReservedShare : long.MaxValue;
    }
}
