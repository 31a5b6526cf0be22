using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

public sealed class Web3Tests(RailFixture rail)
{
    static readonly Address Somebody = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public async Task Without_an_account_nothing_is_sent() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => rail.Chain.Web3.SendTransactionAsync(new(Somebody, [], 1)));

    [Fact]
    public async Task More_than_the_account_holds_is_refused_by_the_node()
    {
        var poor = rail.Chain.As(Account.Generate());
        await Assert.ThrowsAnyAsync<ChainException>(() => poor.SendTransactionAsync(new(Somebody, [], 1)));
    }

    [Fact]
    public async Task A_transaction_above_the_limit_of_gas_is_refused_by_the_node()
    {
        var web3 = await rail.CustomerAsync();
        await Assert.ThrowsAnyAsync<ChainException>(() => web3.SendTransactionAsync(new(Somebody, [], 1) { Gas = Web3.MaxTransactionGas + 1, MaxFeePerGas = 2_000_000_000 }));
    }

    [Fact]
    public async Task What_is_not_mined_in_time_is_said_to_be_so()
    {
        var web3 = new Web3(rail.Chain.Url) { ReceiptTimeout = TimeSpan.FromMilliseconds(200) };
        var hash = Bytes32.Random();
        Assert.Equal(hash, (await Assert.ThrowsAsync<NotMinedException>(() => web3.WaitForReceiptAsync(hash))).TransactionHash);
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        var eth = rail.Chain.Web3.Eth;
        Assert.Null(await eth.GetTransactionReceiptAsync(Bytes32.Random()));
        Assert.Null(await eth.GetBlockByHashAsync(Bytes32.Random()));
        Assert.Null(await eth.GetBlockByNumberAsync(1_000_000_000));
    }

    [Fact]
    public async Task Money_moves_and_the_node_agrees_about_hash_and_sender()
    {
        var web3 = await rail.CustomerAsync();
        var to = Account.Generate().Address;
        var receipt = await web3.SendTransactionAndWaitForReceiptAsync(new(to, [], 12_345));
        Assert.Equal(web3.Account!.Address, receipt.From);
        Assert.Equal((UInt128)12_345, await web3.Eth.GetBalanceAsync(to));
        Assert.Equal((UInt128)0, await web3.Eth.GetBalanceAsync(to, receipt.BlockNumber - 1));
        Assert.Equal((UInt128)12_345, await web3.Eth.GetBalanceAsync(to, receipt.BlockHash));
        Assert.Equal([receipt.TransactionHash, null], (await web3.Eth.GetTransactionReceiptsAsync([receipt.TransactionHash, Bytes32.Random()])).Select(one => one?.TransactionHash));
    }

    [Fact]
    public async Task Many_transactions_at_once_take_one_nonce_each()
    {
        var web3 = await rail.CustomerAsync();
        var first = await web3.Eth.GetTransactionCountAsync(web3.Account!.Address);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => web3.SendTransactionAndWaitForReceiptAsync(new(Somebody, [], 1))));
        Assert.Equal(20, receipts.DistinctBy(receipt => receipt.TransactionHash).Count());
        Assert.Equal(first + 20, await web3.Eth.GetTransactionCountAsync(web3.Account.Address));
    }

    [Fact]
    public async Task A_prepared_transaction_is_stored_signed_and_sent_by_hand()
    {
        var web3 = await rail.CustomerAsync();
        var prepared = await web3.PrepareAsync(new(Somebody, [1, 2, 3], 7));
        var signed = await prepared.SignAsync(web3.Account!);
        var restored = SignedTransaction.Decode(signed.Raw);
        Assert.Equal((signed.Hash, web3.Account!.Address), (restored.Hash, restored.From));
        Assert.Equal(signed.Hash, await web3.Eth.SendRawTransactionAsync(restored.Raw));
        Assert.True((await web3.WaitForReceiptAsync(signed.Hash)).Succeeded);
    }

    [Fact]
    public async Task The_signer_may_be_anything_that_signs_digests()
    {
        using var key = Account.Generate();
        await rail.Chain.AskAsync("anvil_setBalance", key.Address.ToString(), "0xde0b6b3a7640000");
        var asked = 0;
        var signer = new Signer(key.Address, async (digest, stop) =>
        {
            await Task.Delay(1, stop);
            asked++;
            return key.Sign(digest);
        });
        var web3 = new Web3(signer, rail.Chain.Url);
        Assert.True((await web3.SendTransactionAndWaitForReceiptAsync(new(Somebody, [], 1))).Succeeded);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Fees_of_the_past_and_of_the_next_block_are_read()
    {
        // Not of the newest blocks, whose fees anvil notes a moment after it has mined them.
        var newest = await rail.Chain.Web3.Eth.GetBlockNumberAsync();
        await rail.Chain.MineAsync(10);
        var history = await rail.Chain.Web3.Eth.GetFeeHistoryAsync(2, newest, percentiles: [25, 75]);
        Assert.Equal((3, 2, 2), (history.BaseFeePerGas.Length, history.GasUsedRatio.Length, history.Reward.Length));
        Assert.True(await rail.Chain.Web3.Eth.GetGasPriceAsync() > 0);
        Assert.True(await rail.Chain.Web3.Eth.GetMaxPriorityFeePerGasAsync() > 0);
    }

    [Fact]
    public async Task Finalized_trails_latest_and_code_and_storage_are_read()
    {
        await rail.Chain.MineAsync(100);
        var eth = rail.Chain.Web3.Eth;
        var (finalized, safe, latest) = (await eth.GetBlockByNumberAsync(BlockParameter.Finalized), await eth.GetBlockByNumberAsync(BlockParameter.Safe), await eth.GetBlockByNumberAsync());
        Assert.True(finalized!.Number <= safe!.Number && safe.Number < latest!.Number);
        Assert.NotEmpty(await eth.GetCodeAsync(rail.Rail.Escrow));
        Assert.Empty(await eth.GetCodeAsync(Somebody));
        Assert.Equal(Bytes32.Zero, await eth.GetStorageAtAsync(Somebody, 0));
    }
}
