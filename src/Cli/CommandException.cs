namespace ProofMesh.Cli;

/// <summary>What a person must mend; its message is all that they see.</summary>
sealed class CommandException(string message) : Exception(message);
