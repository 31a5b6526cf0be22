namespace ProofMesh.Chain.Tests;

public sealed class BindingsTests
{
    [Fact]
    public async Task The_bindings_are_what_the_compiled_contracts_say() =>
        await Repository.NodeAsync("src/Chain/Contracts/bindings.mjs", ["--check"], []);
}
