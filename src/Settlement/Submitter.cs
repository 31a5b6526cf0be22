using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Gets batches onto the chain, each exactly once: it stores a transaction before it sends it, and follows it until it is final.</summary>
sealed class Submitter(Web3 web3, Signer account, Rail rail, ChainView chain, Outbox outbox, BatchStore batches, SettlementOptions options, TimeProvider time, ILogger<Submitter> log)
{
    const int MostWaiting = 1_000;

    // Attempts that this process has sent: after a restart each is sent once more, which harms nothing.
    readonly HashSet<Bytes32> sent = [];

    /// <remarks>1 where is the chain? · 2 follow what was sent: mined, gone with its block, final, too cheap, displaced · 3 when nothing is open, decide what goes next · 4 sign and store it · 5 send it</remarks>
    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        var head = await web3.Eth.GetBlockByNumberAsync(BlockParameter.Latest, stop) ?? throw new InvalidOperationException("The chain has no newest block.");
        var unfinished = await batches.UnfinishedAsync(stop);
        var open = 0;
        foreach (var batch in unfinished)
            if (await FollowAsync(batch, head, stop)) open++;
        if (open > 0) return false;
        return await BeginAsync(head, unfinished.Count > 0, stop);
    }

    /// <summary>True while the batch isn't in a block.</summary>
    async Task<bool> FollowAsync(OpenBatch batch, Block head, CancellationToken stop)
    {
        if (batch.Block is { } mined)
        {
            var block = await web3.Eth.GetBlockByNumberAsync(mined.Number, stop);
            if (block?.Hash == mined.Hash)
            {
                if (head.Number >= mined.Number + options.Confirmations) await FinishAsync(batch, stop);
                return false;
            }
            log.LogWarning("Batch {Batch} left the chain with block {Block} and is sent again", batch.Id, mined.Number);
            await batches.ReopenAsync(batch.Id, stop);
            sent.ExceptWith(batch.Attempts.Select(attempt => attempt.Signed.Hash));
        }
        var receipts = await web3.Eth.GetTransactionReceiptsAsync(batch.Attempts.Select(attempt => attempt.Signed.Hash), stop);
        if (receipts.OfType<TransactionReceipt>().FirstOrDefault() is { } receipt)
        {
            await batches.MinedAsync(batch, receipt, Outcome.Of(batch.Items, receipt, rail), stop);
            log.LogInformation("Batch {Batch} is in block {Block} as {Transaction}, {Gas} gas", batch.Id, receipt.BlockNumber, receipt.TransactionHash, receipt.GasUsed);
            if (head.Number >= receipt.BlockNumber + options.Confirmations) await FinishAsync(batch, stop);
            return false;
        }
        return await PushAsync(batch, head, stop);
    }

    async Task<bool> PushAsync(OpenBatch batch, Block head, CancellationToken stop)
    {
        var finalNonce = head.Number < options.Confirmations ? 0 : await web3.Eth.GetTransactionCountAsync(account.Address, head.Number - options.Confirmations, stop);
        var newest = batch.Attempts[^1];
        switch (NextMove.Of(batch, sent.Contains(newest.Signed.Hash), finalNonce, time.GetUtcNow(), options.Fees.ReplaceAfter))
        {
            case Move.GiveUp:
                log.LogError("Another transaction of {Account} took nonce {Nonce}: batch {Batch} is given back. No other process may use this account", account.Address, batch.Nonce, batch.Id);
                await batches.DisplacedAsync(batch.Id, stop);
                return false;
            case Move.Send:
                await SendAsync(newest.Signed, stop);
                return true;
            case Move.Replace:
                await ReplaceAsync(batch, newest, head, stop);
                return true;
            default:
                return true;
        }
    }

    async Task ReplaceAsync(OpenBatch batch, Attempt newest, Block head, CancellationToken stop)
    {
        var tip = await web3.Eth.GetMaxPriorityFeePerGasAsync(stop);
        if (newest.Fee.Next(head.BaseFeePerGas, tip, options.Fees) is not { } fee)
        {
            // It may have fallen out of the pool.
            await SendAsync(newest.Signed, stop);
            return;
        }
        var signed = await (newest.Signed.Transaction with { MaxFeePerGas = fee.Max, MaxPriorityFeePerGas = fee.Tip }).SignAsync(account, stop);
        await batches.AddAttemptAsync(batch.Id, new Attempt(newest.Number + 1, signed, time.GetUtcNow()), stop);
        await SendAsync(signed, stop);
    }

    async Task FinishAsync(OpenBatch batch, CancellationToken stop)
    {
        await batches.FinalAsync(batch.Id, time.GetUtcNow() + options.Plan.Retry, stop);
        log.LogInformation("Batch {Batch} is final", batch.Id);
    }

    async Task<bool> BeginAsync(Block head, bool someMined, CancellationToken stop)
    {
        var tip = await web3.Eth.GetMaxPriorityFeePerGasAsync(stop);
        if (Fee.First(head.BaseFeePerGas, tip, options.Fees) is not { } fee) return false;
        var outlook = await LookAsync(head.BaseFeePerGas + fee.Tip, stop);
        if (outlook.Claims.Count + outlook.Statements.Count == 0) return false;
        var decision = Planner.Decide(outlook, options.Plan);
        await SetAsideAsync(decision, outlook, head, someMined, stop);
        if (decision.Batch is not { } batch) return false;

        var data = SettlementContract.SettleData([.. batch.Grants.Select(signed => (GrantToRegister)signed)], NodeClaims.Of(batch.Claims), [.. batch.Statements.Select(one => one.Signed)]);
        var request = new TransactionRequest(rail.Settlement, data) { From = account.Address };
        var gas = Math.Min(Web3.MaxTransactionGas, (await web3.Eth.EstimateGasAsync(request, stop)) * 5 / 4);
        var nonce = Math.Max(await web3.Eth.GetTransactionCountAsync(account.Address, BlockParameter.Pending, stop), await batches.LastNonceAsync(stop) + 1 ?? 0);
        var signed = await new Transaction(rail.ChainId, nonce, fee.Tip, fee.Max, gas, rail.Settlement, 0, data).SignAsync(account, stop);
        var stored = await batches.AddAsync(batch, signed, time.GetUtcNow(), stop);
        log.LogInformation("Batch {Batch} carries {Claims} claims, {Statements} statements, {Grants} grants", stored.Id, batch.Claims.Count, batch.Statements.Count, batch.Grants.Count);
        await SendAsync(signed, stop);
        return false;
    }

    async Task<Outlook> LookAsync(UInt128 gasPrice, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var vouchers = await outbox.WaitingVouchersAsync(now, MostWaiting, stop);
        var statements = await outbox.WaitingStatementsAsync(now, MostWaiting, stop);
        var providers = await chain.ProvidersAsync([.. vouchers.Select(one => one.Signed.Voucher.Node)], stop);
        var claimed = await chain.ClaimedAsync([.. vouchers.Select(one => (one.Signed.Voucher.Payer, one.Signed.Voucher.Node))], null, stop);
        var balances = await chain.BalancesAsync([.. vouchers.Select(one => one.Signed.Voucher.Payer)], stop);
        var ceilings = await chain.CeilingsAsync([.. providers.Values.OfType<Address>()], stop);
        var pairs = vouchers.Where(one => one.Signer != one.Signed.Voucher.Payer).Select(one => (one.Signed.Voucher.Payer, one.Signer)).Distinct().ToArray();
        var standings = await chain.GrantsAsync(pairs, stop);
        var grants = await outbox.SignedGrantsAsync(pairs, stop);
        var settled = await chain.LastSequencesAsync([.. statements.Select(one => one.Node)], stop);
        return new Outlook(
            [.. vouchers.Select(one => new WaitingClaim(
                one.Signed, claimed[(one.Signed.Voucher.Payer, one.Signed.Voucher.Node)], balances[one.Signed.Voucher.Payer],
                providers[one.Signed.Voucher.Node] is { } provider ? ceilings[provider] : TokenAmount.Zero,
                standings.TryGetValue((one.Signed.Voucher.Payer, one.Signer), out var standing) ? standing : null,
                grants.GetValueOrDefault((one.Signed.Voucher.Payer, one.Signer)), one.Since))],
            [.. statements.Select(one => new WaitingStatement(one.Signed, one.Node, settled[one.Node], one.Since))],
            gasPrice, now);
    }

    // What the chain has from somebody else's hand is booked once it is final; what it would refuse now is looked at later.
    async Task SetAsideAsync(Decision decision, Outlook outlook, Block head, bool someMined, CancellationToken stop)
    {
        var paid = decision.Held.Where(one => one.Reason == nameof(ContractClaimFault.NothingNew)).Select(one => (one.Signed.Voucher.Payer, one.Signed.Voucher.Node)).ToArray();
        var unpayable = decision.Held.Where(one => one.Reason != nameof(ContractClaimFault.NothingNew)).ToArray();
        if (unpayable.Length > 0) await outbox.HoldAsync(unpayable, outlook.Now + options.Plan.Retry, stop);
        if (someMined || head.Number < options.Confirmations) return;
        var final = head.Number - options.Confirmations;
        if (paid.Length > 0)
        {
            var claimed = await chain.ClaimedAsync(paid, final, stop);
            await outbox.PaidAsync(claimed.Where(pair => !pair.Value.IsZero).Select(pair => (pair.Key.Payer, pair.Key.Node, pair.Value)), stop);
        }
        foreach (var one in outlook.Statements.Where(one => one.Signed.Statement.FirstSequence <= one.Settled))
        {
            var at = await new SettlementContract(web3, rail.Settlement).SettledAtAsync(one.Node, one.Signed.Statement, final, stop);
            var passed = await new SettlementContract(web3, rail.Settlement).NodeOfAsync(one.Node, final, stop);
            if (at != 0) await outbox.SettledElsewhereAsync(one.Node, one.Signed.Statement, superseded: false, stop);
            else if (passed.LastSequence >= one.Signed.Statement.FirstSequence) await outbox.SettledElsewhereAsync(one.Node, one.Signed.Statement, superseded: true, stop);
        }
    }

    async Task SendAsync(SignedTransaction signed, CancellationToken stop)
    {
        try
        {
            await web3.Eth.SendRawTransactionAsync(signed.Raw, stop);
        }
        catch (RpcException refused)
        {
            // Known already, or its nonce is used: its receipt, or the account's nonce, will say what became of it.
            log.LogInformation("Transaction {Transaction} wasn't taken: {Reason}", signed.Hash, refused.Message);
        }
        sent.Add(signed.Hash);
    }
}
