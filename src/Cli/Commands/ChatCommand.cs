using System.CommandLine;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh chat: one question, or a conversation where none is given.</summary>
static class ChatCommand
{
    public static Command Create()
    {
        var question = new Argument<string[]>("question") { Description = "What to ask; without it a conversation begins, which ends with the input.", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string>("--model") { Description = "A model of the gateway.", DefaultValueFactory = _ => "proofmesh-words" };
        var tokens = new Option<uint>("--max-tokens") { Description = "Longest answer.", DefaultValueFactory = _ => 256 };
        var temperature = new Option<float?>("--temperature") { Description = "0 takes the likeliest token each time." };
        var seed = new Option<long?>("--seed") { Description = "Equal questions with equal seeds get equal answers." };
        var node = new Option<string?>("--direct") { Description = "A node's own address: no gateway, each voucher signed by the wallet.", HelpName = "URL" };
        var reserve = new Option<string?>("--reserve") { Description = "With --direct: whole tokens that may be set aside on chain for a provider that gives no credit. [default: none]", HelpName = "AMOUNT" };
        var command = new Command("chat", "Ask a model; the answer is paid from escrow. Uses PROOFMESH_API_KEY, or else signs in with the wallet.") { question, model, tokens, temperature, seed, node, reserve };
        command.Act((given, party, stop) =>
        {
            var first = new ChatQuestion { Messages = [], Model = given.GetValue(model)!, MaxTokens = given.GetValue(tokens), Temperature = given.GetValue(temperature), Seed = given.GetValue(seed) };
            if (first.MaxTokens == 0) throw new CommandException("--max-tokens must be a whole number from 1.");
            if (first.Temperature is not (null or (>= 0 and <= 2))) throw new CommandException("--temperature must be from 0 to 2.");
            var text = string.Join(' ', given.GetValue(question) ?? []);
            if (given.AsJson() && text.Length == 0) throw new CommandException("A conversation has no JSON: give the question.");
            if (given.GetValue(node) is { } url) return Direct(party, Profile.Url(url, "--direct"), Amount.ParseOptional(given.GetValue(reserve), party.Rail) ?? TokenAmount.Zero, first, text, given.AsJson(), stop);
            if (given.GetValue(reserve) is not null) throw new CommandException("--reserve is for --direct: a gateway is a customer of its nodes by itself.");
            return ThroughGateway(party, first, text, given.AsJson(), stop);
        });
        return command;
    }

    static async Task<int> ThroughGateway(Party party, ChatQuestion first, string question, bool json, CancellationToken stop)
    {
        var mesh = await party.Buyer(stop);
        return await Talk(mesh.Chat.StreamAsync, party, first, question, json, stop);
    }

    static async Task<int> Direct(Party party, Uri url, TokenAmount reserve, ChatQuestion first, string question, bool json, CancellationToken stop)
    {
        using var node = await DirectClient.ConnectAsync(url, party.Rail, party.Wallet, await party.Reader(stop), reserve, stop: stop);
        return await Talk(node.StreamAsync, party, first, question, json, stop);
    }

    static async Task<int> Talk(Func<ChatQuestion, CancellationToken, IAsyncEnumerable<ChatPiece>> ask, Party party, ChatQuestion first, string question, bool json, CancellationToken stop)
    {
        if (json) return Output.Json(await ChatAnswer.ReadAsync(ask(first with { Messages = [new("user", question)] }, stop)), CliJson.Default.ChatAnswer);
        var conversation = new Conversation(ask, party, first);
        if (question.Length > 0) await conversation.Ask(question, stop);
        else await conversation.Converse(stop);
        return 0;
    }
}
