using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>ProofMesh through a gateway: ask models, and hold the account that pays for it.</summary>
/// <example><code>
/// using var mesh = await ProofMeshClient.ConnectAsync(new Uri("http://127.0.0.1:8080"), wallet);
/// await mesh.Account.GrantAsync();
/// await foreach (var piece in mesh.Chat.StreamAsync("What does luminous mean?")) Console.Write(piece.Text);
/// </code></example>
public sealed class ProofMeshClient : IDisposable
{
    readonly HttpClient http;
    readonly ApiCall api;

    ProofMeshClient(Uri gateway, Signer? wallet, HttpMessageHandler? handler)
    {
        http = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        http.BaseAddress = gateway;
        http.Timeout = Timeout.InfiniteTimeSpan;
        api = new ApiCall(http);
        Chat = new ChatClient(api);
        Account = new AccountClient(api, wallet);
    }

    public ChatClient Chat { get; }

    public AccountClient Account { get; }

    /// <summary>Signs in with a wallet (EIP-4361): one signature, no transaction.</summary>
    /// <exception cref="ProofMeshException">The gateway can't be reached or refuses the signature.</exception>
    public static async Task<ProofMeshClient> ConnectAsync(Uri gateway, Signer wallet, HttpMessageHandler? handler = null, CancellationToken stop = default)
    {
        var client = new ProofMeshClient(gateway, wallet, handler);
        try
        {
            await client.Account.SignInAsync(stop);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Uses an API key that a wallet made before.</summary>
    public static ProofMeshClient WithKey(Uri gateway, string apiKey, HttpMessageHandler? handler = null)
    {
        var client = new ProofMeshClient(gateway, null, handler);
        client.api.Token = apiKey;
        return client;
    }

    public void Dispose() => http.Dispose();
}
