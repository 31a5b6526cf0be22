using System.Globalization;

namespace ProofMesh.Provider.Tests;

/// <summary>Residents are written bytes/users/last use.</summary>
public sealed class RoomTests
{
    [Theory]
    [InlineData("", 101)]
    [InlineData("60/1/1", 50)]
    [InlineData("60/0/1 50/1/2", 51)]
    [InlineData("30/1/1 30/2/2 40/0/3", 41)]
    public void Who_finds_no_room_beside_models_in_use_waits(string residents, long bytes) => Assert.Null(Room.For(bytes, Residents(residents), 100));

    [Theory]
    [InlineData("", 100, "")]
    [InlineData("60/1/1", 40, "")]
    [InlineData("60/0/1", 40, "")]
    [InlineData("60/0/1", 41, "0")]
    // The longest unused first, not the first in the list.
    [InlineData("50/0/9 50/0/3", 50, "1")]
    [InlineData("50/0/9 50/0/3", 51, "0 1")]
    [InlineData("30/0/1 30/1/2 40/0/3", 30, "0")]
    [InlineData("30/0/1 30/1/2 40/0/3", 31, "2")]
    // A small one would leave in vain when a large one must anyway; of two that could stay, the last used does.
    [InlineData("10/0/1 90/0/2", 50, "1")]
    [InlineData("10/0/1 20/0/2 70/0/3", 75, "0 2")]
    public void The_longest_unused_leave_and_none_in_vain(string residents, long bytes, string leaving) =>
        Assert.Equal(leaving, string.Join(' ', Room.For(bytes, Residents(residents), 100)!.Order()));

    [Fact]
    public void Whatever_the_crowd_nobody_in_use_leaves_and_the_rest_fits()
    {
        var random = new Random(1);
        for (var round = 0; round < 10_000; round++)
        {
            Resident[] crowd = [.. Enumerable.Range(0, random.Next(8)).Select(i => new Resident(i, random.Next(1, 50), random.Next(3) == 0 ? 1 : 0, random.Next(100)))];
            long bytes = random.Next(1, 100), budget = random.Next(50, 200);
            var leaving = Room.For(bytes, crowd, budget);
            if (leaving is null)
            {
                Assert.True(bytes + crowd.Where(model => model.Users > 0).Sum(model => model.Bytes) > budget);
                continue;
            }
            Assert.All(leaving, index => Assert.Equal(0, crowd[index].Users));
            var stay = crowd.Where(model => !leaving.Contains(model.Model)).Sum(model => model.Bytes);
            Assert.True(bytes + stay <= budget);
            Assert.All(leaving, index => Assert.True(bytes + stay + crowd[index].Bytes > budget));
        }
    }

    static Resident[] Residents(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((part, index) => part.Split('/').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray() is var numbers
                ? new Resident(index, numbers[0], (int)numbers[1], numbers[2])
                : default),
    ];
}
