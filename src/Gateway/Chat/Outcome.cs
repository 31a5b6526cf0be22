using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>How one node's attempt at a request ended.</summary>
/// <param name="Param">What of the request it is about, where that is one thing.</param>
/// <param name="Closed">The books have closed the request with its receipt.</param>
sealed record Outcome(RelayFault Fault, string Message, bool Closed = false, string? Param = null)
{
    public static readonly Outcome Answered = new(RelayFault.None, "", Closed: true);

    public ApiError Error => ApiError.Of(Fault, Message, Param);

    /// <summary>What a log may say: what is wrong with a request may quote it.</summary>
    public string Loggable => Fault == RelayFault.InvalidRequest ? $"refused for its {Param ?? "contents"}" : Message;

    /// <summary>Another node may do better with the same request.</summary>
    public bool MayMove => Fault is RelayFault.NodeRefused or RelayFault.NodeGone or RelayFault.NodeStalled or RelayFault.NodeBroke or RelayFault.InsufficientFunds or RelayFault.NoNode;

    const int LongestMessage = 300;

    // What a node's refusal may begin with: its engine alone knows which schemas can be kept to.
    static readonly string[] Parameters = ["tools", "tool_choice", "response_format", "messages"];

    public static Outcome Of(FaultFrame frame)
    {
        var fault = frame.Fault switch
        {
            NodeFault.ContextOverflow => RelayFault.ContextOverflow,
            // A prompt that the model's template refuses, or a value out of the node's bounds: no other node would take it.
            NodeFault.BadFrame => RelayFault.InvalidRequest,
            NodeFault.PaymentRequired => RelayFault.InsufficientFunds,
            NodeFault.Replayed => RelayFault.Replayed,
            NodeFault.DeadlineExceeded => RelayFault.DeadlineExceeded,
            NodeFault.Overloaded => RelayFault.NoNode,
            _ => RelayFault.NodeRefused,
        };
        var param = Array.Find(Parameters, name => frame.Message.StartsWith(name, StringComparison.Ordinal));
        return new(fault, $"The node refused ({frame.Fault}): {Clean(frame.Message)}", Param: param);
    }

    // A node's words reach customers and logs: no line breaks, no escape codes, no novels.
    static string Clean(string message) =>
        new([.. message.Take(LongestMessage).Select(c => char.IsControl(c) ? ' ' : c)]);
}
