using System.Text;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Questions and answers in turn: answers go to standard output, what they cost to standard error.</summary>
sealed class Conversation(Func<ChatQuestion, CancellationToken, IAsyncEnumerable<ChatPiece>> stream, Party party, ChatQuestion first)
{
    readonly List<ChatTurn> turns = [];

    /// <summary>Asks until the input ends; a fault ends the answer, not the conversation.</summary>
    public async Task Converse(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Console.Error.WriteAsync("> ");
            if (await Console.In.ReadLineAsync(stop) is not { } line) return;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                await Ask(line, stop);
            }
            catch (ProofMeshException fault)
            {
                await Console.Error.WriteLineAsync(Output.Plain(fault.Message));
            }
        }
    }

    public async Task Ask(string question, CancellationToken stop)
    {
        var asked = new ChatTurn("user", question);
        var answer = new StringBuilder();
        await foreach (var piece in stream(first with { Messages = [.. turns, asked] }, stop))
        {
            answer.Append(piece.Text);
            await Console.Out.WriteAsync(Output.Plain(piece.Text));
            if (piece.Receipt is { } receipt) await Bill(receipt);
        }
        turns.AddRange([asked, new ChatTurn("assistant", answer.ToString())]);
    }

    async Task Bill(ChatReceipt receipt)
    {
        await Console.Out.WriteLineAsync();
        var tokens = receipt.Receipt is { Receipt: var signed } ? $" for {signed.PromptTokens} prompt and {signed.CompletionTokens} answer tokens" : "";
        await Console.Error.WriteLineAsync($"{party.Show(receipt.Price)}{tokens} · request {receipt.RequestId} · node {receipt.Node}");
    }
}
