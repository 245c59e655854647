using System.Reflection;
using Microsoft.Build.Framework;
using ReproGate.Repository.Machine;

namespace ReproGate.Tasks;

/// <summary>
/// The evaluation whose target runs a task. MSBuild gives a task no public way to it, so it is reached by reflection; where that fails, as in a
/// task host process or a later MSBuild, imports are unknown, and whoever needs them says so (RGATE0090).
/// </summary>
internal sealed class RunningEvaluation : IEvaluatedProject
{
    private readonly Func<string, string>? _expand;
    private readonly Func<string, bool>? _condition;

    private RunningEvaluation(object? project, IReadOnlyDictionary<string, string> globalProperties)
    {
        GlobalProperties = globalProperties;
        Type? type = project?.GetType();
        _expand = type?.GetMethod("ExpandString", [typeof(string)])?.CreateDelegate<Func<string, string>>(project);
        _condition = type?.GetMethod("EvaluateCondition", [typeof(string)])?.CreateDelegate<Func<string, bool>>(project);
        Imports = type?.GetProperty("ImportPaths")?.GetValue(project) is IEnumerable<string> paths ? [.. paths] : null;
    }

    /// <inheritdoc />
    public IReadOnlyCollection<string>? Imports { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> GlobalProperties { get; }

    /// <summary>The evaluation behind a task's engine.</summary>
    public static RunningEvaluation Of(IBuildEngine engine)
    {
        IReadOnlyDictionary<string, string> globals = engine is IBuildEngine6 six ? six.GetGlobalProperties() : new Dictionary<string, string>();
        try
        {
            const BindingFlags instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            object? entry = engine.GetType().GetField("_requestEntry", instance)?.GetValue(engine);
            object? configuration = entry?.GetType().GetProperty("RequestConfiguration", instance)?.GetValue(entry);
            return new RunningEvaluation(configuration?.GetType().GetProperty("Project", instance)?.GetValue(configuration), globals);
        }
        catch (Exception exception) when (exception is TargetInvocationException or AmbiguousMatchException or ArgumentException or MemberAccessException or NotSupportedException)
        {
            // Not this MSBuild's way; unknown then.
            return new RunningEvaluation(null, globals);
        }
    }

    /// <inheritdoc />
    public string? Expand(string text) => Ask(_expand, text);

    /// <inheritdoc />
    // Metadata has no meaning outside the batch it belongs to.
    public bool? Holds(string condition) => condition.Contains("%(", StringComparison.Ordinal) || _condition is null ? null : AskCondition(condition);

    private bool? AskCondition(string condition)
    {
        try
        {
            return _condition!(condition);
        }
        catch (Exception exception) when (IsOfMSBuild(exception))
        {
            return null;
        }
    }

    private static string? Ask(Func<string, string>? expand, string text)
    {
        try
        {
            return expand?.Invoke(text);
        }
        catch (Exception exception) when (IsOfMSBuild(exception))
        {
            return null;
        }
    }

    // InvalidProjectFileException lives in an assembly this one does not reference.
    private static bool IsOfMSBuild(Exception exception) => exception is InvalidOperationException or ArgumentException or NotSupportedException || exception.GetType().Namespace?.StartsWith("Microsoft.Build", StringComparison.Ordinal) == true;
}
