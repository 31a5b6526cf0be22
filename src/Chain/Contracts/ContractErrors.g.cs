namespace ProofMesh.Chain.Contracts;

static class ContractErrors
{
    public static readonly KeyValuePair<uint, Func<AbiReader, ContractError>>[] All = [];
}
