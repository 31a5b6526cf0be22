using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>A leaf of a signed statement's tree, with its path.</summary>
sealed record SignedLeaf(SignedStatement Statement, ulong Index, SumNode Leaf, SumNode[] Path);

/// <summary>What nodes have signed, as an auditor gathered it.</summary>
sealed record Evidence(List<SignedReceipt> Receipts, List<SignedStatement> Statements, List<SignedLeaf> Leaves)
{
    const int MostBytes = 16 << 20;

    /// <summary>Signed receipts and statements, published receipts (all JSON), and published batches.</summary>
    /// <exception cref="CommandException">A file is none of these.</exception>
    public static Evidence Read(IEnumerable<string> paths)
    {
        var evidence = new Evidence([], [], []);
        foreach (var path in paths)
        {
            if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
            if (new FileInfo(path).Length > MostBytes) throw new CommandException($"{path} is larger than {MostBytes} bytes.");
            var content = File.ReadAllBytes(path);
            try
            {
                evidence.Add(content);
            }
            catch (Exception fault) when (fault is JsonException or FormatException or OverflowException)
            {
                throw new CommandException($"{path} is no signed receipt, signed statement, published receipt or published batch: {fault.Message}");
            }
        }
        return evidence;
    }

    /// <summary>One published receipt.</summary>
    /// <exception cref="CommandException">The file isn't one.</exception>
    public static PublishedReceipt Published(string path)
    {
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
        if (new FileInfo(path).Length > MostBytes) throw new CommandException($"{path} is no published receipt: it is larger than {MostBytes} bytes.");
        try
        {
            return Read(File.ReadAllBytes(path), WireJson.Default.PublishedReceipt);
        }
        catch (JsonException fault)
        {
            throw new CommandException($"{path} is no published receipt: {fault.Message}");
        }
    }

    void Add(byte[] content)
    {
        if (content.Length == 0 || content[0] is not ((byte)'{' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) Add(ReceiptBatch.Decode(content));
        else if (JsonElement.Parse(content) is var json && json.TryGetProperty("proof", out _)) Add(Read(content, WireJson.Default.PublishedReceipt).Proof);
        else if (json.TryGetProperty("statement", out _)) Statements.Add(Read(content, WireJson.Default.SignedStatement));
        else Receipts.Add(Read(content, WireJson.Default.SignedReceipt));
    }

    void Add(ReceiptProof proof)
    {
        Receipts.Add(proof.Receipt);
        Statements.Add(proof.Statement);
        if (ReceiptCheck.Misplaced(proof.Receipt.Receipt, proof.Statement.Statement, proof.Path) != ReceiptFault.None) return;
        Leaves.Add(new(proof.Statement, proof.Receipt.Receipt.Sequence - proof.Statement.Statement.FirstSequence, SumTree.Leaf(proof.Receipt.Receipt), proof.Path));
    }

    // A batch whose receipts aren't what its statement closes shows nothing but its publisher's fault.
    void Add(ReceiptBatch batch)
    {
        Receipts.AddRange(batch.Receipts);
        Statements.Add(batch.Statement);
        if (batch.Receipts.Length == 0) return;
        var tree = new SumTree(batch.Receipts.Select(signed => signed.Receipt));
        if (tree.Root != batch.Statement.Statement.Root) return;
        for (var i = 0; i < batch.Receipts.Length; i++) Leaves.Add(new(batch.Statement, (ulong)i, SumTree.Leaf(batch.Receipts[i].Receipt), tree.Proof(i)));
    }

    static T Read<T>(byte[] content, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(content, type) ?? throw new JsonException("it is null");
}
