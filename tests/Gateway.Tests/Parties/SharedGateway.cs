namespace ProofMesh.Gateway_Tests;

/// <summary>One gateway for all tests of a class; each brings its own nodes and customers.</summary>
public abstract class SharedGateway(params string[] extra) : IAsyncLifetime
{
    internal TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync(extra);

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    /// <summary>Waits until the nodes of earlier tests are gone.</summary>
    internal async Task<TestGateway> EmptyAsync()
    {
        for (var i = 0; i < 500 && Gateway.Service<ProofMesh.Gateway.Mesh>().Picture.Nodes.Count > 0; i++) await Task.Delay(10);
        Assert.Empty(Gateway.Service<ProofMesh.Gateway.Mesh>().Picture.Nodes);
        return Gateway;
    }
}

public sealed class PlainGateway() : SharedGateway();

public sealed class StrictGateway() : SharedGateway("--Limits:BodyBytes", "20000");

public sealed class ImpatientGateway() : SharedGateway("--Limits:Silence", "00:00:02", "--Limits:Closing", "00:00:02");
