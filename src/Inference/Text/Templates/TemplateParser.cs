namespace ProofMesh.Inference;

/// <summary>A template's tokens to its statements.</summary>
internal sealed class TemplateParser(List<TemplateToken> tokens) : ExpressionParser(tokens)
{
    public static List<Statement> Parse(string source)
    {
        var parser = new TemplateParser(TemplateLexer.Read(source));
        try
        {
            var body = parser.Body();
            if (parser.Current.Kind != TokenKind.End)
                throw new TemplateFault($"'{parser.Current.Text}' closes nothing");
            return body;
        }
        catch (TemplateFault fault)
        {
            throw new ChatTemplateException($"line {parser.Current.Line}: {fault.Message}", fault);
        }
    }

    /// <summary>Statements up to a tag that begins with one of these words; the reader then stands on that word.</summary>
    private List<Statement> Body(params string[] until)
    {
        var statements = new List<Statement>();
        while (Current.Kind != TokenKind.End)
        {
            var token = Advance();
            if (token.Kind == TokenKind.Text)
            {
                statements.Add(new TextStatement(token.Line, token.Text));
            }
            else if (token.Kind == TokenKind.ExpressionStart)
            {
                statements.Add(new PrintStatement(token.Line, ParseTuple()));
                End(TokenKind.ExpressionEnd);
            }
            else if (Current.Kind == TokenKind.Name && until.Contains(Current.Text))
            {
                return statements;
            }
            else
            {
                statements.Add(Tag());
            }
        }
        return until.Length == 0 ? statements : throw new TemplateFault($"'{until[^1]}' is missing");
    }

    private Statement Tag()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
        var line = Current.Line;
        var word = Name();
        switch (word)
        {
            case "if": return If(line);
            case "for": return For(line);
            case "set": return Set(line);
            case "macro": return Macro(line);
            case "filter": return Filter(line);
            case "generation": return Generation(line);
            case "break": return Jump(line, Flow.Break);
            case "continue": return Jump(line, Flow.Continue);
            default: throw new TemplateFault($"the tag '{word}' isn't known");
        }
    }

    private IfStatement If(int line)
    {
        var branches = new List<(Expression?, List<Statement>)>();
        Expression? test = ParseTuple();
        while (true)
        {
            End(TokenKind.StatementEnd);
            branches.Add((test, test is null ? Body("endif") : Body("elif", "else", "endif")));
            var word = Name();
            if (word == "endif")
                break;
            test = word == "elif" ? ParseTuple() : null;
        }
        End(TokenKind.StatementEnd);
        return new IfStatement(line, branches);
    }

    private ForStatement For(int line)
    {
        var target = Target();
        if (!TakeName("in"))
            throw Unexpected("'in'");
        var source = ParseTuple(withConditional: false);
        var filter = TakeName("if") ? ParseExpression() : null;
        End(TokenKind.StatementEnd);
        var body = Body("else", "endfor");
        List<Statement> otherwise = [];
        if (Name() == "else")
        {
            End(TokenKind.StatementEnd);
            otherwise = Body("endfor");
            Name();
        }
        End(TokenKind.StatementEnd);
        return new ForStatement(line, target, source, filter, body, otherwise);
    }

    private AssignTarget Target()
    {
        var targets = new List<Expression>();
        var bracket = TakeOperator("(");
        do
        {
            var token = Current;
            Expression target = new Variable(token.Line, Name());
            if (TakeOperator("."))
                target = new MemberAccess(token.Line, target, Name());
            targets.Add(target);
        }
        while (TakeOperator(","));
        if (bracket)
            Expect(")");
        return new AssignTarget(targets);
    }

    private Statement Set(int line)
    {
        var target = Target();
        if (TakeOperator("="))
        {
            var value = ParseTuple();
            End(TokenKind.StatementEnd);
            return new SetStatement(line, target, value);
        }
        var filtered = TakeOperator("|") ? Filtered(line) : null;
        End(TokenKind.StatementEnd);
        return new CaptureStatement(line, target, Closed("endset"), filtered);
    }

    private MacroStatement Macro(int line)
    {
        var name = Name();
        var parameters = new List<(string, Expression?)>();
        Expect("(");
        while (!TakeOperator(")"))
        {
            if (parameters.Count > 0)
                Expect(",");
            parameters.Add((Name(), TakeOperator("=") ? ParseExpression() : null));
        }
        End(TokenKind.StatementEnd);
        return new MacroStatement(line, name, parameters, Closed("endmacro"));
    }

    private BlockStatement Filter(int line)
    {
        var filtered = Filtered(line);
        End(TokenKind.StatementEnd);
        return new BlockStatement(line, Closed("endfilter"), filtered);
    }

    // Marks what the assistant said, for training; it writes like any other text.
    private BlockStatement Generation(int line)
    {
        End(TokenKind.StatementEnd);
        return new BlockStatement(line, Closed("endgeneration"), null);
    }

    private FlowStatement Jump(int line, Flow flow)
    {
        End(TokenKind.StatementEnd);
        return new FlowStatement(line, flow);
    }

    // The chain is read once, around a variable that holds the block's text while it runs.
    private Expression Filtered(int line) => FilterChain(new Variable(line, BlockStatement.BlockText));

    private List<Statement> Closed(string word)
    {
        var body = Body(word);
        Name();
        End(TokenKind.StatementEnd);
        return body;
    }

    private void End(TokenKind kind)
    {
        if (Current.Kind != kind)
            throw Unexpected("the end of the tag");
        Advance();
    }
}
