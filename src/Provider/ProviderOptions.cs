using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Everything that a node can be told. Read from appsettings.json, --config FILE, PROOFMESH_… and the command line.</summary>
sealed record ProviderOptions
{
    /// <summary>Where customers without a gateway reach the node; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:0";

    /// <summary>The address that the node tells customers, null behind NAT.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Gateways to serve, as ws:// or wss:// addresses of their node endpoint.</summary>
    public string[] Gateways { get; init; } = [];

    /// <summary>Settlement services that take statements and vouchers, tried in order.</summary>
    public string[] Settlers { get; init; } = [];

    public string Rpc { get; init; } = "http://127.0.0.1:8545";

    public RailOptions Rail { get; init; } = new();

    /// <summary>The wallet that staked for this node.</summary>
    public string Provider { get; init; } = "";

    /// <summary>File with the node's hot key as 0x-hexadecimal, readable by its owner alone.</summary>
    public string NodeKeyFile { get; init; } = "";

    /// <summary>Folder of the journal.</summary>
    public string Data { get; init; } = "";

    /// <summary>A Hugging Face model folder, a GGUF file, or the name of a model of the store; the embedded model when empty.</summary>
    public string Model { get; init; } = "";

    /// <summary>What customers ask for; as the folder is called when empty.</summary>
    public string ModelName { get; init; } = "";

    /// <summary>Several models in place of <see cref="Model"/>, each with prices and formats of its own where it states them.</summary>
    public ModelOptions[] Models { get; init; } = [];

    /// <summary>The folder that `proofmesh model` keeps.</summary>
    public string ModelStore { get; init; } = Inference.ModelStore.UserFolder;

    /// <summary>Bytes that all models in memory may take together, their caches included; 0: seven eighths of the machine's memory, or without a bound where one lies on a GPU.</summary>
    public long MemoryBudget { get; init; }

    public Backend Backend { get; init; } = Backend.Cpu;

    public WeightFormat Weights { get; init; } = WeightFormat.Float32;

    public string Device { get; init; } = "cpu";

    public int Threads { get; init; }

    public int MaxContext { get; init; }

    /// <summary>Tokens of key-value cache for each model; 0: what fits 1 GiB, at least one context.</summary>
    public int CacheTokens { get; init; }

    /// <summary>Lets requests of different payers reuse each other's equal beginnings: faster, but each can tell by the time to its first token whether another asked the same.</summary>
    public bool ShareCache { get; init; }

    /// <summary>Requests that run at once.</summary>
    public int Capacity { get; init; } = 8;

    /// <summary>Requests that wait; one more is refused.</summary>
    public int QueueLimit { get; init; } = 64;

    /// <summary>Most tokens of one answer.</summary>
    public uint MaxTokens { get; init; } = 2048;

    /// <summary>Base units per 1,000,000 tokens.</summary>
    public ulong InputPrice { get; init; } = 100_000;

    /// <summary>For tokens of a prompt that a request had in common with an earlier one; at most <see cref="InputPrice"/>.</summary>
    public ulong CachedPrice { get; init; } = 50_000;

    public ulong OutputPrice { get; init; } = 400_000;

    /// <summary>How long a quoted price holds.</summary>
    public TimeSpan QuoteLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a request waits for a voucher before it ends and bills what was accepted.</summary>
    public TimeSpan VoucherTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Base units that one payer may owe from answers whose voucher never came.</summary>
    public ulong UnpaidLimit { get; init; } = 10_000;

    /// <summary>After so long a debt that stays unpaid is written off: the payer is served again, and never asked for it.</summary>
    public TimeSpan UnpaidMemory { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Base units that a payer must have reserved for this provider on chain; 0 gives credit within its escrow.</summary>
    public ulong Reserve { get; init; }

    /// <summary>How long a reserve is asked for.</summary>
    public TimeSpan ReserveLife { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The journal goes on in a new file past so many bytes.</summary>
    public long JournalBytes { get; init; } = 64 << 20;

    /// <summary>How long request ids, old files of the journal and receipts for auditors are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Free bytes below which the journal's disk counts as full.</summary>
    public long LeastFreeDisk { get; init; } = 64 << 20;

    /// <summary>Without an answer of the chain for so long, the node takes no requests.</summary>
    public TimeSpan ChainTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A statement closes after so long, where there is something to settle.</summary>
    public TimeSpan StatementInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A statement closes with so many receipts at the latest.</summary>
    public int StatementReceipts { get; init; } = 1_000;

    // As many as a gateway takes.
    const int MostModels = 256;

    // A settler reads 16 MiB of JSON at once.
    const int MostStatementReceipts = 8_192;

    /// <summary>What is sold, with nothing left out.</summary>
    public IReadOnlyList<ModelOptions> ForSale =>
        [.. (Models.Length > 0 ? Models : [new ModelOptions { Model = Model, Name = ModelName.Length > 0 ? ModelName : null }]).Select(model => model.Within(this))];

    /// <exception cref="ArgumentException">A value is missing or out of bounds; the message says which and what to write.</exception>
    public void Check()
    {
        if (!Address.TryParse(Provider, out var provider) || provider.IsZero) throw new ArgumentException("Provider: write the address of the wallet that staked, 0x and 40 digits.");
        if (!File.Exists(NodeKeyFile)) throw new ArgumentException($"NodeKeyFile: '{NodeKeyFile}' isn't there; `proofmesh provider register` makes one.");
        if (Data.Length == 0) throw new ArgumentException("Data: name the folder that keeps the node's journal.");
        if (Capacity is < 1 or > 1024) throw new ArgumentException($"Capacity: {Capacity} isn't from 1 to 1024.");
        if (QueueLimit is < 0 or > 65_536) throw new ArgumentException($"QueueLimit: {QueueLimit} isn't from 0 to 65536.");
        if (Models.Length > 0 && (Model.Length > 0 || ModelName.Length > 0)) throw new ArgumentException("Model and Models: write one of them.");
        if (Models.Length > MostModels) throw new ArgumentException($"Models: {Models.Length} are too many, {MostModels} are taken.");
        if (MemoryBudget < 0) throw new ArgumentException($"MemoryBudget: {MemoryBudget} bytes are less than none.");
        for (var i = 0; i < ForSale.Count; i++) ForSale[i].Check(Models.Length > 0 ? $"Models:{i}:" : "");
        if (StatementReceipts is < 1 or > MostStatementReceipts) throw new ArgumentException($"StatementReceipts: {StatementReceipts} isn't from 1 to {MostStatementReceipts}.");
        if (Retention < TimeSpan.FromDays(1)) throw new ArgumentException($"Retention: {Retention} is shorter than a day.");
        if (UnpaidMemory < TimeSpan.FromMinutes(1)) throw new ArgumentException($"UnpaidMemory: {UnpaidMemory} is shorter than a minute.");
        if (ReserveLife < TimeSpan.FromMinutes(10) || ReserveLife > TimeSpan.FromDays(29)) throw new ArgumentException($"ReserveLife: {ReserveLife} isn't from 10 minutes to 29 days.");
        if (JournalBytes < 4096) throw new ArgumentException($"JournalBytes: {JournalBytes} is less than 4096.");
        if (ChainTimeout < TimeSpan.FromSeconds(1)) throw new ArgumentException($"ChainTimeout: {ChainTimeout} is shorter than a second.");
        if (QuoteLife < TimeSpan.FromSeconds(10)) throw new ArgumentException($"QuoteLife: {QuoteLife} is shorter than 10 seconds.");
        if (VoucherTimeout < TimeSpan.FromSeconds(1)) throw new ArgumentException($"VoucherTimeout: {VoucherTimeout} is shorter than a second.");
        foreach (var gateway in Gateways) Expect(gateway, "Gateways", "ws", "wss");
        foreach (var settler in Settlers) Expect(settler, "Settlers", "http", "https");
        Expect(Rpc, nameof(Rpc), "http", "https");
        if (Rail.Faults().FirstOrDefault() is { } fault) throw new ArgumentException(fault);
    }

    static void Expect(string url, string name, params string[] schemes)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme, StringComparer.Ordinal))
            throw new ArgumentException($"{name}: '{url}' isn't a {schemes[0]}:// or {schemes[1]}:// address.");
    }
}
