using System.Globalization;
using System.Reflection;

namespace ProofMesh.Inference.Tests.Torch.Signatures;

/// <summary>A member as a line of torchsharp.txt has it: <c>torch.Tensor: Tensor narrow(long dim, long start, long length)</c>.</summary>
internal static class Signature
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
    };

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Addition"] = "operator +",
        ["op_Subtraction"] = "operator -",
        ["op_Multiply"] = "operator *",
        ["op_Division"] = "operator /",
        ["op_UnaryNegation"] = "operator -",
    };

    public static string Of(MemberInfo member) => $"{Owner(member.DeclaringType!)}: " + member switch
    {
        FieldInfo { IsLiteral: true } constant => $"{constant.Name} = {Convert.ToInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo field => $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}",
        MethodInfo { IsSpecialName: true } accessor when accessor.Name.StartsWith("get_", StringComparison.Ordinal) || accessor.Name.StartsWith("set_", StringComparison.Ordinal) => Of(accessor),
        MethodInfo method => $"{Static(method.IsStatic)}{Head(method)}({string.Join(", ", method.GetParameters().Select(Of))}){Constraints(method)}",
        _ => $"{member.Name} (a {member.MemberType.ToString().ToLowerInvariant()})",
    };

    /// <summary>Whether ours is theirs, or theirs without optional parameters at the end.</summary>
    public static bool Fits(string ours, string theirs) =>
        ours == theirs || (ours.EndsWith(')') && theirs.StartsWith(ours[..^1], StringComparison.Ordinal) && OnlyOptional(theirs[(ours.Length - 1)..], ours.EndsWith("()", StringComparison.Ordinal)));

    private static bool OnlyOptional(string rest, bool first) =>
        rest.EndsWith(')') && (first || rest.StartsWith(", ", StringComparison.Ordinal)) &&
        rest[..^1].Split(", ", StringSplitOptions.RemoveEmptyEntries).All(parameter => parameter.Contains(" = ", StringComparison.Ordinal));

    private static string Of(MethodInfo accessor)
    {
        var property = accessor.DeclaringType!.GetProperty(accessor.Name[4..], BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)!;
        var setter = property.SetMethod is { } set && set.ReturnParameter.GetRequiredCustomModifiers().Length == 0; // `init` is none.
        return $"{Static(accessor.IsStatic)}{Name(property.PropertyType)} {property.Name} {{ get; {(setter ? "set; " : "")}}}";
    }

    private static string Of(ParameterInfo parameter)
    {
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var mark = !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsGenericParameter && Nullability.Create(parameter).ReadState == NullabilityState.Nullable ? "?" : "";
        return $"{many}{Name(parameter.ParameterType)}{mark} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Literal(parameter.DefaultValue) : "")}";
    }

    private static string Head(MethodInfo method) => method.Name == "op_Implicit" ? $"implicit operator {Name(method.ReturnType)}"
        : $"{Name(method.ReturnType)} {Operators.GetValueOrDefault(method.Name, method.Name)}{Arguments(method)}";

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Constraints(MethodInfo method) => !method.IsGenericMethod ? "" : string.Concat(method.GetGenericArguments()
        .Where(a => a.GetGenericParameterConstraints().Length > 0)
        .Select(a => $" where {a.Name} : {string.Join(", ", a.GetGenericParameterConstraints().Select(Name))}"));

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Owner(Type type) => type.DeclaringType is { } outer ? $"{Owner(outer)}.{type.Name}" : type.Name;

    private static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? Name(value) + "?"
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : Keywords.GetValueOrDefault(type, type.Name);

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool known => known ? "true" : "false",
        double known => known.ToString("0.0###########", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
