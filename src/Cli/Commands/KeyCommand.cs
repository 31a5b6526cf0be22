using System.CommandLine;

namespace ProofMesh.Cli;

/// <summary>proofmesh key: keys for OpenAI-compatible clients.</summary>
static class KeyCommand
{
    public static Command Create() => new("key", "API keys, with which OpenAI-compatible clients spend from the wallet's escrow.") { New(), List(), Revoke() };

    static Command New()
    {
        var name = new Argument<string>("name") { Description = "What you call it." };
        var cap = new Option<string?>("--cap") { Description = "Whole tokens that may be spent with it." };
        var days = new Option<double?>("--days") { Description = "How long it opens." };
        var command = new Command("create", "Make a key; it is shown this once.") { name, cap, days };
        command.Act(async (given, party, stop) =>
        {
            var (most, until) = (Amount.ParseOptional(given.GetValue(cap), party.Rail), Amount.InDays(given.GetValue(days)));
            var key = await (await party.Mesh(stop)).Account.CreateKeyAsync(given.GetValue(name)!, most, until, stop);
            return given.AsJson()
                ? Output.Json(key, CliJson.Default.ApiKey)
                : Output.Lines(("id", key.Id.ToString()), ("key", key.Secret ?? throw new CommandException("The gateway made a key without its secret.")), ("", "It is shown this once."));
        });
        return command;
    }

    static Command List()
    {
        var command = new Command("list", "The wallet's keys.");
        command.Act(async (given, party, stop) =>
        {
            var keys = await (await party.Mesh(stop)).Account.ListKeysAsync(stop);
            if (given.AsJson()) return Output.Json(keys, CliJson.Default.IReadOnlyListApiKey);
            foreach (var key in keys)
            {
                var cap = key.Cap is { } most ? $" of {party.Show(most)}" : "";
                var end = key.ExpiresAt is { } time ? $"until {time.ToLocalTime():yyyy-MM-dd HH:mm}" : "";
                Console.WriteLine(Output.Plain($"{key.Id,-6}{key.Prefix + "…",-14}{key.Name,-20}{party.Show(key.Used)}{cap} spent  {end}"));
            }
            return 0;
        });
        return command;
    }

    static Command Revoke()
    {
        var id = new Argument<long>("id") { Description = "The key's number in `proofmesh key list`." };
        var command = new Command("revoke", "End a key at once.") { id };
        command.Act(async (given, party, stop) =>
        {
            await (await party.Mesh(stop)).Account.RevokeKeyAsync(given.GetValue(id), stop);
            if (!given.AsJson()) Output.Lines(("revoked", given.GetValue(id).ToString()));
            return 0;
        });
        return command;
    }
}
