namespace ProofMesh.Cli.Tests;

public sealed class SizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.00 kB")]
    [InlineData(17_217_616, "17.2 MB")]
    [InlineData(999_400_000, "999 MB")]
    [InlineData(999_600_000, "1.00 GB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Bytes_are_told_in_three_digits(long bytes, string told) => Assert.Equal(told, Size.Of(bytes));
}
