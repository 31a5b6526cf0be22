using System.Globalization;
using System.Runtime.CompilerServices;

namespace ProofMesh.Inference;

/// <summary>Expressions in Jinja's order of binding: conditional, or, and, not, comparison, sum, ~, product, power, sign, postfix, filter and test.</summary>
internal class ExpressionParser(List<TemplateToken> tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private int _at;

    protected TemplateToken Current => tokens[_at];

    private int Line => Current.Line;

    public Expression ParseExpression(bool withConditional = true)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
        var value = Or();
        while (withConditional && TakeName("if"))
        {
            var test = Or();
            value = new Conditional(Line, test, value, TakeName("else") ? ParseExpression() : null);
        }
        return value;
    }

    /// <summary>One expression, or a tuple of several.</summary>
    protected Expression ParseTuple(bool withConditional = true)
    {
        var first = ParseExpression(withConditional);
        if (!Current.Is(TokenKind.Operator, ","))
            return first;
        var items = new List<Expression> { first };
        while (TakeOperator(",") && !EndsTuple())
            items.Add(ParseExpression(withConditional));
        return new ListLiteral(first.Line, items);
    }

    protected TemplateToken Advance() => tokens[_at++];

    protected bool TakeOperator(string symbol) => Take(TokenKind.Operator, symbol);

    protected bool TakeName(string name) => Take(TokenKind.Name, name);

    protected string Name() => Current.Kind == TokenKind.Name ? Advance().Text : throw Unexpected("a name");

    protected void Expect(string symbol)
    {
        if (!TakeOperator(symbol))
            throw Unexpected($"'{symbol}'");
    }

    protected TemplateFault Unexpected(string expected) =>
        new($"{expected} is expected, {(Current.Text.Length > 0 ? $"'{Current.Text}'" : "the end of the tag")} is found");

    /// <summary>| name(arguments), as often as it stands.</summary>
    protected Expression FilterChain(Expression value)
    {
        do
            value = new FilterCall(Line, value, Dotted(), Current.Is(TokenKind.Operator, "(") ? Arguments() : ArgumentList.None);
        while (TakeOperator("|"));
        return value;
    }

    private bool EndsTuple() => Current.Kind is TokenKind.ExpressionEnd or TokenKind.StatementEnd || Current.Is(TokenKind.Operator, ")") || Current.Is(TokenKind.Operator, "=");

    private bool Take(TokenKind kind, string text)
    {
        if (!Current.Is(kind, text))
            return false;
        _at++;
        return true;
    }

    private Expression Or()
    {
        var left = And();
        while (TakeName("or"))
            left = new Logic(Line, "or", left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (TakeName("and"))
            left = new Logic(Line, "and", left, Not());
        return left;
    }

    private Expression Not()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
        return TakeName("not") ? new Logic(Line, "not", Not(), null) : Compare();
    }

    private Expression Compare()
    {
        var line = Line;
        var first = Sum();
        var links = new List<(string, Expression)>();
        while (ComparisonSymbol() is { } symbol)
            links.Add((symbol, Sum()));
        return links.Count == 0 ? first : new Comparison(line, first, links);
    }

    private string? ComparisonSymbol()
    {
        if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text))
            return Advance().Text;
        if (TakeName("in"))
            return "in";
        if (!Current.Is(TokenKind.Name, "not") || !tokens[_at + 1].Is(TokenKind.Name, "in"))
            return null;
        _at += 2;
        return "not in";
    }

    private Expression Sum() => LeftToRight(Concatenation, "+", "-");

    private Expression Concatenation() => LeftToRight(Product, "~");

    private Expression Product() => LeftToRight(Power, "*", "/", "//", "%");

    private Expression Power() => LeftToRight(() => Unary(withFilters: true), "**");

    private Expression LeftToRight(Func<Expression> operand, params string[] symbols)
    {
        var left = operand();
        while (Current.Kind == TokenKind.Operator && symbols.Contains(Current.Text))
            left = new Arithmetic(Line, Advance().Text, left, operand());
        return left;
    }

    private Expression Unary(bool withFilters)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
        var line = Line;
        Expression value;
        if (TakeOperator("-"))
            value = new Negation(line, Unary(withFilters: false));
        else if (TakeOperator("+"))
            value = Unary(withFilters: false);
        else
            value = Postfix(Primary());
        return withFilters ? FiltersAndTests(value) : value;
    }

    private Expression Primary()
    {
        var token = Advance();
        switch (token.Kind)
        {
            case TokenKind.Name: return Word(token);
            case TokenKind.String: return new Literal(token.Line, Strings(token.Text));
            case TokenKind.Integer:
                return new Literal(token.Line, long.TryParse(token.Text, out var integer) ? integer : throw new TemplateFault($"{token.Text} is too large"));
            case TokenKind.Float: return new Literal(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(": return Parenthesis(token.Line);
            case TokenKind.Operator when token.Text == "[": return new ListLiteral(token.Line, Items("]", () => ParseExpression()));
            case TokenKind.Operator when token.Text == "{": return new MapLiteral(token.Line, Items("}", Pair));
            default:
                _at--;
                throw Unexpected("a value");
        }
    }

    private static Expression Word(TemplateToken token) => token.Text switch
    {
        "true" or "True" => new Literal(token.Line, true),
        "false" or "False" => new Literal(token.Line, false),
        "none" or "None" => new Literal(token.Line, null),
        _ => new Variable(token.Line, token.Text),
    };

    private string Strings(string text)
    {
        while (Current.Kind == TokenKind.String)
            text += Advance().Text;
        return text;
    }

    private Expression Parenthesis(int line)
    {
        if (TakeOperator(")"))
            return new ListLiteral(line, []);
        var value = ParseTuple();
        Expect(")");
        return value;
    }

    private List<T> Items<T>(string close, Func<T> item)
    {
        var items = new List<T>();
        while (!TakeOperator(close))
        {
            if (items.Count > 0)
                Expect(",");
            if (TakeOperator(close))
                break;
            items.Add(item());
        }
        return items;
    }

    private (Expression, Expression) Pair()
    {
        var key = ParseExpression();
        Expect(":");
        return (key, ParseExpression());
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            var line = Line;
            if (TakeOperator("."))
                value = Current.Kind == TokenKind.Integer
                    ? new ItemAccess(line, value, new Literal(line, long.Parse(Advance().Text, CultureInfo.InvariantCulture)))
                    : new MemberAccess(line, value, Name());
            else if (TakeOperator("["))
                value = Subscript(line, value);
            else if (Current.Is(TokenKind.Operator, "("))
                value = new Call(line, value, Arguments());
            else
                return value;
        }
    }

    private Expression Subscript(int line, Expression value)
    {
        var from = Current.Is(TokenKind.Operator, ":") ? null : ParseExpression();
        if (from is not null && TakeOperator("]"))
            return new ItemAccess(line, value, from);
        Expect(":");
        var to = Bound();
        var step = TakeOperator(":") ? Bound() : null;
        Expect("]");
        return new SliceAccess(line, value, from, to, step);
    }

    private Expression? Bound() => Current.Is(TokenKind.Operator, ":") || Current.Is(TokenKind.Operator, "]") ? null : ParseExpression();

    private ArgumentList Arguments()
    {
        Expect("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Items(")", () =>
        {
            if (Current.Kind != TokenKind.Name || !tokens[_at + 1].Is(TokenKind.Operator, "="))
            {
                positional.Add(ParseExpression());
                return 0;
            }
            var name = Advance().Text;
            Expect("=");
            named.Add((name, ParseExpression()));
            return 0;
        });
        return new ArgumentList(positional, named);
    }

    private Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (TakeOperator("|"))
                value = FilterChain(value);
            else if (TakeName("is"))
                value = Test(value);
            else if (Current.Is(TokenKind.Operator, "("))
                value = new Call(Line, value, Arguments());
            else
                return value;
        }
    }

    private TestCall Test(Expression value)
    {
        var line = Line;
        var negate = TakeName("not");
        var name = Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text) ? Advance().Text : Dotted();
        if (Current.Is(TokenKind.Operator, "("))
            return new TestCall(line, value, name, Arguments(), negate);
        var argument = StartsArgument() ? new ArgumentList([Postfix(Primary())], []) : ArgumentList.None;
        return new TestCall(line, value, name, argument, negate);
    }

    private bool StartsArgument() => Current.Kind switch
    {
        TokenKind.Name => Current.Text is not ("else" or "or" or "and" or "is" or "if" or "not" or "in"),
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => Current.Text is "[" or "{",
        _ => false,
    };

    private string Dotted()
    {
        var name = Name();
        while (TakeOperator("."))
            name += "." + Name();
        return name;
    }
}
