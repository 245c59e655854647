using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What becomes of a value: whether the code throws without it, has another, or can do without.</summary>
internal sealed record UseSummary
{
    /// <summary>Some way the code throws where it is missing.</summary>
    public bool Throws { get; set; }

    /// <summary>The code looks whether it is there.</summary>
    public bool Tested { get; set; }

    /// <summary>There is another value for when it is missing.</summary>
    public bool HasDefault { get; set; }

    /// <summary>That value where it is a constant.</summary>
    public string? Default { get; set; }

    /// <summary>What it is parsed as; null where nothing tells.</summary>
    public ConfigurationValueType? Type { get; set; }

    public ImmutableArray<string> EnumMembers { get; set; } = [];

    /// <summary>The value leaves through <c>return</c>.</summary>
    public bool Returned { get; set; }

    /// <summary>It is used where null would do harm, or may.</summary>
    public bool Used { get; set; }
}

/// <summary>Follows values forwards, through the methods they are handed to and returned from.</summary>
internal sealed class UseAnalysis(CodeProgram program, CallGraph graph)
{
    private const int MaximumDepth = 4;

    private readonly Dictionary<MethodNode, MethodUses> _uses = [];

    /// <summary>What becomes of the result of a call.</summary>
    public UseSummary Of(CodeSite site, MethodNode method, Frame? frame)
    {
        var summary = new UseSummary();
        Follow(site, method, frame, summary, 0);
        return summary;
    }

    /// <summary>Calls that are tried where this one gives nothing, this one among them, in the order of the code; only this one where there are none.</summary>
    public IReadOnlyList<CodeSite> Alternatives(CodeSite site, MethodNode method)
    {
        MethodUses uses = UsesIn(method);
        var group = new List<CodeSite> { site };
        for (bool grown = true; grown && group.Count < 16;)
        {
            grown = false;
            foreach ((object token, TokenUses use) in uses.Tokens)
            {
                if (token is not CodeSite from)
                {
                    continue;
                }

                foreach (CodeValue other in use.Others)
                {
                    if (other is CallValue { Site: var to } && group.Contains(from) != group.Contains(to) && group.Count < 16)
                    {
                        group.Add(group.Contains(from) ? to : from);
                        grown = true;
                    }
                }
            }
        }

        return [.. group.OrderBy(static member => member.Offset)];
    }

    /// <summary>The test that a condition makes: what is tested, and whether it is missing when the condition is true.</summary>
    public static (CodeValue Tested, bool MissingWhenTrue)? Test(CodeValue condition)
    {
        switch (condition)
        {
            case ComparisonValue { Right: NullValue or NumberValue { Text: "0" } } comparison:
                if (comparison.Left is ComparisonValue || comparison.Left is CallValue { Site.Target: { TypeDefinition: "System.String", Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } })
                {
                    return Test(comparison.Left) is { } inner ? (inner.Tested, inner.MissingWhenTrue == comparison.Negated) : null;
                }

                return (comparison.Left, !comparison.Negated);
            case ComparisonValue { Left: NullValue } comparison:
                return (comparison.Right, !comparison.Negated);
            case ComparisonValue { Right: TextValue { Text: "" } } comparison:
                return (comparison.Left, !comparison.Negated);
            case CallValue { Site: { Target: { TypeDefinition: "System.String", Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" }, Arguments: [var argument] } }:
                return (argument, true);
            case CallValue or FieldValue or ParameterValue or ChoiceValue:
                return (condition, false);
            default:
                return null;
        }
    }

    private void Follow(object token, MethodNode method, Frame? frame, UseSummary summary, int depth)
    {
        if (depth > MaximumDepth || !UsesIn(method).Tokens.TryGetValue(token, out TokenUses? use))
        {
            return;
        }

        summary.Throws |= use.Throws;
        summary.Tested |= use.Tested;
        foreach (CodeValue other in use.Others)
        {
            switch (other)
            {
                case TextValue text:
                    summary.HasDefault = true;
                    summary.Default ??= text.Text;
                    break;
                case NumberValue number:
                    summary.HasDefault = true;
                    summary.Default ??= number.Text;
                    break;
                case NullValue:
                    break;
                case CallValue { Site: var site } when ConfigurationCalls.FormOf(site.Target) != CallForm.None || program.IsOwn(site.Target):
                    FollowAlternative(site, method, frame, summary, depth);
                    break;
                default:
                    summary.HasDefault = true;
                    break;
            }
        }

        foreach ((CodeSite site, int index) in use.Arguments)
        {
            Argument(site, index, method, frame, summary, depth);
        }

        foreach (CodeField field in use.StoredTo)
        {
            foreach (MethodNode reader in program.MethodsOf(field.Owner))
            {
                if (reader.Reached)
                {
                    Follow(field, reader, null, summary, depth + 1);
                }
            }
        }

        if (use.Returned)
        {
            summary.Returned = true;
            if (frame is { Caller: { } caller, Site: { } from, ByDelegate: false })
            {
                Follow(from, caller.Method, caller, summary, depth + 1);
            }
            else if (frame?.Caller is null)
            {
                foreach (Caller call in graph.CallersOf(method).Take(64))
                {
                    if (call.Site is { } at && !call.ByDelegate)
                    {
                        Follow(at, call.Method, null, summary, depth + 1);
                    }
                }
            }
        }
    }

    // a ?? b ?? "c": what becomes of b becomes of a.
    private void FollowAlternative(CodeSite site, MethodNode method, Frame? frame, UseSummary summary, int depth)
    {
        if (UsesIn(method).Tokens.TryGetValue(site, out TokenUses? use))
        {
            summary.Throws |= use.Throws;
            foreach (CodeValue other in use.Others)
            {
                if (other is TextValue or NumberValue)
                {
                    summary.HasDefault = true;
                    summary.Default ??= other is TextValue text ? text.Text : ((NumberValue)other).Text;
                }
                else if (other is CallValue { Site: var next } && !ReferenceEquals(next, site) && depth < MaximumDepth)
                {
                    FollowAlternative(next, method, frame, summary, depth + 1);
                }
            }
        }
    }

    private void Argument(CodeSite site, int index, MethodNode method, Frame? frame, UseSummary summary, int depth)
    {
        CodeMethodReference target = site.Target;
        string type = target.TypeDefinition, name = target.Name;
        if (type is "System.ArgumentNullException" or "System.ArgumentException" or "Ardalis.GuardClauses.GuardClauseExtensions" or "CommunityToolkit.Diagnostics.Guard" && (name.StartsWith("ThrowIf", StringComparison.Ordinal) || name.StartsWith("Null", StringComparison.Ordinal) || name.StartsWith("IsNot", StringComparison.Ordinal)))
        {
            summary.Throws = true;
            return;
        }

        if (name is "TryParse" or "TryCreate" or "TryParseExact")
        {
            summary.Tested = true;
            Parsed(site, summary, frame);
            return;
        }

        if (name is "Parse" or "ParseExact" && type.StartsWith("System.", StringComparison.Ordinal))
        {
            summary.Used = true;
            Parsed(site, summary, frame);
            return;
        }

        if (type == "System.Convert" && name.StartsWith("To", StringComparison.Ordinal))
        {
            // Of a missing text it makes the type's zero.
            summary.Tested = true;
            summary.Type ??= ValueTypes.OfScalar(target.Returns);
            return;
        }

        if (type == "System.Uri" && site.IsNew && index == 0)
        {
            summary.Used = true;
            summary.Type ??= ConfigurationValueType.Url;
            return;
        }

        if (type == "System.String")
        {
            if (name is "IsNullOrEmpty" or "IsNullOrWhiteSpace" or "Equals" or "Compare")
            {
                summary.Tested = true;
            }

            return;
        }

        if (type is "System.IO.File" or "System.IO.Directory" or "System.IO.Path" or "System.IO.FileInfo" or "System.IO.DirectoryInfo")
        {
            summary.Used = true;
            summary.Type ??= ConfigurationValueType.Path;
            return;
        }

        if (TakesConnectionString(target, site.IsNew, index))
        {
            summary.Used = true;
            summary.Type ??= ConfigurationValueType.ConnectionString;
            return;
        }

        if (!program.IsOwn(target))
        {
            if (!Relays(target))
            {
                summary.Used = true;
            }

            return;
        }

        foreach (MethodNode callee in program.Resolve(target, site.IsVirtual))
        {
            int parameter = site.IsNew ? index + 1 : index;
            Follow(Token.Parameter(parameter), callee, null, summary, depth + 1);
        }

    }

    // Logging and the like take nothing for an answer.
    private static bool Relays(CodeMethodReference target) =>
        target.TypeDefinition is "System.Console" or "System.Diagnostics.Debug" or "Microsoft.Extensions.Logging.LoggerExtensions" or "System.Object";

    private static bool TakesConnectionString(CodeMethodReference target, bool isNew, int index) =>
        target.ArgumentType(isNew ? index + 1 : index) == "System.String"
        && (isNew ? target.TypeDefinition.EndsWith("Connection", StringComparison.Ordinal) || target.TypeDefinition.EndsWith("ConnectionStringBuilder", StringComparison.Ordinal)
            : target.Name is "UseSqlServer" or "UseNpgsql" or "UseSqlite" or "UseMySql" or "UseMySQL" or "UseOracle" or "AddSqlServer" or "AddNpgSql" or "AddRedis" && index == 1);

    private void Parsed(CodeSite site, UseSummary summary, Frame? frame)
    {
        string of = site.Target.TypeDefinition == "System.Enum" && site.TypeArguments.Length > 0 ? site.TypeArguments[0] : site.Target.Type;
        if (program.Type(of) is { Kind: CodeTypeKind.Enum } known)
        {
            summary.Type ??= ConfigurationValueType.Enum;
            summary.EnumMembers = known.EnumMembers;
        }
        else
        {
            summary.Type ??= ValueTypes.OfScalar(of);
        }
    }

    private MethodUses UsesIn(MethodNode method)
    {
        if (_uses.TryGetValue(method, out MethodUses? uses))
        {
            return uses;
        }

        uses = new MethodUses(method.Body);
        _uses[method] = uses;
        return uses;
    }

    private static class Token
    {
        private static readonly object[] Parameters = [.. Enumerable.Range(0, 64).Select(static index => (object)index.ToString(CultureInfo.InvariantCulture))];

        public static object Parameter(int index) => Parameters[Math.Min(index, Parameters.Length - 1)];

        public static object? Of(CodeValue value) => value switch
        {
            CallValue call => call.Site,
            FieldValue field => field.Field,
            ParameterValue parameter => Parameter(parameter.Index),
            _ => null,
        };
    }

    private sealed class TokenUses
    {
        public bool Throws { get; set; }

        public bool Tested { get; set; }

        /// <summary>It was tested by itself, not as one of several values.</summary>
        public bool TestedAlone { get; set; }

        public bool Returned { get; set; }

        public List<CodeValue> Others { get; } = [];

        public List<(CodeSite Site, int Index)> Arguments { get; } = [];

        public List<CodeField> StoredTo { get; } = [];
    }

    private sealed class MethodUses
    {
        private readonly HashSet<object> _scanned = new(ReferenceEqualityComparer.Instance);

        public MethodUses(CodeBody body)
        {
            foreach (CodeBranch branch in body.Branches)
            {
                Compared(branch.Condition, 0);
                if (Test(branch.Condition) is not var (tested, missingWhenTrue))
                {
                    continue;
                }

                foreach ((object token, bool alone) in TokensOf(tested, 0))
                {
                    TokenUses use = Use(token);
                    use.Tested = true;
                    use.TestedAlone |= alone;
                    use.Throws |= missingWhenTrue ? branch.ThrowsWhenTrue : branch.ThrowsWhenFalse;
                }
            }

            foreach (CodeSite site in body.Sites)
            {
                for (int i = 0; i < site.Arguments.Length; i++)
                {
                    Compared(site.Arguments[i], 0);
                    foreach ((object token, _) in TokensOf(site.Arguments[i], 0))
                    {
                        Use(token).Arguments.Add((site, i));
                    }
                }

                if (site.Discarded)
                {
                    Use(site).Tested = true;
                }

                // async: what is set as the result is returned.
                if (site.Target.Name == "SetResult" && site.Arguments.Length == 2)
                {
                    foreach ((object token, _) in TokensOf(site.Arguments[1], 0))
                    {
                        Use(token).Returned = true;
                    }
                }
            }

            if (body.Returns is { } returned)
            {
                Compared(returned, 0);
                foreach ((object token, _) in TokensOf(returned, 0))
                {
                    Use(token).Returned = true;
                }
            }

            foreach (CodeStore store in body.Stores)
            {
                Compared(store.Value, 0);
                foreach ((object token, _) in TokensOf(store.Value, 0))
                {
                    Use(token).StoredTo.Add(store.Field);
                }
            }

            foreach (ChoiceValue merge in body.Merges)
            {
                foreach (CodeValue value in merge.Values)
                {
                    if (Token.Of(value) is { } token && Tokens.TryGetValue(token, out TokenUses? use) && use.TestedAlone)
                    {
                        use.Others.AddRange(merge.Values.Where(other => !ReferenceEquals(other, value) && !use.Others.Contains(other)));
                    }
                }
            }
        }

        public Dictionary<object, TokenUses> Tokens { get; } = [];

        private TokenUses Use(object token)
        {
            if (!Tokens.TryGetValue(token, out TokenUses? use))
            {
                Tokens[token] = use = new TokenUses();
            }

            return use;
        }

        private static IEnumerable<(object Token, bool Alone)> TokensOf(CodeValue value, int depth)
        {
            if (Token.Of(value) is { } token)
            {
                yield return (token, true);
            }

            if (value is ChoiceValue choice && depth < 4)
            {
                foreach (CodeValue part in choice.Values)
                {
                    foreach ((object inner, _) in TokensOf(part, depth + 1))
                    {
                        yield return (inner, false);
                    }
                }
            }
        }

        // x == "yes" is false where x is missing: nothing breaks.
        private void Compared(CodeValue value, int depth)
        {
            if (depth > 5 || !_scanned.Add(value))
            {
                return;
            }

            switch (value)
            {
                case ComparisonValue comparison:
                    foreach ((object token, _) in TokensOf(comparison.Left, 0).Concat(TokensOf(comparison.Right, 0)))
                    {
                        Use(token).Tested = true;
                    }

                    Compared(comparison.Left, depth + 1);
                    Compared(comparison.Right, depth + 1);
                    break;
                case ChoiceValue choice:
                    foreach (CodeValue part in choice.Values)
                    {
                        Compared(part, depth + 1);
                    }

                    break;
                case ListValue list:
                    foreach (CodeValue part in list.Elements)
                    {
                        Compared(part, depth + 1);
                    }

                    break;
                case CallValue { Site.Target: { TypeDefinition: "System.String", Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } } call when call.Site.Arguments is [var argument]:
                    foreach ((object token, _) in TokensOf(argument, 0))
                    {
                        Use(token).Tested = true;
                    }

                    break;
            }
        }
    }
}
