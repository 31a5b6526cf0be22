using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>One node of one chain and, where it is given, the account that sends transactions through it.</summary>
public sealed class Web3 : IAsyncDisposable
{
    /// <summary>A transaction may use at most this much gas (EIP-7825).</summary>
    public const ulong MaxTransactionGas = 16_777_216;

    static readonly UInt128 DefaultPriorityFee = 1_000_000_000;

    // Transactions of one account leave one after the other, so that two never take the same nonce.
    readonly SemaphoreSlim sending = new(1, 1);
    ulong? chainId;

    public Web3(RpcClient client, Signer? account = null) => (Client, Account, Eth) = (client, account, new Eth(client));

    /// <param name="url">http(s) or ws(s).</param>
    public Web3(string url, RpcOptions? options = null) : this(Connect(url, options)) { }

    public Web3(Signer account, string url, RpcOptions? options = null) : this(Connect(url, options), account) { }

    public Web3(Account account, string url, RpcOptions? options = null) : this(Connect(url, options), account) { }

    public RpcClient Client { get; }

    public Eth Eth { get; }

    public Signer? Account { get; }

    /// <summary>How long a receipt is waited for.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromMinutes(3);

    public TimeSpan ReceiptInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The same node through the same connection, with another account.</summary>
    public Web3 As(Signer account) => new(Client, account) { ReceiptTimeout = ReceiptTimeout, ReceiptInterval = ReceiptInterval, Time = Time };

    /// <summary>Fills what the request leaves open: nonce, gas with a fifth to spare, and fees that survive a doubled base fee.</summary>
    /// <exception cref="RevertException">The transaction would fail.</exception>
    public async Task<Transaction> PrepareAsync(TransactionRequest request, CancellationToken stop = default)
    {
        var from = request.From ?? Sender.Address;
        request = request with { From = from };
        RpcCall[] calls = [Eth.BlockByNumber(BlockParameter.Latest), Eth.MaxPriorityFee, Eth.TransactionCount(from, BlockParameter.Pending), Eth.ChainId, .. request.Gas is null ? [Eth.Estimate(request)] : Array.Empty<RpcCall>()];
        var answers = await Client.SendBatchAsync(calls, stop);
        var tip = request.MaxPriorityFeePerGas ?? (answers[1].Error is null ? answers[1].Result.UInt128() : DefaultPriorityFee);
        return new(
            ChainId: chainId ??= answers[3].Result.UInt64(),
            Nonce: request.Nonce ?? answers[2].Result.UInt64(),
            MaxPriorityFeePerGas: request.MaxFeePerGas is { } most ? System.UInt128.Min(tip, most) : tip,
            MaxFeePerGas: request.MaxFeePerGas ?? 2 * Block.Read(answers[0].Result).BaseFeePerGas + tip,
            Gas: request.Gas ?? WithReserve(answers[4].Result.UInt64()),
            To: request.To,
            Value: request.Value,
            Data: request.Data);
    }

    /// <summary>Signs and sends; answers the transaction's hash without waiting for a block.</summary>
    public async Task<Bytes32> SendTransactionAsync(TransactionRequest request, CancellationToken stop = default)
    {
        await sending.WaitAsync(stop);
        try
        {
            var transaction = await PrepareAsync(request, stop);
            var signed = await transaction.SignAsync(Sender, stop);
            await Eth.SendRawTransactionAsync(signed.Raw, stop);
            return signed.Hash;
        }
        finally
        {
            sending.Release();
        }
    }

    /// <exception cref="TransactionFailedException">It was mined and failed.</exception>
    /// <exception cref="NotMinedException">It isn't mined within <see cref="ReceiptTimeout"/>.</exception>
    public async Task<TransactionReceipt> SendTransactionAndWaitForReceiptAsync(TransactionRequest request, CancellationToken stop = default)
    {
        var hash = await SendTransactionAsync(request, stop);
        var receipt = await WaitForReceiptAsync(hash, stop);
        return receipt.Succeeded ? receipt : throw new TransactionFailedException(receipt, await ReasonAsync(request, receipt, stop));
    }

    /// <summary>The receipt, whether the transaction succeeded or not.</summary>
    /// <exception cref="NotMinedException">There is none within <see cref="ReceiptTimeout"/>.</exception>
    public async Task<TransactionReceipt> WaitForReceiptAsync(Bytes32 hash, CancellationToken stop = default)
    {
        var start = Time.GetTimestamp();
        var pause = ReceiptInterval / 8;
        while (true)
        {
            if (await Eth.GetTransactionReceiptAsync(hash, stop) is { } receipt) return receipt;
            if (Time.GetElapsedTime(start) > ReceiptTimeout) throw new NotMinedException(hash, ReceiptTimeout);
            await Task.Delay(pause, Time, stop);
            pause = pause * 2 > ReceiptInterval ? ReceiptInterval : pause * 2;
        }
    }

    /// <summary>Creates a contract and answers its address.</summary>
    /// <param name="bytecode">Creation code followed by the encoded constructor arguments.</param>
    public async Task<Address> DeployAsync(byte[] bytecode, CancellationToken stop = default)
    {
        var receipt = await SendTransactionAndWaitForReceiptAsync(new(null, bytecode), stop);
        return receipt.ContractAddress ?? throw new TransportException("The receipt of a deployment names no contract.");
    }

    public ValueTask DisposeAsync()
    {
        sending.Dispose();
        return Client.DisposeAsync();
    }

    Signer Sender => Account ?? throw new InvalidOperationException("This Web3 has no account: give one to its constructor to send transactions.");

    static ulong WithReserve(ulong estimate) => Math.Max(estimate, Math.Min(estimate + estimate / 5, MaxTransactionGas));

    static RpcClient Connect(string url, RpcOptions? options) => (Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Scheme : null) switch
    {
        "http" or "https" => new HttpRpc(uri!, options),
        "ws" or "wss" => new WebSocketRpc(uri!, options),
        _ => throw new ArgumentException("An RPC URL starts with http://, https://, ws:// or wss://."),
    };

    /// <summary>Asks the node to run the failed call again on the state before its block, which names the error in nearly all cases.</summary>
    async Task<RevertException?> ReasonAsync(TransactionRequest request, TransactionReceipt receipt, CancellationToken stop)
    {
        try
        {
            await Eth.CallAsync(request with { From = receipt.From }, receipt.BlockNumber - 1, stop);
            return null;
        }
        catch (RevertException reason)
        {
            return reason;
        }
        catch (ChainException)
        {
            return null;
        }
    }
}
