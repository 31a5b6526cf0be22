using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>A contract at an address, through one node; the generated bindings give it its functions.</summary>
/// <remarks>Every function that changes state has two forms: NameData(…), the call data alone, and NameAsync(…), which sends it and waits for the receipt.</remarks>
public abstract class Contract(Web3 web3, Address address)
{
    public Web3 Web3 { get; } = web3;

    public Address Address { get; } = address;

    /// <exception cref="RevertException">The contract refused; <see cref="RevertException.Error"/> says why.</exception>
    protected async Task<T> CallAsync<T>(byte[] data, Func<AbiReader, T> read, BlockParameter at, CancellationToken stop)
    {
        var answer = await Web3.Eth.CallAsync(new(Address, data) { From = Web3.Account?.Address }, at, stop);
        if (answer.Length == 0) throw new TransportException($"There is no contract at {Address} on this chain.");
        try
        {
            return read(new AbiReader(answer));
        }
        catch (FormatException wrong)
        {
            throw new TransportException($"What {Address} answered isn't what its ABI says: {wrong.Message}", inner: wrong);
        }
    }

    /// <exception cref="RevertException">It would fail and wasn't sent.</exception>
    /// <exception cref="TransactionFailedException">It was mined and failed.</exception>
    protected Task<TransactionReceipt> SendAsync(byte[] data, CancellationToken stop) =>
        Web3.SendTransactionAndWaitForReceiptAsync(new(Address, data), stop);

    protected static byte[] Selector(string signature) => Abi.Selector(signature);
}
