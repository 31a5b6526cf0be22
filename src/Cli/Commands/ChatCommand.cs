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
        var command = new Command("chat", "Ask a model; the answer is paid from escrow. Uses PROOFMESH_API_KEY, or else signs in with the wallet.") { question, model, tokens, temperature, seed };
        command.Act((given, party, stop) =>
        {
            var first = new ChatQuestion { Messages = [], Model = given.GetValue(model)!, MaxTokens = given.GetValue(tokens), Temperature = given.GetValue(temperature), Seed = given.GetValue(seed) };
            if (first.MaxTokens == 0) throw new CommandException("--max-tokens must be a whole number from 1.");
            if (first.Temperature is not (null or (>= 0 and <= 2))) throw new CommandException("--temperature must be from 0 to 2.");
            return Run(party, first, string.Join(' ', given.GetValue(question) ?? []), given.AsJson(), stop);
        });
        return command;
    }

    static async Task<int> Run(Party party, ChatQuestion first, string question, bool json, CancellationToken stop)
    {
        if (json && question.Length == 0) throw new CommandException("A conversation has no JSON: give the question.");
        var mesh = await party.Buyer(stop);
        if (json) return Output.Json(await mesh.Chat.CompleteAsync(first with { Messages = [new("user", question)] }, stop), CliJson.Default.ChatAnswer);
        var conversation = new Conversation(mesh.Chat, party, first);
        if (question.Length > 0) await conversation.Ask(question, stop);
        else await conversation.Converse(stop);
        return 0;
    }
}
