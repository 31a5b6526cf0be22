namespace ProofMesh.Cli;

/// <summary>What a local market consists of.</summary>
sealed record MarketOptions
{
    /// <summary>Everything that it writes; emptied at the start.</summary>
    public required string Folder { get; init; }

    /// <summary>0 takes a free one.</summary>
    public int GatewayPort { get; init; }

    public NodeOptions[] Nodes { get; init; } = [new("node-cpu", "Cpu"), new("node-torch", "Torch")];

    /// <summary>How long receipts wait for a statement.</summary>
    public TimeSpan StatementInterval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <param name="Backend">Cpu or Torch.</param>
sealed record NodeOptions(string Name, string Backend);
