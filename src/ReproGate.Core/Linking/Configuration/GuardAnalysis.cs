using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What must hold for a call to be reached, as far as the configuration or the environment's name decides.</summary>
/// <param name="ByConfiguration">Whether something in the configuration, or a variable, decides.</param>
/// <param name="OnlyIn">Environments it is reached in; empty for all.</param>
/// <param name="NotIn">Environments it is not reached in.</param>
internal sealed record Guarding(bool ByConfiguration, IReadOnlyList<string> OnlyIn, IReadOnlyList<string> NotIn)
{
    public static readonly Guarding None = new(false, [], []);

    public Guarding And(Guarding other) => ReferenceEquals(other, None) ? this : ReferenceEquals(this, None) ? other : new(ByConfiguration || other.ByConfiguration, Both(OnlyIn, other.OnlyIn), [.. NotIn.Union(other.NotIn, StringComparer.OrdinalIgnoreCase)]);

    // Reached one way or the other.
    public Guarding Or(Guarding other) => new(
        ByConfiguration && other.ByConfiguration,
        OnlyIn.Count == 0 || other.OnlyIn.Count == 0 ? [] : [.. OnlyIn.Union(other.OnlyIn, StringComparer.OrdinalIgnoreCase)],
        [.. NotIn.Intersect(other.NotIn, StringComparer.OrdinalIgnoreCase)]);

    private static IReadOnlyList<string> Both(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.Count == 0 ? right : right.Count == 0 ? left : [.. left.Intersect(right, StringComparer.OrdinalIgnoreCase).DefaultIfEmpty("(never)")];
}

/// <summary>Finds the conditions that guard calls, in their method and in all methods that lead to it.</summary>
internal sealed class GuardAnalysis(CodeProgram program, CallGraph graph)
{
    private const int MaximumDepth = 12;

    private readonly Dictionary<MethodNode, Guarding> _methods = [];

    /// <summary>What guards a call.</summary>
    /// <param name="site">The call.</param>
    /// <param name="method">The method it is in.</param>
    /// <param name="ignored">Calls whose own test is no guard: alternatives of the same value.</param>
    public Guarding Of(CodeSite site, MethodNode method, IReadOnlyList<CodeSite> ignored) =>
        Local(site, method, ignored).And(OfMethod(method, 0));

    private Guarding OfMethod(MethodNode method, int depth)
    {
        if (_methods.TryGetValue(method, out Guarding? known))
        {
            return known;
        }

        if (depth > MaximumDepth)
        {
            return Guarding.None;
        }

        // Whoever calls itself is guarded by nothing new.
        _methods[method] = Guarding.None;
        IReadOnlyList<Caller> callers = graph.CallersOf(method);
        Guarding? all = null;
        foreach (Caller caller in callers.Take(200))
        {
            Guarding one = (caller.Site is null ? Guarding.None : Local(caller.Site, caller.Method, [])).And(OfMethod(caller.Method, depth + 1));
            all = all is null ? one : all.Or(one);
            if (all is { ByConfiguration: false, OnlyIn.Count: 0, NotIn.Count: 0 })
            {
                break;
            }
        }

        Guarding result = callers.Count is 0 or > 200 || all is null ? Guarding.None : all;
        _methods[method] = result;
        return result;
    }

    private Guarding Local(CodeSite site, MethodNode method, IReadOnlyList<CodeSite> ignored)
    {
        Guarding all = Guarding.None;
        foreach ((int index, bool when) in site.Guards)
        {
            if ((uint)index < (uint)method.Body.Branches.Length)
            {
                all = all.And(OfCondition(method.Body.Branches[index].Condition, when, site, ignored, 0));
            }
        }

        return all;
    }

    private Guarding OfCondition(CodeValue condition, bool when, CodeSite guarded, IReadOnlyList<CodeSite> ignored, int depth)
    {
        if (depth > 6)
        {
            return Guarding.None;
        }

        switch (condition)
        {
            case ComparisonValue { Right: NumberValue { Text: "0" } } negation:
                return OfCondition(negation.Left, when == negation.Negated, guarded, ignored, depth + 1);
            case ComparisonValue { Right: TextValue text } comparison when IsEnvironmentName(comparison.Left):
                return Environment(text.Text, when != comparison.Negated);
            case CallValue { Site: var site } when EnvironmentTest(site) is { } name:
                return Environment(name, when);
        }

        return HoldsRead(condition, guarded, ignored, 0) ? Guarding.None with { ByConfiguration = true } : Guarding.None;
    }

    private static Guarding Environment(string name, bool isIn) => isIn ? new(false, [name], []) : new(false, [], [name]);

    private static string? EnvironmentTest(CodeSite site) => site.Target.TypeDefinition switch
    {
        "Microsoft.Extensions.Hosting.HostEnvironmentEnvExtensions" or "Microsoft.AspNetCore.Hosting.HostingEnvironmentExtensions" or "Microsoft.Extensions.Hosting.HostingEnvironmentExtensions"
            or "Microsoft.AspNetCore.Components.WebAssembly.Hosting.WebAssemblyHostEnvironmentExtensions" => site.Target.Name switch
            {
                "IsDevelopment" => "Development",
                "IsProduction" => "Production",
                "IsStaging" => "Staging",
                "IsEnvironment" when site.Arguments is [_, TextValue text] => text.Text,
                _ => null,
            },
        _ => null,
    };

    private static bool IsEnvironmentName(CodeValue value) =>
        value is CallValue { Site.Target: { Name: "get_EnvironmentName" or "get_Environment", Returns: "System.String" } };

    private bool HoldsRead(CodeValue value, CodeSite guarded, IReadOnlyList<CodeSite> ignored, int depth)
    {
        if (depth > 6)
        {
            return false;
        }

        switch (value)
        {
            case CallValue { Site: var site }:
                if (ReferenceEquals(site, guarded) || ignored.Contains(site))
                {
                    return false;
                }

                if (ConfigurationCalls.FormOf(site.Target) is not (CallForm.None or CallForm.Section or CallForm.RequiredSection or CallForm.Children))
                {
                    return true;
                }

                if (Array.Exists(site.Arguments, argument => HoldsRead(argument, guarded, ignored, depth + 1)))
                {
                    return true;
                }

                // A property of bound options, or a helper around a read.
                return depth < 3 && program.IsOwn(site.Target) && !site.IsNew
                    && program.Resolve(site.Target, site.IsVirtual).Any(method => method.Body.Returns is { } returned && HoldsRead(returned, guarded, ignored, depth + 2))
                    || (site.Target.Name.StartsWith("get_", StringComparison.Ordinal) && site.Arguments is [CallValue { Site.Target.Name: "get_Value" or "get_CurrentValue" }]);
            case ComparisonValue comparison:
                return HoldsRead(comparison.Left, guarded, ignored, depth + 1) || HoldsRead(comparison.Right, guarded, ignored, depth + 1);
            case ChoiceValue choice:
                return choice.Values.Any(part => HoldsRead(part, guarded, ignored, depth + 1));
            case ConcatenationValue text:
                return text.Parts.Any(part => HoldsRead(part, guarded, ignored, depth + 1));
            case ElementValue element:
                return HoldsRead(element.Sequence, guarded, ignored, depth + 1);
            default:
                return false;
        }
    }
}
