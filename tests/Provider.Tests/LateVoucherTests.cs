using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

/// <summary>Vouchers that come when no request waits for them.</summary>
public sealed class LateVoucherTests : IDisposable
{
    readonly TempFolder folder = new();
    readonly NodeBooks books;
    PayerOnChain chain = new(new(100), TokenAmount.Zero, 0, 1_700_000_000);

    public LateVoucherTests() => books = new NodeBooks(folder.Path);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        books.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task One_that_a_stranger_signed_changes_nothing()
    {
        await Take(Signed(Account.Generate(), 7));
        await Take(Signed(Samples.Spender, 7));
        Assert.Equal(TokenAmount.Zero, Held());
    }

    [Fact]
    public async Task One_for_more_than_the_escrow_covers_changes_nothing()
    {
        await Take(Signed(Samples.Payer, 101));
        Assert.Equal(TokenAmount.Zero, Held());
    }

    [Fact]
    public async Task One_of_a_spender_whose_grant_was_revoked_changes_nothing()
    {
        Assert.True(books.TryRemember(Samples.Grant(Samples.Payer), chain.Time));
        chain = chain with { Epoch = 1 };
        await Take(Signed(Samples.Spender, 7));
        Assert.Equal(TokenAmount.Zero, Held());
    }

    [Fact]
    public async Task One_for_another_node_changes_nothing()
    {
        var voucher = new Voucher(Samples.Payer.Address, Samples.Provider.Address, new(7), default);
        await Take(new SignedVoucher(voucher, Samples.Payer.Sign(voucher.Digest(Samples.Rail))));
        Assert.Equal(TokenAmount.Zero, Held());
    }

    [Fact]
    public async Task The_chain_out_of_reach_loses_one_voucher_and_not_the_next()
    {
        var calls = 0;
        var late = new LateVouchers(Samples.Rail, Samples.Node.Address, books, (_, _) => calls++ == 0 ? throw new IOException("no chain") : new(chain), Ecdsa.Recover);
        await late.Take([Signed(Samples.Payer, 9), Signed(Samples.Payer, 7)], Stop);
        Assert.Equal(new TokenAmount(7), Held());
    }

    [Fact]
    public async Task The_newest_is_kept_for_the_settler_pays_the_debt_and_outlives_a_restart()
    {
        books.Write(Samples.Draft(Samples.Payer.Address, 7));
        books.With(Samples.Payer.Address, account => account.Unpaid += new TokenAmount(7));
        Assert.True(books.TryRemember(Samples.Grant(Samples.Payer), chain.Time));
        await Take(Signed(Samples.Spender, 7), Signed(Samples.Spender, 5), Signed(Samples.Spender, 7));
        Assert.Equal((new TokenAmount(7), TokenAmount.Zero), (Held(), books.With(Samples.Payer.Address, account => account.Unpaid)));
        Assert.Equal(new TokenAmount(7), Assert.Single(books.Pending().Vouchers).Voucher.Cumulative);
        books.Dispose();
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(new TokenAmount(7), again.With(Samples.Payer.Address, account => account.Acknowledged));
    }

    [Fact]
    public async Task One_waits_while_the_payer_is_asked_for_another()
    {
        var asking = books.With(Samples.Payer.Address, account =>
        {
            account.Committed = new(1);
            return account.Asking;
        });
        await asking.WaitAsync(Stop);
        var taking = Take(Signed(Samples.Payer, 7));
        Assert.False(taking.IsCompleted);
        Assert.Equal(TokenAmount.Zero, Held());
        asking.Release();
        await taking;
        Assert.Equal(new TokenAmount(7), Held());
    }

    Task Take(params SignedVoucher[] vouchers) =>
        new LateVouchers(Samples.Rail, Samples.Node.Address, books, (_, _) => new(chain), Ecdsa.Recover).Take(vouchers, Stop);

    TokenAmount Held() => books.With(Samples.Payer.Address, account => account.Acknowledged);

    static SignedVoucher Signed(Account signer, ulong total)
    {
        var voucher = new Voucher(Samples.Payer.Address, Samples.Node.Address, new(total), default);
        return new(voucher, signer.Sign(voucher.Digest(Samples.Rail)));
    }
}
