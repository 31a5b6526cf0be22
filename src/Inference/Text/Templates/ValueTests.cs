namespace ProofMesh.Inference;

/// <summary>What stands after <c>is</c>.</summary>
internal static class ValueTests
{
    public static bool Holds(string name, object? value, CallArguments arguments) => name switch
    {
        "defined" => value is not Undefined,
        "undefined" => value is Undefined,
        "none" => value is null,
        "string" => value is string,
        "number" => value is long or double or bool,
        "integer" => value is long,
        "float" => value is double,
        "boolean" => value is bool,
        "true" => value is true,
        "false" => value is false,
        "mapping" => value is TemplateMap,
        "sequence" => value is string or List<object?> or TemplateMap,
        "iterable" => value is string or List<object?> or TemplateMap or Undefined,
        "callable" => value is Callable,
        "eq" or "equalto" or "==" => Operations.Equals(value, arguments.Required(0, "other")),
        "ne" or "!=" => !Operations.Equals(value, arguments.Required(0, "other")),
        "lt" or "lessthan" or "<" => Operations.Compare(value, arguments.Required(0, "other")) < 0,
        "le" or "<=" => Operations.Compare(value, arguments.Required(0, "other")) <= 0,
        "gt" or "greaterthan" or ">" => Operations.Compare(value, arguments.Required(0, "other")) > 0,
        "ge" or ">=" => Operations.Compare(value, arguments.Required(0, "other")) >= 0,
        "in" => Operations.Contains(arguments.Required(0, "seq"), value),
        "odd" => Operations.Equals(Operations.Arithmetic("%", value, 2L), 1L),
        "even" => Operations.Equals(Operations.Arithmetic("%", value, 2L), 0L),
        "divisibleby" => Operations.Equals(Operations.Arithmetic("%", value, arguments.Required(0, "num")), 0L),
        "lower" => value is string text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "upper" => value is string text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "sameas" => ReferenceEquals(value, arguments.Required(0, "other")) || (value is bool or long or string && object.Equals(value, arguments.Required(0, "other"))),
        _ => throw new TemplateFault($"the test '{name}' isn't known"),
    };
}
