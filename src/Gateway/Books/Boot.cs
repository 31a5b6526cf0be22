namespace ProofMesh.Gateway;

/// <summary>This run of this process; the reservations it holds carry it.</summary>
sealed record Boot(Guid Id)
{
    public static Boot New() => new(Guid.NewGuid());
}
