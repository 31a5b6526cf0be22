using System.Text;

namespace ProofMesh.Protocol.Tests;

public sealed class KeccakTests
{
    // Known answers: the Keccak team's short-message file (256 bits) and values published in EIP-55 and EIP-712 tooling.
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("transfer(address,uint256)", "0xa9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b")]
    public void Known_answers_are_met(string text, string hash) =>
        Assert.Equal(Bytes32.Parse(hash), Keccak256.Hash(Encoding.ASCII.GetBytes(text)));
}
