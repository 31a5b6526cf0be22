using System.CommandLine;
using ProofMesh.Inference;

namespace ProofMesh.Cli;

/// <summary>proofmesh model: the models of this machine, for its nodes to sell.</summary>
static class ModelCommand
{
    const string StoreVariable = "PROOFMESH_MODELSTORE";

    static readonly Option<string?> Store = new("--store") { Description = $"The folder of models. [default: {StoreVariable}, then ~/.proofmesh/models]", HelpName = "FOLDER", Recursive = true };

    public static Command Create() => new("model", "Keep models for nodes to sell.") { List(), Show(), Import(), Remove(), Store };

    static Command List()
    {
        var command = new Command("list", "The models of the store.");
        command.InStore((given, store, _) =>
        {
            var models = store.Names.Select(name => ModelReport.Listed(name, store.Find(name))).ToArray();
            if (given.AsJson()) return Output.Json(models, CliJson.Default.ListedModelArray);
            if (models.Length == 0) Console.WriteLine(Output.Plain($"There are no models in {store.Folder}: add one with `proofmesh model import PATH`."));
            foreach (var model in models)
                Console.WriteLine(Output.Plain(model.Fault is { } fault
                    ? $"{model.Name,-32} can't be used: {fault}"
                    : $"{model.Name,-32} {model.Architecture,-8} {model.Parameters,18:N0} parameters  {model.Context,9:N0} tokens  {model.Stored,-5} {Size.Of(model.Bytes!.Value),8}"));
            return 0;
        });
        return command;
    }

    static Command Show()
    {
        var model = Model();
        var context = new Option<int?>("--context") { Description = "As a node's MaxContext. [default: all of it]", HelpName = "TOKENS" };
        var soldAs = new Option<string?>("--as") { Description = "As a node's ModelName. [default: the model's name]", HelpName = "NAME" };
        context.Validators.Add(result => { if (result.GetValue(context) is < 1 or > 1 << 24) result.AddError("--context is from 1 to 16777216."); });
        var command = new Command("show", "What a model is, what it takes in memory, and the digest under which a node sells it.") { model, context, soldAs };
        command.InStore((given, store, _) =>
        {
            var name = given.GetValue(model)!;
            using var files = ModelFiles.Open(store.Find(name));
            var shown = ModelReport.Shown(files, given.GetValue(soldAs) ?? name, given.GetValue(context) ?? 0, store.CacheFolder, new ProgressBar("reading the weights", TimeProvider.System).Show);
            return given.AsJson() ? Output.Json(shown, CliJson.Default.ShownModel) : Tell(shown);
        });
        return command;
    }

    static Command Import()
    {
        var path = new Argument<string>("path") { Description = "A folder as Hugging Face publishes it, or a GGUF file." };
        var name = new Option<string?>("--name") { Description = "[default: as the folder or file is called]", HelpName = "NAME" };
        var command = new Command("import", "Copy a model into the store, byte for byte: nothing is converted.") { path, name };
        command.InStore((given, store, stop) =>
        {
            var imported = store.Import(given.GetValue(path)!, given.GetValue(name), new ProgressBar("copying and checking", TimeProvider.System).Show, stop);
            using var files = ModelFiles.Open(store.Find(imported));
            var view = new ImportedModel(imported, store.Find(imported), files.Checkpoint.Sizes.Sum(file => file.Bytes));
            return given.AsJson()
                ? Output.Json(view, CliJson.Default.ImportedModel)
                : Output.Lines(("model", view.Name), ("folder", view.Path), ("weights", $"{Size.Of(view.Bytes)}, as they were published"));
        });
        return command;
    }

    static Command Remove()
    {
        var model = Model();
        var command = new Command("remove", "Delete a model, and what is kept of it to load it sooner.") { model };
        command.InStore((given, store, _) =>
        {
            var name = given.GetValue(model)!;
            var freed = store.Remove(name);
            return given.AsJson() ? Output.Json(new RemovedModel(name, freed), CliJson.Default.RemovedModel) : Output.Lines(("removed", name), ("freed", Size.Of(freed)));
        });
        return command;
    }

    static Argument<string> Model() => new("name") { Description = "A model of the store." };

    static int Tell(ShownModel model)
    {
        Output.Lines(
            ("model", model.Name),
            ("files", model.Path),
            ("architecture", $"{model.Architecture}: {model.Layers} layers of {model.Hidden}, {model.Heads} heads, {model.KeyValueHeads} for keys and values"),
            ("parameters", $"{model.Parameters:N0}"),
            ("context", $"{model.Context:N0} tokens"),
            ("stored as", string.Join(", ", model.Stored.Select(type => $"{type.Type} ({type.Tensors} tensors, {Size.Of(type.Bytes)})"))),
            ("tokenizer", $"{model.Vocabulary:N0} tokens, sha256 {model.Tokenizer}"),
            ("template", model.TemplateFault is { } fault ? $"refuses every conversation: {fault}" : "understood"));
        Output.Lines(model.Files.Select(file => ("weights", $"{file.File}, {Size.Of(file.Bytes)}, sha256 {file.Sha256}")));
        Console.WriteLine($"\n{"scheme",-16}{"weights",10}{"cache",10}  digest of the manifest");
        foreach (var format in model.Formats)
            Console.WriteLine($"{format.Manifest.Scheme,-16}{Size.Of(format.WeightBytes),10}{Size.Of(format.CacheBytes),10}  {format.Digest}");
        return 0;
    }

    static void InStore(this Command command, Func<ParseResult, ModelStore, CancellationToken, int> run) =>
        command.SetAction((given, stop) => Output.Guard(() => Task.Run(() =>
        {
            try
            {
                return run(given, Open(given), stop);
            }
            catch (Exception fault) when (fault is ModelStoreException || ModelFiles.IsFault(fault))
            {
                throw new CommandException(fault.Message);
            }
        }, CancellationToken.None)));

    static ModelStore Open(ParseResult given) =>
        (given.GetValue(Store) ?? Environment.GetEnvironmentVariable(StoreVariable) ?? ModelStore.UserFolder) is { Length: > 0 } folder
            ? new ModelStore(Path.GetFullPath(folder))
            : throw new CommandException("Name the folder of models with --store: there is no home folder here.");
}
