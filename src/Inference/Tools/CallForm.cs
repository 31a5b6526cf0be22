namespace ProofMesh.Inference;

/// <summary>How a model writes calls.</summary>
/// <param name="Open">What stands before a call; empty: a call is the whole answer.</param>
/// <param name="Arguments">The member that holds the arguments, behind the one with the name.</param>
/// <param name="Close">What stands behind a call.</param>
/// <param name="Native">Whether the model's template shows functions and calls itself.</param>
internal sealed record CallForm(string Open, string Arguments, string Close, bool Native)
{
    /// <summary>Hermes, Qwen and those that follow them: &lt;tool_call&gt;, {"name": …, "arguments": …}, &lt;/tool_call&gt;, each on a line of its own.</summary>
    public static CallForm Hermes { get; } = new("<tool_call>\n", "arguments", "\n</tool_call>", Native: true);

    /// <summary>Llama since 3.1: {"name": …, "parameters": …} as the whole answer.</summary>
    public static CallForm Llama { get; } = new("", "parameters", "", Native: true);

    /// <summary>For models whose template knows no functions: the same as Hermes, shown in words of ours.</summary>
    public static CallForm Ours { get; } = Hermes with { Native = false };

    /// <summary>By this the beginning of a call is known; empty where a call is the whole answer.</summary>
    public string Marker => Open.TrimEnd('\n');

    /// <summary>The form that a template teaches.</summary>
    public static CallForm Of(string template)
    {
        bool Says(string text) => template.Contains(text, StringComparison.Ordinal);
        if (!Says("tools"))
            return Ours;
        // Others put the same tags around calls in XML of their own.
        if (Says("<tool_call>") && Says("arguments") && !Says("<function=") && !Says("<arg_key>"))
            return Hermes;
        return Says("\"parameters\": ") && Says("tool_call.arguments") ? Llama : Ours;
    }
}
