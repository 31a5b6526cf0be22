using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

public sealed class CreditTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, 100, 100)]
    [InlineData(50, 0, 0, 0, 100, 150)]
    [InlineData(50, 0, 30, 0, 100, 120)]
    [InlineData(50, 80, 30, 0, 100, 150)]
    [InlineData(50, 50, 90, 0, 100, 100)]
    [InlineData(50, 50, 50, 40, 100, 140)]
    public void Escrow_must_cover_what_is_unclaimed_what_runs_and_the_quote(ulong billed, ulong acknowledged, ulong claimed, ulong committed, ulong quote, ulong needed)
    {
        var account = new PayerAccount { Billed = new(billed), Committed = new(committed), Last = acknowledged == 0 ? null : Samples.Voucher(Samples.Payer, acknowledged) };
        Assert.Equal(new TokenAmount(needed), Credit.Needed(account, new PayerOnChain(default, new(claimed), 0, 0), new(quote)));
    }

    [Theory]
    [InlineData(0, 7, 0, 7)]
    [InlineData(20, 7, 0, 27)]
    [InlineData(20, 7, 5, 22)]
    [InlineData(20, 5, 5, 20)]
    public void The_next_voucher_adds_what_this_request_has_not_acknowledged(ulong last, ulong fee, ulong acknowledged, ulong required)
    {
        var account = new PayerAccount { Last = last == 0 ? null : Samples.Voucher(Samples.Payer, last) };
        Assert.Equal(new TokenAmount(required), Credit.Required(account, new(fee), new(acknowledged)));
    }
}
